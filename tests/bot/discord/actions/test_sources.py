"""Sources: each source with the words around it, as stored with the answer."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
import simcord

from bot.discord.text import lines
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from tests.bot.discord.support.answers import (
    FOUNDED,
    TWO,
    UNKNOWN,
    buttons_of,
    entry_under,
    indexed_anew,
    nobody_is_mentioned,
    reference_in,
    shown,
)
from tests.bot.discord.support.scenes import Scene, Scenes, button, text_of
from tests.bot.journal.support.entries import changed

QUOTE = "**The Constituent Assembly was elected in 2017\\. Its members"


async def test_a_source_is_shown_with_its_surroundings_only_to_the_person_who_asks(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        seen = await _sources(it.ada, told)
        assert seen.ephemeral
        assert QUOTE in text_of(seen)
        assert "Cabello rejected the story as a whole" in text_of(seen)  # the paragraph after it
        assert "profiles/caracas.md" in text_of(seen)
        assert buttons_of(seen) == []  # one source, no address, and files are not offered
        assert nobody_is_mentioned(it.env)


async def test_sources_are_paged(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=TWO))
        seen = await _sources(it.ada, told)
        assert "1 of 2" in text_of(seen)
        first = text_of(seen)
        assert buttons_of(seen) == ["◀️", "▶️", *_address(first)]
        with pytest.raises(simcord.SetupError, match="disabled"):
            await it.ada.click(seen, custom_id=button(seen, "back"))
        await it.ada.click(seen, custom_id=button(seen, "next"))
        assert "2 of 2" in text_of(seen)
        assert buttons_of(seen) == ["◀️", "▶️", *_address(text_of(seen))]
        assert ("talks.md" in first) != ("talks.md" in text_of(seen))
        assert ("two-readings.html" in first) != ("two-readings.html" in text_of(seen))
        await it.ada.click(seen, custom_id=button(seen, "back"))
        assert "1 of 2" in text_of(seen)
        assert len(it.channel.history(viewer=it.ada)) == 2  # paging edits the message


async def _page_of_the_talks(it: Scene, told: simcord.ResponseMessage) -> simcord.ResponseMessage:
    """Return the page of the document without an address; either document may come first."""
    seen = await _sources(it.bob, told)
    if "talks.md" not in text_of(seen):
        await it.bob.click(seen, custom_id=button(seen, "next"))
    assert "talks.md" in text_of(seen)
    return seen


def _address(page: str) -> list[str]:
    """Return the buttons of the page whose document has an address."""
    return ["Open https://example.org/analysis/two-readings"] if "two-readings.html" in page else []


async def test_the_nearest_passages_of_an_abstention_are_shown_too(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=UNKNOWN))
        seen = await _sources(it.bob, told)
        assert "Passage 1 of 3" in text_of(seen)
        await it.bob.click(seen, custom_id=button(seen, "next"))
        assert "Passage 2 of 3" in text_of(seen)


async def test_files_are_offered_only_if_an_administrator_allows_it(scene: Scenes, folder: Path) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=TWO))
        assert buttons_of(await _page_of_the_talks(it, told)) == ["◀️", "▶️"]
        await it.offer_files(offered=True)
        seen = await _page_of_the_talks(it, told)
        assert buttons_of(seen) == ["◀️", "▶️", "File"]
        offered = button(seen, "file")
        sent = shown(await it.bob.click(seen, custom_id=offered))
        assert sent.ephemeral
        (attached,) = sent.attachments
        assert attached.filename == "talks.md"
        assert await attached.read() == (folder / "seeds" / "talks.md").read_bytes()
        await it.offer_files(offered=False)
        assert shown(await it.bob.click(seen, custom_id=offered)).content == lines.NO_FILE


async def test_a_file_that_cannot_be_sent_is_reported(scene: Scenes, folder: Path) -> None:
    async with scene() as it:
        await it.offer_files(offered=True)
        seen = await _sources(it.bob, shown(await it.bob.slash(it.channel, "ask", question=FOUNDED)))
        document = folder / "seeds" / "profiles" / "caracas.md"
        with document.open("ab") as file:
            file.truncate(11 * 1024 * 1024)
        assert shown(await it.bob.click(seen, custom_id=button(seen, "file"))).content == lines.FILE_TOO_LARGE
        document.unlink()
        assert shown(await it.bob.click(seen, custom_id=button(seen, "file"))).content == lines.NO_FILE
        document.symlink_to("/etc/hostname")  # outside the seeds folder
        assert shown(await it.bob.click(seen, custom_id=button(seen, "file"))).content == lines.NO_FILE
        assert buttons_of(await _sources(it.bob, shown(await it.bob.slash(it.channel, "ask", question=FOUNDED)))) == []


async def test_only_sources_in_scope_are_shown_and_counted(scene: Scenes) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=UNKNOWN))
        folders = [source.citation.document.split("/")[0] for source in entry_under(it, told).sources]
        within = folders.count("profiles")
        assert 0 < within < len(folders)
        await it.set_scope(["profiles"])
        seen = await _sources(it.bob, told)
        assert f"Passage 1 of {within}" in text_of(seen)
        assert "profiles/caracas.md" in text_of(seen)
        assert buttons_of(seen) == ([] if within == 1 else ["◀️", "▶️"])


@pytest.mark.parametrize("what", ["changed", "removed", "renamed"])
async def test_a_quote_stays_unchanged_with_a_note_about_its_document(
    scene: Scenes, folder: Path, embedder: SentenceTransformerEmbedder, what: str
) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        assert "⚠️" not in text_of(await _sources(it.bob, told))
        document = folder / "seeds" / "profiles" / "caracas.md"
        if what == "changed":
            document.write_text(document.read_text().replace("was elected in 2017", "was never elected"))
        elif what == "removed":
            document.unlink()
        else:
            document.rename(document.with_name("venezuela.md"))
        await indexed_anew(it, embedder)
        seen = await _sources(it.bob, told)
        assert QUOTE in text_of(seen)
        note = lines.DOCUMENT_CHANGED if what == "changed" else lines.DOCUMENT_GONE
        assert f"⚠️ {note}" in text_of(seen)


async def test_an_answer_that_is_no_longer_stored_is_reported(scene: Scenes) -> None:
    async with scene(JOURNAL_DAYS="1") as it:
        expired = shown(await it.bob.slash(it.channel, "ask", question=TWO))
        seen = await _sources(it.ada, expired)
        it.parts.journal.keep(changed(entry_under(it, expired), asked_at=time.time() - 2 * 86_400))
        assert (await _sources(it.ada, expired)).content == lines.GONE
        await it.ada.click(seen, custom_id=button(seen, "next"))
        assert seen.content == lines.GONE
        assert buttons_of(seen) == []
        forgotten = shown(await it.bob.slash(it.channel, "ask", question=FOUNDED))
        await asyncio.to_thread(it.parts.journal.forget, it.bob.id)
        assert (await _sources(it.ada, forgotten)).content == lines.GONE


async def test_an_unreadable_journal_is_reported_with_a_reference(
    scene: Scenes, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene() as it:
        told = shown(await it.bob.slash(it.channel, "ask", question=TWO))
        seen = await _sources(it.bob, told)
        await asyncio.to_thread(it.parts.journal.close)
        (it.parts.settings.data_dir / "journal.sqlite").write_bytes(b"no database" * 1000)
        failed = await _sources(it.bob, told)
        assert failed.ephemeral
        assert reference_in(failed.content) in caplog.text
        await it.bob.click(seen, custom_id=button(seen, "next"))
        assert "1 of 2" in text_of(seen)  # the message stays unchanged
        assert it.env.errors == []


async def _sources(who: simcord.MemberActor, told: simcord.ResponseMessage) -> simcord.ResponseMessage:
    return shown(await who.click(told, custom_id=button(told, "sources")))
