"""`/ask`."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from tests.bot.discord.support.answers import (
    AGENCY,
    BOLTON,
    FOUNDED,
    UNKNOWN,
    answer,
    buttons_of,
    entry_under,
    reference_in,
    shown,
    spoken,
)
from tests.bot.discord.support.scenes import Scenes, button, text_of

QUESTION = BOLTON
NEST = "Where does the grey heron build its nest?"
# Two long sentences, the second of which refers to the first; every word is short for the model.
LONG = (
    f"The grey heron lives near {'international administration construction characteristics ' * 18}sites. "
    f"It builds its nest in high trees near {'responsibility recommendation investigation understanding ' * 18}sites.\n"
)


async def test_a_question_is_answered_with_footnotes(scene: Scenes) -> None:
    async with scene() as it:
        asked = await it.bob.slash(it.channel, "ask", question=QUESTION)
        assert asked.acknowledged
        assert not asked.ephemeral
        assert asked.response is not None
        assert "free elections" in asked.response.content
        assert "[1]" in text_of(asked.response)
        assert "talks.md" in text_of(asked.response)
        assert buttons_of(asked.response) == ["Sources", "👍", "👎"]
        sources = await it.ada.click(asked.response, custom_id=button(asked.response, "sources"))
        assert sources.response is not None
        assert sources.response.ephemeral
        assert "He said so on Twitter" in text_of(sources.response)


async def test_a_question_is_acknowledged_first(scene: Scenes) -> None:
    async with scene() as it:
        it.env.http_requests.clear()
        await it.bob.slash(it.channel, "ask", question=FOUNDED)
        await it.bob.slash(it.channel, "ask", question=FOUNDED, private=True)
        requests = [(one.method, one.path.rsplit("/", 1)[-1]) for one in it.env.http_requests]
        assert requests == [("POST", "callback"), ("PATCH", "@original")] * 2
        first, second = (one.json for one in it.env.http_requests if one.method == "POST")
        assert first == {"type": 5}
        assert second == {"type": 5, "data": {"flags": 64}}


async def test_a_private_answer_is_visible_only_to_its_asker(scene: Scenes) -> None:
    async with scene() as it:
        public = shown(await it.ada.slash(it.channel, "ask", question=AGENCY))
        private = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED, private=True))
        assert private.ephemeral
        assert "2017" in private.content
        assert [message.id for message in spoken(it)] == [public.id]
        sources = shown(await it.bob.click(private, custom_id=button(private, "sources")))
        assert sources.ephemeral
        assert "was elected in 2017" in text_of(sources)


async def test_a_private_question_is_no_context_for_others(scene: Scenes) -> None:
    async with scene(THREADS="always") as it:
        await it.ada.slash(it.channel, "ask", question=AGENCY)
        (thread,) = it.channel.threads
        private = shown(await it.bob.slash(thread, "ask", question=FOUNDED, private=True))
        await it.ada.send(thread, "And what about Trump?")
        followed = entry_under(it, answer(it, thread))
        assert followed.question.previous != entry_under(it, private).reference
        assert "Assembly" not in followed.searched


async def test_what_nothing_answers_is_one_line_with_the_nearest_passages_behind_a_button(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=UNKNOWN))
        assert text_of(told) == f"I found no answer to “{UNKNOWN}” in the documents."
        assert buttons_of(told) == ["Nearest passages", "Search wider", "👍", "👎"]
        passages = shown(await it.bob.click(told, custom_id=button(told, "sources")))
        assert passages.ephemeral
        assert "Passage 1 of 3" in text_of(passages)


async def test_what_comes_closest_is_marked_as_unsure(scene: Scenes) -> None:
    async with scene(ANSWER_THRESHOLD="0.95") as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        asked, closest, *_ = told.content.split("\n")
        assert asked == f"-# asked: {FOUNDED}"
        assert closest == "⚠️ This is the closest I found in the documents:"
        assert "2017" in told.content
        assert "caracas.md" in text_of(told)
        assert buttons_of(told) == ["Sources", "Search wider", "👍", "👎"]
        sources = shown(await it.bob.click(told, custom_id=button(told, "sources")))
        assert text_of(sources).startswith("[1] ")
        assert entry_under(it, told).outcome == "closest"


async def test_a_greeting_gets_a_line_without_buttons_and_is_no_gap(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question="good morning"))
        assert text_of(told) == it.parts.prompts.fill("greeting")
        assert buttons_of(told) == []
        assert entry_under(it, told).note == "greeting"
        assert "None in the last 30 days" in text_of(shown(await it.ada.slash(it.channel, "gaps")))


async def test_several_questions_are_answered_part_by_part_and_what_is_not_is_named(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=f"{FOUNDED} {UNKNOWN}"))
        assert "2017" in told.content
        assert told.content.endswith(f"I found no answer to: “{UNKNOWN}”")


async def test_courtesies_are_not_searched(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=f"Hello! {FOUNDED} Thanks!"))
        assert "2017" in told.content
        assert entry_under(it, told).question.text == FOUNDED


async def test_a_question_without_words_is_refused(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question="???"))
        assert told.content.startswith("I can't search for that: ")


async def test_asking_too_often_is_refused_with_the_time_to_wait(scene: Scenes) -> None:
    async with scene(QUESTIONS_PER_MINUTE="1") as it:
        await it.bob.slash(it.channel, "ask", question=FOUNDED)
        refused = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        assert "Ask again in " in refused.content
        assert "2017" in shown(await it.ada.slash(it.channel, "ask", question=FOUNDED)).content


async def test_commands_in_direct_messages_continue_the_conversation(scene: Scenes) -> None:
    async with scene(ANSWER_THRESHOLD="0.3") as it:
        first = shown(await it.bob.user.slash("ask", question=BOLTON))
        assert first.embeds
        second = shown(await it.bob.user.slash("ask", question="And what did Trump say?"))
        assert second.content.startswith("-# searched: What did Trump say the talks were about?")


async def test_an_answer_of_several_messages_has_its_buttons_under_the_last(scene: Scenes, folder: Path) -> None:
    shutil.rmtree(folder / ".footnote")
    (folder / "seeds" / "heron.md").write_text(f"# The grey heron\n\n{LONG}")
    async with scene(ANSWER_THRESHOLD="0.01", THREADS="never") as it:
        asked = await it.bob.slash(it.channel, "ask", question=NEST)
        pages = [shown(asked), *asked.followups]
        assert len(pages) > 1
        assert [bool(page.components) for page in pages] == [False] * (len(pages) - 1) + [True]
        for page in pages:
            await it.ada.send(it.channel, "Why?", reply_to=page)
            assert entry_under(it, spoken(it)[-2]).searched.startswith("Why does the grey heron build its nest")
        private = await it.bob.slash(it.channel, "ask", question=NEST, private=True)
        assert [page.ephemeral for page in (shown(private), *private.followups)] == [True] * len(pages)
        # The first part of an answer stays even if the rest fails.
        it.env.inject_error("POST", "/webhooks/*", status=500)
        broken = await it.bob.slash(it.channel, "ask", question=NEST)
        assert shown(broken).content == pages[0].content
        assert reference_in(broken.followups[-1].content)


async def test_an_expired_interaction_is_logged(scene: Scenes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot")
    async with scene() as it:
        it.env.inject_error("POST", "/interactions/*", status=404, code=10062, message="Unknown interaction")
        unseen = await it.bob.slash(it.channel, "ask", question=FOUNDED)
        assert unseen.response is None
        assert len(it.env.errors) == 1  # simcord counts errors that discord.py hands to the handler of the bot
        it.env.inject_error("PATCH", "/webhooks/*", status=404, code=10015, message="Unknown Webhook")
        await it.bob.slash(it.channel, "ask", question=FOUNDED)
        assert len(it.env.errors) == 1
        told = [
            record.getMessage() for record in caplog.records if "nothing is left to answer to" in record.getMessage()
        ]
        assert len(told) == 1
        assert "2017" in it.said().content  # a new message, because the response can't be edited any more
        assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
        assert it.parts.journal.last_in(it.channel.id, 0) is not None  # the answer itself is stored


async def test_an_internal_error_has_a_reference_that_is_in_the_log(
    scene: Scenes, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        # discord.py retries requests that fail on Discord's side; simcord replaces that part.
        it.env.inject_error("PATCH", "/webhooks/*", status=500)
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        reference = reference_in(told.content)
        (record,) = [record for record in caplog.records if reference in record.getMessage()]
        assert record.exc_info is not None
        assert "\n" not in told.content
