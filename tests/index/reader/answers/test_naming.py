"""Headings and beginnings of sentences that name what is asked."""

from __future__ import annotations

import pytest

from index.reader.answers.coverage import QuestionWords
from index.reader.answers.naming import headed, introduced, lacks_name


@pytest.mark.parametrize(
    ("question", "title", "heading"),
    [
        ("how do i upgrade", "Manual", "Upgrading"),
        ("What does E1043 mean?", "Errors", "Errors › E1043"),
        ("how do I install with docker", "Manual", "Install › With Docker"),
        ("what are the rules", "Rules", None),
    ],
)
def test_a_heading_that_names_what_is_asked(question: str, title: str, heading: str | None) -> None:
    assert headed(QuestionWords.of(question), title, heading) > 0.5


@pytest.mark.parametrize(
    ("question", "title", "heading"),
    [
        ("how do i upgrade", "Manual", "Installing"),
        ("how do I install with docker", "Manual", "Install"),
        ("how do i upgrade", "Manual", "Upgrading the plans of enterprise customers"),
        ("", "Manual", "Install"),
        ("how do i upgrade", "", ""),
    ],
)
def test_a_heading_that_does_not(question: str, title: str, heading: str | None) -> None:
    assert headed(QuestionWords.of(question), title, heading) == 0


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("what is a PIV", "- PIV - Personal Identity Verification, a badge."),
        ("what is a piv", "A PIV is a badge."),
        ("What is the phone number?", "Phone number: 555-0142"),
        ("E1043", "E1043 | The token has expired"),
        ("what does rtfm stand for", "RTFM stands for reading the manual."),
    ],
)
def test_a_sentence_that_begins_with_what_is_asked(question: str, sentence: str) -> None:
    assert introduced(QuestionWords.of(question), ["Something else.", sentence]) == 1


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("what is a PIV", "Everybody who enters a building with a PIV is asked for it."),
        ("what is a PIV", "CAC - Common Access Card"),
        ("what is a PIV", ""),
        ("what is a PIV", ":::"),
        ("", "PIV - a badge"),
    ],
)
def test_a_sentence_that_does_not(question: str, sentence: str) -> None:
    assert introduced(QuestionWords.of(question), [sentence]) == 0
    assert introduced(QuestionWords.of(question), []) == 0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What did the mayor say about Norway?", "The mayor spoke about the harbour."),
        ("When was Harborview founded?", "The club was founded in 1920."),
        ("who is the deputy treasurer", "The treasurer is Ines Vogt."),
        ("Who was the second harbour master?", "The first harbour master was a clockmaker."),
    ],
)
def test_a_name_that_the_text_lacks(question: str, text: str) -> None:
    assert lacks_name(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What did the mayor say about Venezuela?", "The mayor spoke about the Venezuelan harbour."),
        ("what did the mayor say about norway", "The mayor spoke about the harbour."),  # no capitals: no names
        ("RuntimeError: Form data requires Multipart", "Install it first."),  # pasted, not a sentence
        ("I use Windows. How do I install it?", "Run the installer."),  # told before the question
        ("who is the current treasurer", "Treasurer: Ines Vogt"),
        ("Who took part?", "Everybody did."),
    ],
)
def test_a_text_that_names_all_or_a_question_without_names(question: str, text: str) -> None:
    assert not lacks_name(question, text)
