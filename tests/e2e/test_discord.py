"""Every surface of the bot over the wire: real sockets, every request held against Discord's own document."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.discord.text import lines
from bot.journal.journal import JOURNAL
from tests.e2e.discord_cases import (
    ABSTENTION,
    BOLTON,
    BOLTON_SAID,
    TRUMP,
    TRUMP_SEARCHED,
    UNKNOWN,
    Scene,
    buttons,
    project,
    scene,
)
from tests.fake_discord.people import FakeDiscord
from tests.fake_discord.waiting import text_of

ASSEMBLY = "When was the Constituent Assembly elected?"  # answered by profiles/caracas.md alone
PRESS = "When was the Associated Press founded?"  # answered by two-readings.html alone, which has an address
PURPOSE = "Why does the purpose of the contacts matter to Maduro?"


@pytest.fixture(scope="module")
def everyone(indexed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    discord = FakeDiscord(message_content="limited", shards=2, interaction_deadline=600.0)
    with scene(discord, project(indexed, tmp_path_factory.mktemp("serving"))) as both:
        yield both


@pytest.fixture
def museum(everyone: Scene) -> Iterator[Scene]:
    """The scene, in which no test may leave a violation behind."""
    yield everyone
    everyone.discord.check()


def rows(museum: Scene, statement: str, *values: object) -> list[tuple[object, ...]]:
    """What the journal's file holds."""
    with closing(sqlite3.connect(f"file:{museum.folder}/.footnote/{JOURNAL}?mode=ro", uri=True)) as journal:
        return journal.execute(statement, values).fetchall()


def test_a_question_is_acknowledged_and_answered_with_footnotes(museum: Scene) -> None:
    discord, room = museum.discord, museum.room()
    used = discord.slash(museum.ada, room, "ask", question=BOLTON)
    answer = discord.wait_for_answer(used, containing=BOLTON_SAID)
    assert used.response_type == 5
    assert "**[1]**" in answer.content
    assert [field["name"] for field in answer.embeds[0]["fields"]] == [
        "[1] The secret talks between Washington and Caracas"
    ]
    assert "talks.md, “What were the talks about?”, line 24" in text_of(answer)
    assert buttons(museum, answer) == ["Sources", "👍", "👎"]
    assert discord.messages(room, museum.bob) == [answer]


def test_a_private_answer_is_seen_by_the_asker_alone(museum: Scene) -> None:
    room = museum.room()
    answer = museum.ask(museum.ada, room, BOLTON, BOLTON_SAID, private=True)
    assert answer.is_ephemeral
    assert museum.discord.messages(room, museum.bob) == []
    assert museum.press(museum.ada, answer, "Sources").is_ephemeral


def test_a_conversation_goes_from_a_mention_to_a_thread(museum: Scene) -> None:
    discord, room = museum.discord, museum.room()
    asked = museum.mention(museum.ada, room, BOLTON)
    answer = discord.wait_for_reply(asked, containing=BOLTON_SAID)
    assert answer.reply_to is asked
    assert answer.mentions == []
    follow_up = discord.say(museum.ada, room, TRUMP, reply_to=answer)
    assert TRUMP_SEARCHED in discord.wait_for_reply(follow_up, containing="very high level").content
    thread = follow_up.thread
    assert thread is not None
    assert thread.name == BOLTON
    discord.say(museum.ada, thread, "Thanks!")
    discord.say(museum.ada, thread, f"Perhaps {museum.bob.mention} knows more.")
    discord.say(museum.ada, thread, "When did he take office?")
    found = discord.wait_for_message(thread, containing="January 2017")
    assert "searched: When did Trump take office?" in found.content
    assert len(museum.said_by_bot(thread)) == 2, "neither thanks nor what is meant for others is answered"


def test_direct_messages_are_a_conversation(museum: Scene) -> None:
    discord = museum.discord
    direct = discord.direct_channel(museum.ada)
    discord.wait_for_reply(discord.say(museum.ada, direct, BOLTON), containing=BOLTON_SAID)
    second = discord.say(museum.ada, direct, TRUMP)
    answer = discord.wait_for_reply(second, containing="very high level")
    assert TRUMP_SEARCHED in answer.content
    assert "talks.md" in text_of(museum.press(museum.ada, answer, "Sources"))


def test_posts_of_a_forum_are_answered_as_admins_choose(museum: Scene) -> None:
    discord, forum, room = museum.discord, museum.forum(), museum.room()
    ignored = discord.post_in_forum(museum.ada, forum, "The assembly", ASSEMBLY)
    assert "if the documents have an answer" in museum.command(
        museum.grace, room, "forum", channel=forum, answers="found"
    )
    silent = discord.post_in_forum(museum.ada, forum, "Bread", "How long does sourdough bread have to rise?")
    answered = discord.post_in_forum(museum.ada, forum, "The assembly", ASSEMBLY)
    discord.wait_for_message(answered, containing="2017")
    museum.command(museum.grace, room, "forum", channel=forum, answers="always")
    told = discord.post_in_forum(museum.ada, forum, "Bread", "How long does sourdough bread have to rise?")
    discord.wait_for_message(told, containing=ABSTENTION)
    museum.command(museum.grace, room, "forum", channel=forum, answers="off")
    off = discord.post_in_forum(museum.ada, forum, "The assembly", ASSEMBLY)
    museum.ask(museum.ada, room, BOLTON)  # whatever came before would have been answered by now
    assert [museum.said_by_bot(post) for post in (ignored, silent, off)] == [[], [], []]


def test_sources_are_paged_and_shown_to_whom_asked(museum: Scene) -> None:
    room = museum.room()
    answer = museum.ask(museum.ada, room, UNKNOWN, ABSTENTION)
    shown = museum.press(museum.bob, answer, "Nearest passages", "Passage 1 of 3")
    first = text_of(shown)
    museum.discord.click(museum.bob, shown, "▶")
    museum.discord.wait_for_edit(shown, containing="Passage 2 of 3")
    museum.discord.click(museum.bob, shown, "▶")
    museum.discord.wait_for_edit(shown, containing="Passage 3 of 3")
    museum.discord.click(museum.bob, shown, "◀")
    museum.discord.wait_for_edit(shown, containing="Passage 2 of 3")
    assert "**Washington and Caracas agreed on one thing" in first
    assert museum.discord.messages(room, museum.ada) == [answer]


def test_a_footnote_leads_to_the_address_of_its_document(museum: Scene) -> None:
    answer = museum.ask(museum.ada, museum.room(), PURPOSE, "let him fall")
    assert "**[[1]](<https://example.org/analysis/two-readings>)**" in answer.content
    shown = museum.press(museum.ada, answer, "Sources", "**The purpose of the contacts matters to Maduro")
    assert [one["url"] for row in shown.components for one in row["components"]] == [
        "https://example.org/analysis/two-readings"
    ]


def test_answers_are_rated(museum: Scene) -> None:
    discord, room = museum.discord, museum.room()
    answer = museum.ask(museum.ada, room, BOLTON, BOLTON_SAID)
    assert museum.press(museum.bob, answer, "👍", "Thank you").is_ephemeral
    shown = discord.click(museum.ada, answer, "👎")
    assert "What would be right?" in discord.form(shown)
    sent = discord.submit(shown, wrong="It was not Bolton.", right="Trump")
    assert discord.wait_for_answer(sent, containing="Thank you").is_ephemeral
    museum.discord.wait_for(
        lambda: (
            rows(
                museum,
                "SELECT person, helpful, wrong, right FROM rating JOIN message USING (reference) WHERE message.id = ?"
                " ORDER BY helpful",
                answer.id,
            )
            == [(museum.ada.id, 0, "It was not Bolton.", "Trump"), (museum.bob.id, 1, "", "")]
        ),
        what="both ratings in the journal",
    )


def test_an_abstention_can_be_searched_wider(museum: Scene) -> None:
    room = museum.room()
    answer = museum.ask(museum.ada, room, UNKNOWN, ABSTENTION)
    used = museum.discord.click(museum.bob, answer, "Search wider")
    wider = museum.discord.wait_for(lambda: next(iter(used.followups), None), what="what was found wider")
    museum.discord.wait_for(
        lambda: "searching wider" in text_of(wider) or ABSTENTION in text_of(wider), what="an answer"
    )
    assert wider.reply_to is answer
    assert "Search wider" not in buttons(museum, wider)


def test_documents_are_listed_and_found_while_typing(museum: Scene) -> None:
    discord, room = museum.discord, museum.room()
    listed = museum.command(museum.ada, room, "documents")
    for path in ("profiles/caracas.md", "profiles/washington.md", "talks.md", "two-readings.html", "week.txt"):
        assert path in listed
    typed = discord.autocomplete(museum.ada, room, "documents", "document", "carac")
    assert discord.choices(typed)[0] == "Caracas: Nicolás Maduro and Diosdado Cabello (profiles/caracas.md)"
    one = museum.command(museum.ada, room, "documents", document="profiles/caracas.md")
    assert "markdown" in one
    assert "talks.md" not in one


def test_status_and_help_say_how_it_is(museum: Scene) -> None:
    room = museum.room()
    museum.ask(museum.ada, room, BOLTON)
    status = museum.command(museum.ada, room, "status")
    for words in ("all-MiniLM-L6-v2", "generation", "up to date", "answers take:**", "connection to Discord"):
        assert words in status
    shown = museum.command(museum.ada, room, "help")
    assert "/forget me" in shown
    assert "Message Content Intent" not in shown


def test_a_scope_is_enforced_wherever_something_is_shown(museum: Scene) -> None:
    discord, room = museum.discord, museum.room("lobby")
    before = museum.ask(museum.ada, room, PRESS, "1846")
    assert "You need the Manage Server permission" in museum.command(museum.ada, room, "scope", channel=room)
    typed = discord.autocomplete(museum.grace, room, "scope", "folders", "pro", channel=room)
    assert discord.choices(typed) == ["profiles"]
    assert "There is no folder" in museum.command(museum.grace, room, "scope", channel=room, folders="secret")
    assert "- profiles" in museum.command(museum.grace, room, "scope", channel=room, folders="profiles")
    museum.ask(museum.ada, room, PRESS, ABSTENTION)
    museum.ask(museum.ada, room, ASSEMBLY, "2017")
    assert lines.OUT_OF_SCOPE in text_of(museum.press(museum.ada, before, "Sources"))
    museum.command(museum.ada, room, "documents")
    assert discord.choices(discord.autocomplete(museum.ada, room, "documents", "document", "two")) == []
    asked = museum.mention(museum.ada, room, ASSEMBLY)
    reply = discord.wait_for_reply(asked, containing="2017")
    in_thread = discord.say(museum.ada, room, PRESS, reply_to=reply)
    discord.wait_for_reply(in_thread, containing=ABSTENTION)
    seen = "\n".join(museum.said_by_bot(room, museum.ada)[1:])
    assert in_thread.thread is not None
    seen += "\n".join(museum.said_by_bot(in_thread.thread, museum.ada))
    assert re.findall(r"two-readings|talks\.md|week|1846", seen) == []
    museum.ask(museum.ada, museum.room(), PRESS, "1846")  # the next channel has no scope


def test_gaps_are_those_of_the_server_without_private_ones(museum: Scene) -> None:
    other = museum.server("Archive")
    person, keeper, room = (
        museum.discord.add_member(other, "eve"),
        museum.keeper(other, "kim"),
        museum.room(guild=other),
    )
    for question in (UNKNOWN, "Who has paid the flights?", BOLTON):
        museum.ask(person, room, question)
    museum.ask(person, room, "Where does Putin live?", ABSTENTION, private=True)
    museum.ask(museum.ada, museum.room(), "Who won the World Cup?", ABSTENTION)
    gaps = museum.command(keeper, room, "gaps")
    assert "flights" in gaps
    assert "2 questions" in gaps
    assert [word for word in ("Putin", "World Cup", "Bolton") if word in gaps] == []


def test_files_are_offered_where_an_admin_allows_it(museum: Scene) -> None:
    discord, room = museum.discord, museum.room()
    answer = museum.ask(museum.ada, room, BOLTON, BOLTON_SAID)
    assert buttons(museum, museum.press(museum.ada, answer, "Sources")) == []
    assert "offers the files" in museum.command(museum.grace, room, "files", offered=True)
    source = museum.press(museum.ada, answer, "Sources")
    assert buttons(museum, source) == ["File"]
    used = discord.click(museum.ada, source, "File")
    sent = discord.wait_for(lambda: next((one for one in used.messages if one.attachments), None), what="the file")
    assert sent.is_ephemeral
    uploads = [one for one in discord.requests if one.files]
    assert list(uploads[-1].files.values()) == [(museum.folder / "seeds" / "talks.md").read_bytes()]
    assert [one["filename"] for one in sent.attachments] == ["talks.md"]
    assert "does not offer files" in museum.command(museum.grace, room, "files", offered=False)
    assert lines.NO_FILE in text_of(museum.press(museum.ada, source, "File"))


def test_the_index_is_brought_up_to_date_while_questions_are_answered(museum: Scene) -> None:
    discord, room = museum.discord, museum.room()
    question = "Who was the gardener of the museum's garden?"
    museum.ask(museum.ada, room, question, ABSTENTION)
    garden = "# The garden\n\nThe garden of the museum opened in 1931. Its gardener was Olga Prim.\n"
    (museum.folder / "seeds" / "garden.md").write_text(garden, encoding="utf-8")
    (museum.folder / "seeds" / "broken.pdf").write_bytes(b"nothing")
    assert "behind the folder" in museum.command(museum.ada, room, "status")
    used = discord.slash(museum.grace, room, "reindex")
    discord.wait_for_acknowledgement(used)
    asked = [discord.slash(museum.ada, room, "ask", question=BOLTON) for _ in range(3)]
    second = discord.slash(museum.grace, room, "reindex")
    for one in asked:
        discord.wait_for_answer(one, containing=BOLTON_SAID)
    report = text_of(discord.wait_for_answer(used, containing="Re-indexing finished"))
    discord.wait_for_answer(second)
    assert "**1** added" in report
    assert "broken.pdf" in report
    assert used.original is not None
    assert any("Reading the documents" in version for _, version in used.original.versions)
    museum.ask(museum.ada, room, question, "Olga Prim")


def test_who_wants_to_be_forgotten_is(museum: Scene) -> None:
    discord, room = museum.discord, museum.room()
    eve = discord.add_member(museum.guild, "eve")
    answer = museum.ask(eve, room, BOLTON, BOLTON_SAID)
    museum.press(eve, answer, "👍", "Thank you")
    discord.wait_for(lambda: rows(museum, "SELECT 1 FROM rating WHERE person = ?", eve.id), what="the rating")
    assert "I have erased 1 question of yours" in museum.command(eve, room, "forget me")
    assert rows(museum, "SELECT 1 FROM entry WHERE asker = ?", eve.id) == []
    assert rows(museum, "SELECT 1 FROM rating WHERE person = ?", eve.id) == []
    assert lines.GONE in text_of(museum.press(museum.ada, answer, "Sources"))


def test_a_message_is_checked_against_the_documents(museum: Scene) -> None:
    discord, room = museum.discord, museum.room()
    claims = "The Constituent Assembly was elected in 2015. Bolton chose Twitter for his reply. Who knows?"
    message = discord.say(museum.bob, room, claims)
    checked = discord.wait_for_answer(discord.context_menu(museum.ada, message, "Check against the documents"))
    assert checked.is_ephemeral
    shown = text_of(checked)
    assert "The Constituent Assembly was elected in 2015" in shown
    assert "2017" in shown
    assert "profiles/washington.md" in shown


def test_servers_of_every_shard_are_answered(museum: Scene) -> None:
    assert sorted((one.shard, one.shards) for one in museum.discord.live_sessions) == [(0, 2), (1, 2)]
    second = museum.server("Annex", shard=1)
    person, room = museum.discord.add_member(second, "eve"), museum.room(guild=second)
    museum.ask(person, room, BOLTON, BOLTON_SAID)
    asked = museum.mention(person, room, BOLTON)
    museum.discord.wait_for_reply(asked, containing=BOLTON_SAID)
    assert "None in the last 30 days" in museum.command(museum.keeper(second, "kim"), room, "gaps")


def test_without_embeds_sources_are_small_print(museum: Scene) -> None:
    discord, room = museum.discord, museum.room()
    discord.set_permissions(room, discord.bot, deny=["embed_links"])
    answer = discord.wait_for_reply(museum.mention(museum.ada, room, BOLTON), containing=BOLTON_SAID)
    assert answer.embeds == []
    assert "-# **[1]** The secret talks between Washington and Caracas, talks.md" in answer.content


def test_who_asks_where_nothing_may_be_said_is_told_directly(museum: Scene) -> None:
    discord, room = museum.discord, museum.room("closed")
    discord.set_permissions(room, discord.bot, deny=["send_messages"])
    museum.mention(museum.bob, room, BOLTON)
    told = discord.wait_for_message(discord.direct_channel(museum.bob), containing="not allowed to send messages there")
    assert room.id in [int(one) for one in re.findall(r"<#(\d+)>", told.content)]
    assert museum.said_by_bot(room) == []


def test_without_threads_a_conversation_stays_where_it_is(museum: Scene) -> None:
    discord, room = museum.discord, museum.room()
    discord.set_permissions(room, discord.bot, deny=["create_public_threads"])
    answer = discord.wait_for_reply(museum.mention(museum.ada, room, BOLTON), containing=BOLTON_SAID)
    follow_up = discord.say(museum.ada, room, TRUMP, reply_to=answer)
    assert TRUMP_SEARCHED in discord.wait_for_reply(follow_up, containing="very high level").content
    assert follow_up.thread is None


def test_without_message_content_it_says_what_it_cannot_do(indexed: Path, tmp_path: Path) -> None:
    discord = FakeDiscord(message_content="no", interaction_deadline=600.0)
    with scene(discord, project(indexed, tmp_path), {"THREADS": "always"}) as museum:
        assert "may not read message content" in museum.bot.output
        room, forum = museum.room(), museum.forum()
        assert "Message Content Intent" in museum.command(museum.ada, room, "help")
        assert "Message Content Intent" in museum.command(museum.grace, room, "forum", channel=forum, answers="always")
        post = discord.post_in_forum(museum.ada, forum, "The assembly", ASSEMBLY)
        asked = museum.mention(museum.ada, room, BOLTON)
        discord.wait_for_reply(asked, containing=BOLTON_SAID)
        opened = discord.wait_for(
            lambda: next((one.thread for one in discord.messages(room) if one.thread is not None), None),
            what="a thread",
        )
        discord.say(museum.ada, opened, TRUMP)
        mentioning = museum.mention(museum.ada, opened, TRUMP)
        answer = discord.wait_for_message(opened, containing="very high level", after=mentioning)
        assert TRUMP_SEARCHED in answer.content
        assert len(museum.said_by_bot(opened)) == 1
        assert museum.said_by_bot(post) == []
        checked = discord.context_menu(
            museum.ada, discord.say(museum.bob, room, "Who knows?"), "Check against the documents"
        )
        discord.wait_for_answer(checked)
