"""`/gaps`: the questions of a server that found no answer."""

from __future__ import annotations

import time

from tests.bot.discord.support.answers import BOLTON, UNKNOWN, buttons_of, restarted, shown
from tests.bot.discord.support.pressing import turning
from tests.bot.discord.support.scenes import Scenes, text_of
from tests.bot.journal.support.entries import abstention, sample


async def test_unanswered_questions_are_shown_grouped_by_meaning(scene: Scenes) -> None:
    async with scene() as it:
        assert "None in the last 30 days" in text_of(shown(await it.ada.slash(it.channel, "gaps")))
        await it.bob.slash(it.channel, "ask", question=BOLTON)
        for question in (UNKNOWN, "who paid for the flights", "Who paid for the flights"):
            await it.bob.slash(it.channel, "ask", question=question)
        await it.ada.slash(it.channel, "ask", question="How deep is the *Pacific Ocean*?")
        await it.ada.slash(it.channel, "ask", question="What does Carol's salary amount to?", private=True)
        found = await it.ada.slash(it.channel, "gaps")
        assert found.ephemeral
        text = text_of(shown(found))
        assert "4 questions in the last 30 days" in text
        assert "**3 ×** Who paid for the flights" in text
        assert "by one person" in text
        assert r"**1 ×** How deep is the \*Pacific Ocean\*?" in text
        assert "salary" not in text
        assert "Bolton" not in text


async def test_entries_of_others_answered_or_expired_ones_are_left_out(scene: Scenes) -> None:
    async with scene(JOURNAL_DAYS="1") as it:
        server = it.guild.id
        widened = abstention("Where is the ship?", server=server, folders=None)
        for entry in (
            abstention("Where is the train?", server=server + 1, folders=None),
            abstention("Where is the plane?", server=None, folders=None),
            abstention("Where is the horse?", server=server, folders=None, asked_at=time.time() - 2 * 86400),
            widened,
            sample(text="Where is the ship?", server=server, surface="wider", previous=widened.reference),
            abstention("Where is the bicycle?", server=server, folders=None),
        ):
            it.parts.journal.keep(entry)
        text = text_of(shown(await it.ada.slash(it.channel, "gaps")))
        assert "1 question in the last 1 day" in text
        assert "bicycle" in text
        assert all(word not in text for word in ("train", "plane", "horse", "ship"))


async def test_a_long_list_is_paged_for_administrators(scene: Scenes) -> None:
    things = "apples boats clouds drums elephants ferns guitars hammers islands jackets kites lemons mirrors".split()
    async with scene() as it:
        for number, thing in enumerate(things):
            when = time.time() - 60 * number
            it.parts.journal.keep(
                abstention(f"How many {thing} are there?", server=it.guild.id, folders=None, asked_at=when)
            )
        listed = shown(await it.ada.slash(it.channel, "gaps"))
        first = text_of(listed)
        assert "page 1 of 2" in first
        assert "apples" in first
        async with restarted(it):
            turned = await it.ada.click(listed, custom_id=turning(listed, "▶"))
            second = text_of(shown(turned))
            assert "page 2 of 2" in second
            assert "apples" not in second
            assert buttons_of(shown(turned)) == ["◀️", "▶️"]
            back = await it.ada.click(shown(turned), custom_id=turning(shown(turned), "◀"))
            assert "page 1 of 2" in text_of(shown(back))


async def test_only_administrators_can_use_it(scene: Scenes) -> None:
    async with scene() as it:
        refused = await it.bob.slash(it.channel, "gaps")
        assert shown(refused).content == "You need the Manage Server permission."
        assert len(it.env.errors) == 1
