"""`/ask`, as people use it."""

from __future__ import annotations

from tests.bot.discord.scenes import Scenes, button, text_of

QUESTION = "What did Bolton say the talks were about?"


async def test_a_question_is_answered_with_footnotes(scene: Scenes) -> None:
    async with scene() as it:
        asked = await it.bob.slash(it.channel, "ask", question=QUESTION)
        assert asked.acknowledged
        assert not asked.ephemeral
        assert asked.response is not None
        assert "free elections" in asked.response.content
        assert "[1]" in text_of(asked.response)
        assert "talks.md" in text_of(asked.response)
        sources = await it.ada.click(asked.response, custom_id=button(asked.response, "sources"))
        assert sources.response is not None
        assert sources.response.ephemeral
        assert "He said so on Twitter" in text_of(sources.response)
