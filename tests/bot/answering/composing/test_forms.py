"""The form that a question and its evidence call for, and what each form shows."""

from __future__ import annotations

import pytest

from bot.answering.composing.excerpt import LONGEST
from bot.answering.composing.forms import LONGEST_FACT, MOST_ROWS, form_of, names_the_thing
from bot.types import Form
from tests.bot.answering.composing.documents import MANUAL, asked, composed, excerpt, markdown, shown

PLANS = "\n".join(f"| Plan{place} | ${place * 10} | {place} of the seats in the shared office |" for place in range(40))
LONG_TABLE = f"# Prices\n\n| Plan | Price | Seats |\n|------|-------|-------|\n{PLANS}\n"
SENTENCES = [f"Sentence {place} says how the herons of the lake spend their day." for place in range(30)]
ARTICLE = f"# Herons\n\n{' '.join(SENTENCES[:12])}\n\n{' '.join(SENTENCES[12:])}\n"


@pytest.mark.parametrize(
    ("question", "words", "form"),
    [
        # A procedure: steps where there are numbered ones, else code, else the passage.
        ("how do i install acme with docker", "Pull the image", "steps"),
        ("How can I set up acme?", "Install Acme with Docker", "steps"),
        ("steps to install with docker", "docker pull", "steps"),
        ("how do i build acme from source", "git clone", "code"),
        ("how to build from source?", "Build it with", "code"),
        ("how do I get support", "Write to help", "passage"),
        # A table's row
        ("what does the team plan cost", "Team | $12", "row"),
        ("How much is the Works plan?", "Works | $40", "row"),
        ("how do i get 20 seats", "Team | $12", "row"),
        ("prices", "Plan | Price", "row"),
        # What stands below a heading that asks or names the thing
        ("do you support sso?", "Yes, on the Works", "entry"),
        ("Can I export my notes", "Yes. Open", "entry"),
        ("prices", "Every plan has", "entry"),
        # Facts
        ("How much memory does the server need?", "You need a server", "fact"),
        ("where do i write to", "Write to help", "fact"),
        # Code that answers without being asked for
        ("acme pull command", "docker pull", "code"),
        # What it is about
        ("What is Acme?", "Acme keeps notes", "entry"),
        ("tell me about the notes", "Acme keeps notes", "overview"),
        ("Is Acme hosted on my own server?", "Acme keeps notes", "passage"),
    ],
)
def test_the_form_follows_question_and_evidence(question: str, words: str, form: Form) -> None:
    assert form_of(asked(question, markdown(MANUAL), words)) == form


def test_an_article_without_headings_is_answered_by_sentences() -> None:
    assert form_of(asked("Do herons rest?", markdown(ARTICLE), SENTENCES[20])) == "fact"


# Fact


def test_a_fact_is_shown_with_its_paragraph_where_that_is_short() -> None:
    assert shown(excerpt("How much memory?", markdown(MANUAL), "You need a server")) == [
        "You need a server with 2 GB of memory."
    ]


def test_a_fact_in_a_long_paragraph_is_its_sentence() -> None:
    assert len(" ".join(SENTENCES[:12])) > LONGEST_FACT
    assert shown(excerpt("When do herons rest?", markdown(ARTICLE), SENTENCES[5])) == [SENTENCES[5]]


def test_a_part_of_a_sentence_is_shown_as_the_whole_sentence() -> None:
    found = excerpt("When do herons rest?", markdown(ARTICLE), "5 says how the herons")
    assert shown(found) == [SENTENCES[5]]


def test_a_term_in_a_list_is_answered_by_its_item_alone() -> None:
    source = "# Terms\n\n- **PIV** - Personal Identity Verification, a badge.\n- **CAC** - Common Access Card.\n"
    assert shown(excerpt("what is a PIV", markdown(source), "PIV - Personal Identity Verification, a badge.")) == [
        "- PIV - Personal Identity Verification, a badge."
    ]


# Row


def test_of_a_short_table_everything_is_shown() -> None:
    assert shown(excerpt("whats the cheapest paid plan", markdown(MANUAL), "Team | $12 | 20")) == [
        "Plan | Price | Seats",
        "Free | $0 | 1",
        "Team | $12 | 20",
        "Works | $40 | 200",
    ]


@pytest.mark.parametrize("place", [0, 7, 20, 39])
def test_a_row_stands_under_its_header_however_far_down_the_table(place: int) -> None:
    row = f"Plan{place} | ${place * 10} | {place} of the seats in the shared office"
    assert shown(excerpt(f"What does plan{place} cost?", markdown(LONG_TABLE), row)) == ["Plan | Price | Seats", row]


def test_rows_that_share_as_much_with_the_question_are_shown_together_and_in_order() -> None:
    found = excerpt("Who has seats in the shared office?", markdown(LONG_TABLE), "Plan30 | $300")
    header, *rows = shown(found)
    assert header == "Plan | Price | Seats"
    assert len(rows) == MOST_ROWS
    assert [row.split(" | ")[0] for row in rows] == ["Plan0", "Plan1", "Plan30"]


def test_rows_that_are_too_long_together_are_not_shown_together() -> None:
    long = "the seats are in the shared office by the river. " * 8
    table = "| Plan | Seats |\n|---|---|\n" + "".join(f"| Plan{place} | {long}|\n" for place in range(4))
    found = excerpt("Where are the seats of the shared office?", markdown(table), "Plan2 |")
    assert [line.split(" | ")[0] for line in shown(found)] == ["Plan", "Plan0", "Plan2"]
    assert found.length <= LONGEST


def test_of_a_long_table_that_is_asked_for_as_a_whole_the_first_rows_are_shown() -> None:
    found = excerpt("prices", markdown(LONG_TABLE), "Plan | Price")
    assert shown(found)[:2] == ["Plan | Price | Seats", "Plan0 | $0 | 0 of the seats in the shared office"]
    assert found.length <= LONGEST
    assert len(found.pieces) + len(found.left_out) == 41


# Steps


def test_steps_come_with_their_code_and_the_line_that_announces_them() -> None:
    assert shown(excerpt("how do i install acme with docker", markdown(MANUAL), "Start it with")) == [
        "Install Acme with Docker in three steps:",
        "1. Pull the image:",
        "docker pull acme/acme:4",
        "2. Start it with acme up:",
        "- on Linux as root",
        "- on a Mac as yourself",
        "3. Open the first page.",
    ]


def test_steps_of_a_long_section_begin_at_the_first_step() -> None:
    listed = "\n".join(f"{place}. Do thing number {place} of the many things to be done." for place in range(1, 31))
    source = f"# Moving\n\n{' '.join(SENTENCES[:6])}\n\nDo this:\n\n{listed}\n\n{' '.join(SENTENCES[6:9])}\n"
    found = excerpt("how do i move", markdown(source), "Do thing number 4 of the many")
    assert shown(found)[:2] == ["Do this:", "1. Do thing number 1 of the many things to be done."]
    assert found.length <= LONGEST
    assert len(found.pieces) - 1 + len(found.left_out) == 30
    assert {piece.kind for piece in found.left_out} == {"item"}


def test_a_sentence_before_the_list_brings_the_list() -> None:
    listed = "\n".join(f"{place}. Do thing number {place} of the many things to be done." for place in range(1, 31))
    source = f"# Moving\n\n{' '.join(SENTENCES[:6])}\n\nTo move, do this:\n\n{listed}\n"
    assert shown(excerpt("how do i move", markdown(source), "To move, do this:"))[:2] == [
        "To move, do this:",
        "1. Do thing number 1 of the many things to be done.",
    ]


# Code


def test_code_comes_with_the_sentence_that_introduces_it() -> None:
    assert shown(excerpt("how do i build acme from source", markdown(MANUAL), "git clone")) == [
        "Build it with the following commands:",
        "git clone https://acme.example/acme\nmake build",
        "Then start it as above.",
    ]


def test_code_of_a_long_section_is_a_window() -> None:
    source = f"# Building\n\n{' '.join(SENTENCES[:15])}\n\nType:\n\n```sh\nmake\n```\n\n{' '.join(SENTENCES[15:])}\n"
    assert shown(excerpt("how do i build", markdown(source), "Type:")) == ["Type:", "make"]
    assert shown(excerpt("how do i build", markdown(source), "make")) == ["Type:", "make"]


# Entry


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("# FAQ\n\n**Do you support SSO?**\n\nYes, with SAML.\n\n**Is it free?**\n\nNo.\n", "a.md"),
        ("# FAQ\n\nQ: Do you support SSO?\nA: Yes, with SAML.\n\nQ: Is it free?\nA: No.\n", "a.md"),
        ("Q: Do you support SSO?\nA: Yes, with SAML.\n\nQ: Is it free?\nA: No.\n", "a.txt"),
        ("# FAQ\n\n## Do you support SSO?\n\nYes, with SAML.\n\n## Is it free?\n\nNo.\n", "a.md"),
        (
            (
                "# FAQ\n\n<details>\n<summary>Do you support SSO?</summary>\n\nYes, with SAML.\n\n</details>\n"
                "<details>\n<summary>Is it free?</summary>\n\nNo.\n\n</details>\n"
            ),
            "a.md",
        ),
        ("<h1>FAQ</h1><dl><dt>Do you support SSO?<dd>Yes, with SAML.<dt>Is it free?<dd>No.</dl>", "a.html"),
        (
            (
                "<h1>FAQ</h1><details><summary>Do you support SSO?</summary><p>Yes, with SAML.</p></details>"
                "<details><summary>Is it free?</summary><p>No.</p></details>"
            ),
            "a.html",
        ),
    ],
)
def test_an_entry_of_an_faq_is_its_answer_and_never_the_question(source: str, name: str) -> None:
    document = markdown(source, name=name)
    for question in ("do you support sso?", "sso support", "Do you support single sign-on (SSO)?"):
        for words in ("Yes, with SAML.", "Do you support SSO?"):
            assert shown(excerpt(question, document, words)) == ["Yes, with SAML."]


def test_a_heading_is_answered_by_what_stands_below_it_whatever_is_asked_for() -> None:
    source = f"# Guide\n\n## Who found the way\n\n{' '.join(SENTENCES[:8])}\n\n{SENTENCES[9]}\n"
    assert shown(excerpt("who was it", markdown(source), "Who found the way"))[0].startswith(SENTENCES[0])


def test_an_entry_begins_below_its_heading_wherever_the_best_sentence_stands() -> None:
    source = f"# Guide\n\n## Backups\n\n{SENTENCES[0]}\n\n{' '.join(SENTENCES[1:9])}\n\n{' '.join(SENTENCES[9:20])}\n"
    found = excerpt("backups", markdown(source), SENTENCES[12])
    assert shown(found)[0] == SENTENCES[0]
    assert found.length <= LONGEST
    assert found.left_out


def test_a_heading_with_nothing_below_it_is_shown_itself() -> None:
    document = markdown("# Hours\n\n## Open from nine to five\n\n## Closed on Sundays")
    assert shown(excerpt("is it open on sundays", document, "Closed on Sundays")) == ["Closed on Sundays"]
    assert shown(excerpt("when is it open", document, "Hours")) == ["Open from nine to five", "Closed on Sundays"]


# An error message, which its explanation answers


def test_an_error_is_answered_by_what_explains_it_and_not_by_itself() -> None:
    source = (
        "# Problems\n\n```\nError: connection refused by peer\n```\n\nThe server is not running. Start it first.\n\n"
        f"```\nError: disk quota exceeded\n```\n\nDelete old notes.\n\n{' '.join(SENTENCES[:12])}\n"
    )
    document = markdown(source)
    found = excerpt("Error: connection refused by peer", document, "Error: connection refused by peer")
    assert shown(found) == ["The server is not running. Start it first."]
    found = excerpt("i get Error: disk quota exceeded, why?", document, "Error: disk quota exceeded")
    assert shown(found) == ["Delete old notes."]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Is the shop closed on Sunday?", "The shop is closed on Sunday."),
        ("Who is the treasurer of the club?", "The treasurer of the club is Ada Crane."),
        ("Did the mayor deny the talks?", "The mayor denied the talks."),
        ("Did the pump fail?", "The pump failed."),
        ("is it true that herons stand on one leg", "Herons stand on one leg."),
    ],
)
def test_a_sentence_that_repeats_a_question_is_what_decides_it(question: str, sentence: str) -> None:
    found = excerpt(question, markdown(f"{sentence}\n\nAnother paragraph.\n"), sentence)
    assert shown(found)[0] == sentence


# Overview and passage


@pytest.mark.parametrize("question", ["What is Acme?", "tell me about the notes", "summarise this page"])
def test_an_overview_is_the_beginning_of_the_page(question: str) -> None:
    found = excerpt(question, markdown(MANUAL), "Acme keeps notes")
    assert shown(found)[0] == "Acme keeps notes on your own server."
    assert found.length <= LONGEST


@pytest.mark.parametrize("question", ["tell me about acme", "What is Acme?", "explain acme"])
def test_what_a_page_is_about_is_said_at_its_top_wherever_the_best_sentence_stands(question: str) -> None:
    found = excerpt(question, markdown(MANUAL), "You need a server")
    assert shown(found)[0] == "Acme keeps notes on your own server."


@pytest.mark.parametrize("question", ["How much memory does Acme need?", "what is the memory of the acme server"])
def test_a_question_about_a_detail_is_not_answered_by_the_top_of_the_page(question: str) -> None:
    found = excerpt(question, markdown(MANUAL), "You need a server")
    assert shown(found)[0] == "You need a server with 2 GB of memory."


def test_a_passage_is_its_section() -> None:
    assert shown(excerpt("Is Acme hosted on my own server?", markdown(MANUAL), "Write to help")) == [
        "Write to help@acme.example."
    ]


def test_a_long_passage_is_the_part_in_which_the_sentence_stands() -> None:
    source = f"# Herons\n\n- {' '.join(SENTENCES)}\n- Short.\n"
    (text,) = shown(excerpt("Is the day of herons long", markdown(source), SENTENCES[25]))
    assert text.startswith(SENTENCES[25])


# Names


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("how do i upgrade", "Upgrading"),
        ("what are the rules", "Rules"),
        ("Can I export my notes?", "Can I export my notes?"),
        ("export notes", "Can I export my notes?"),
        ("What does E1043 mean", "E1043"),
    ],
)
def test_a_heading_that_names_the_thing(question: str, heading: str) -> None:
    assert names_the_thing(question, heading)


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("how do i upgrade", ""),
        ("", "Upgrading"),
        ("how do i upgrade", "Upgrading from version three to version four"),
        ("how do i upgrade my plan to a larger one", "Upgrading"),
        ("who are the members", "Rules"),
    ],
)
def test_a_heading_that_does_not(question: str, heading: str) -> None:
    assert not names_the_thing(question, heading)


KEYS = """\
# Settings

The file knows these keys:

`name`
:   The name, at most 40 characters.

`colour`
:   The colour of the cover.

    It is `blue` unless you set it.

`size_limit`
:   Megabytes that a note may have.
"""


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("what is size_limit", "Megabytes that", ["size_limit", "Megabytes that a note may have."]),
        (
            "what does colour mean",
            "The colour of the cover.",
            ["colour", "The colour of the cover.", "It is blue unless you set it."],
        ),
        ("how many characters may it have", "The name, at most", ["name", "The name, at most 40 characters."]),
    ],
)
def test_of_definitions_the_one_that_is_asked_for_is_shown_with_its_term(
    question: str, sentence: str, expected: list[str]
) -> None:
    assert [one.text for one in composed(question, markdown(KEYS), sentence).blocks] == expected


@pytest.mark.parametrize(
    ("source", "best", "answer"),
    [
        (
            "bob: when is the market?\n\n- mira: On Saturday.\n- ada: At 9.",
            "bob: when is the market?",
            "On Saturday.",
        ),
        ("Where are the kilns?\n\nBehind the old station.", "Where are the kilns?", "Behind the old station."),
        ("**Who has the key?**\n\nIngrid Falk, in the office.", "Who has the key?", "Ingrid Falk"),
    ],
)
def test_whoever_asks_the_same_is_answered_by_what_follows(source: str, best: str, answer: str) -> None:
    found = composed(best.partition(": ")[2] or best, markdown(source), best)
    assert answer in " ".join(block.text for block in found.blocks)


def test_a_question_that_another_one_follows_is_shown_itself() -> None:
    document = markdown("Ask yourself when the market is.\n\n- When is it?\n- Where is it?\n")
    assert any("When is it?" in text for text in shown(excerpt("when is it", document, "When is it?")))
