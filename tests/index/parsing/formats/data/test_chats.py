"""Chats exported from Discord and Slack: who, when and what, answers below what they answer."""

from __future__ import annotations

import json
from typing import Any

from index.parsing.parse import parse_bytes
from index.types import Document


def discord(*messages: dict[str, Any], **fields: Any) -> Document:
    export = {
        "guild": {"id": "11", "name": "The Club"},
        "channel": {"id": "22", "name": "help"},
        "messages": [
            {"id": str(number), "type": "Default", "timestamp": "2024-05-01T14:30:00.12+02:00", **message}
            for number, message in enumerate(messages, 1)
        ],
    }
    return parse_bytes("export.json", json.dumps({**export, **fields}).encode())


def by(name: str, content: str, **fields: Any) -> dict[str, Any]:
    return {"author": {"id": "1", "name": name.lower(), "nickname": name}, "content": content, **fields}


def test_messages_have_their_author_day_and_time() -> None:
    document = discord(
        by("Ada", "Where is the **key**?\nI need it."),
        by("Bob", "Under the mat <:wink:123> <@7>", mentions=[{"id": "7", "name": "cy", "nickname": "Cy"}]),
        by("Cy", "joined", type="GuildMemberJoin"),
        by("Cy", "Thanks", timestamp="2024-05-02T09:00:00+02:00"),
    )
    assert document.text == (
        "2024-05-01\n\nAda (14:30): Where is the key?\nI need it.\n\nBob (14:30): Under the mat @Cy\n\n"
        "2024-05-02\n\nCy (09:00): Thanks"
    )
    assert (document.title, document.date) == ("#help (The Club)", "2024-05-02")
    assert document.url == "https://discord.com/channels/11/22"
    assert document.heading_at(document.text.index("Thanks")) == "2024-05-02"


def test_answers_stand_below_the_message_that_they_answer() -> None:
    document = discord(
        by("Ada", "Where is the key?"),
        by("Cy", "Good morning"),
        by("Bob", "Under the mat", reference={"messageId": "1"}),
        by("Ada", "Which one?", reference={"messageId": "3"}, timestamp="2024-05-02T08:00:00Z"),
        by("Cy", "Lost", reference={"messageId": "99"}),
    )
    assert document.text == (
        "2024-05-01\n\nAda (14:30): Where is the key?\n\n- Bob (14:30): Under the mat\n"
        "- Ada (2024-05-02 08:00, to Bob): Which one?\n\nCy (14:30): Good morning\n\nCy (14:30): Lost"
    )


def test_code_lists_and_frames_of_programs() -> None:
    document = discord(
        by("Ada_b", "```py\nx = 1\ny\n```"),
        by("Bot", "", embeds=[{"title": "Release 2", "description": "It is *out*."}]),
        by("Bob", "", attachments=[{"fileName": "a.png"}]),
    )
    assert document.text == "2024-05-01\n\nAda_b (14:30):\n\nx = 1\ny\n\nBot (14:30): Release 2\n\nIt is out."
    assert [(block.kind, block.label) for block in document.blocks if block.kind == "code"] == [("code", "py")]


def test_a_heading_in_a_message_is_no_heading_of_the_chat() -> None:
    document = discord(by("Ada", "# Rules\nBe kind\n---\nand `#1`"), by("Bob", "Fine"))
    assert [heading.text for heading in document.headings] == ["2024-05-01"]
    assert document.text.endswith("Ada (14:30): # Rules\nBe kind\n---\nand #1\n\nBob (14:30): Fine")


def test_messages_that_answer_each_other_in_a_circle() -> None:
    document = discord(
        by("Ada", "one", reference={"messageId": "2"}),
        by("Bob", "two", reference={"messageId": "1"}),
        by("Cy", "three", reference={"messageId": "3"}),
    )
    assert sorted(word for word in ("one", "two", "three") if word in document.text) == ["one", "three", "two"]


def test_slack() -> None:
    export = [
        {
            "type": "message",
            "user": "U1",
            "text": "See <https://example.org/a|the *guide*> &amp; <#C1|general>, <@U2> <!here>: *now* `*x*`",
            "ts": "1714573800.000100",
            "thread_ts": "1714573800.000100",
            "user_profile": {"display_name": "", "real_name": "Ada"},
        },
        {"type": "message", "subtype": "channel_join", "user": "U2", "text": "joined", "ts": "1714573801.0"},
        {"type": "message", "user": "U3", "text": "Else", "ts": "1714573802.0"},
        {
            "type": "message",
            "user": "U2",
            "text": "Done",
            "ts": "1714573860.0",
            "thread_ts": "1714573800.000100",
            "user_profile": {"display_name": "Bob"},
        },
    ]
    document = parse_bytes("2024-05-01.json", json.dumps(export).encode())
    assert document.text == (
        "2024-05-01\n\nAda (14:30 UTC): See the guide & #general, @Bob @here: now *x*\n\n"
        "- Bob (14:31 UTC): Done\n\nU3 (14:30 UTC): Else"
    )
    assert ("link", "https://example.org/a") in [(mark.kind, mark.target) for mark in document.marks]


def test_what_is_no_chat_stays_json() -> None:
    assert "messages" in discord(by("Ada", "Hello"), messages=[{"id": 3}]).text
    assert parse_bytes("a.json", b'[{"ts": 1, "txt": "x"}]').text.startswith("{")
    assert parse_bytes("a.json", b'[{"ts": null, "text": null}, {"ts": "x", "text": "words"}]').text == "?: words"
