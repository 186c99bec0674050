"""`/documents`: the list, and search as you type."""

from __future__ import annotations

from pathlib import Path

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from tests.bot.discord.support.answers import buttons_of, indexed_anew, restarted, shown
from tests.bot.discord.support.pressing import turning
from tests.bot.discord.support.scenes import Scenes, text_of


async def test_the_list_and_single_documents(scene: Scenes) -> None:
    async with scene() as it:
        listed = await it.bob.slash(it.channel, "documents")
        assert listed.ephemeral
        text = text_of(shown(listed))
        assert text.startswith("5 documents")
        assert "**Caracas: Nicolás Maduro and Diosdado Cabello**\nprofiles/caracas.md\n-# 5 chunks" in text
        assert "[open](<https://example.org/analysis/two-readings>)" in text
        assert buttons_of(shown(listed)) == []
        for typed in ("talks.md", " TALKS.MD ", "secret caracas"):
            one = text_of(shown(await it.bob.slash(it.channel, "documents", document=typed)))
            assert one.startswith("The secret talks between Washington and Caracas\ntalks.md\n")
            assert "Headings\nDo the talks exist?\nHow the talks came to light\nWhat were the talks about?" in one
        assert text_of(shown(await it.bob.slash(it.channel, "documents", document="profiles"))).startswith(
            "2 documents"
        )
        none = text_of(shown(await it.bob.slash(it.channel, "documents", document="@everyone **zebra**")))
        assert none.startswith("No document here matches “@\u200beveryone \\*\\*zebra\\*\\*”.")


async def test_documents_are_suggested_while_they_are_typed(scene: Scenes) -> None:
    async with scene() as it:

        async def offered(typed: str) -> list[str]:
            choices = await it.bob.autocomplete(it.channel, "documents", "document", typed)
            return [choice["value"] for choice in choices]

        assert len(await offered("")) == 5
        assert await offered("car") == ["profiles/caracas.md", "talks.md"]
        assert await offered("WASHINGTON trump") == ["profiles/washington.md"]
        assert await offered("zebra") == []
        [choice] = await it.bob.autocomplete(it.channel, "documents", "document", "week")
        assert choice == {"name": "week (week.txt)", "value": "week.txt"}


async def test_a_long_list_is_paged_even_after_a_search(
    scene: Scenes, folder: Path, embedder: SentenceTransformerEmbedder
) -> None:
    long = f"birds/{'very ' * 30}long name of a heron.md"
    async with scene() as it:
        (folder / "seeds" / "birds").mkdir()
        for number in range(30):
            (folder / "seeds" / "birds" / f"heron-{number:02}.md").write_text(
                f"# Heron {number:02}\n\nIt has a nest.\n"
            )
        (folder / "seeds" / long).write_text(f"# The {'🪶' * 120} heron\n\nIt has a nest too.\n")
        await indexed_anew(it, embedder)
        choices = await it.bob.autocomplete(it.channel, "documents", "document", "heron")
        assert len(choices) == 25
        assert all(1 <= len(choice[key].encode("utf-16-le")) // 2 <= 100 for choice in choices for key in choice)
        [choice] = await it.bob.autocomplete(it.channel, "documents", "document", "very long")
        one = await it.bob.slash(it.channel, "documents", document=choice["value"])
        assert "1 chunk" in text_of(shown(one))
        listed = shown(await it.bob.slash(it.channel, "documents"))
        assert "36 documents" in text_of(listed)
        assert buttons_of(listed) == ["◀️", "▶️"]
        searched = shown(await it.bob.slash(it.channel, "documents", document="heron"))
        assert "31 documents" in text_of(searched)
        async with restarted(it):
            turned = shown(await it.bob.click(listed, custom_id=turning(listed, "▶")))
            assert "heron-" in text_of(turned)
            assert "page 2 of 4" in text_of(turned)
            turned = shown(await it.bob.click(turned, custom_id=turning(turned, "▶")))
            turned = shown(await it.bob.click(turned, custom_id=turning(turned, "▶")))
            assert "week.txt" in text_of(turned)
            turned = shown(await it.bob.click(searched, custom_id=turning(searched, "▶")))
            assert "page 2 of 4" in text_of(turned)
            assert "heron-" in text_of(turned)
            # A page that no longer exists is not an error.
            for path in (folder / "seeds" / "birds").iterdir():
                path.unlink()
            await indexed_anew(it, embedder)
            gone = shown(await it.bob.click(turned, custom_id=turning(turned, "▶")))
            assert "No document here matches “heron”" in text_of(gone)
            assert buttons_of(gone) == []
