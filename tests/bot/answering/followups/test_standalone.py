"""Follow-up questions are made to stand alone, and questions that stand alone are left as they were asked."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.followups.standalone import stand_alone
from bot.types import Turn


def conversation(*exchanges: tuple[str, str]) -> tuple[Turn, ...]:
    """Return the turns of a conversation, each question searched as `stand_alone` makes it."""
    turns: tuple[Turn, ...] = ()
    for question, answer in exchanges:
        turns = (*turns, Turn(question, stand_alone(question, turns), answer))
    return turns


BOLTON = conversation(
    ("What did Bolton say the talks were about?", "Bolton said the talks were about Maduro's exit. He gave no date.")
)
LOWER_CASE = conversation(
    ("what did bolton say about the talks?", "Later John Bolton said that Maduro had not agreed to anything.")
)
MADURO = conversation(
    ("Did Maduro confirm the talks?", "Maduro confirmed on Tuesday that talks with Washington had taken place.")
)
TALKS = conversation(
    (
        "What did Bolton say about the talks between Washington and Caracas?",
        "Bolton said they concerned a transition of power.",
    )
)
TURNOUT = conversation(("How many people voted in Venezuela in 2017?", "About eight million people voted."))
PRESIDENT = conversation(("Who is the president of France?", "Emmanuel Macron is the president of France."))
SENATOR = conversation(("Why did Senator Warren oppose the bill?", "She called it a gift to lenders."))
PASSWORD = conversation(("How do I reset my password?", "Open Settings and choose Reset password."))
REFUND = conversation(
    ("What is the refund policy for digital goods?", "Digital goods can be refunded within 14 days of purchase.")
)
WARRANTY = conversation(("What does the warranty cover?", "It covers defects in materials."))
NITRO = conversation(("How much does Nitro cost?", "Nitro costs $9.99 a month."))
MEMES = conversation(("Can I post memes in #general?", "Memes belong in #memes. Rule 3 forbids them elsewhere."))
BAN = conversation(("Can a moderator ban me without a warning?", "A moderator may ban at once for spam."))
SANCTIONS = conversation(
    ("What sanctions did the US impose on Venezuela?", "It imposed sanctions on PDVSA, an oil company.")
)
SHIPPING = conversation(("How long is shipping to Canada?", "Shipping to Canada takes five to seven business days."))
ELECTION = conversation(("Who won the 2018 Venezuelan election?", "Nicolás Maduro won the election with 68 percent."))
TWO_BACK = conversation(
    ("What did Bolton say about the talks?", "Bolton said they went well."),
    ("When did he say that?", "On Tuesday."),
)
AFTER_THANKS = conversation(("How much does Nitro cost?", "Nitro costs $9.99 a month."), ("thanks!", ""))

FOLLOW_UPS = [
    # The previous question's tail, and another name, place or date in its place
    (BOLTON, "And what did Trump say?", "What did Trump say the talks were about?"),
    (BOLTON, "And Trump?", "What did Trump say the talks were about?"),
    (BOLTON, "and trump?", "What did trump say the talks were about?"),
    (BOLTON, "What about Maduro?", "What did Maduro say the talks were about?"),
    (BOLTON, "Did Trump?", "What did Trump say the talks were about?"),
    (LOWER_CASE, "and maduro?", "What did Maduro say about the talks?"),
    (TURNOUT, "How about in 2018?", "How many people voted in Venezuela in 2018?"),
    (TURNOUT, "2018?", "How many people voted in Venezuela in 2018?"),
    (TURNOUT, "and in Colombia?", "How many people voted in Colombia in 2017?"),
    (TURNOUT, "What about Colombia?", "How many people voted in Colombia in 2017?"),
    (PRESIDENT, "And of Germany?", "Who is the president of Germany?"),
    (PRESIDENT, "and the prime minister?", "Who is the prime minister of France?"),
    (PASSWORD, "and my username?", "How do I reset my username?"),
    (REFUND, "What about physical goods?", "What is the refund policy for physical goods?"),
    (REFUND, "what about for gifts", "What is the refund policy for gifts?"),
    (MEMES, "What about videos?", "Can I post videos in #general?"),
    (MEMES, "and in #art?", "Can I post memes in #art?"),
    (NITRO, "And Nitro Basic?", "How much does Nitro Basic cost?"),
    # A question word alone
    (MADURO, "Why?", "Why did Maduro confirm the talks?"),
    (MADURO, "Interesting. But why?", "Why did Maduro confirm the talks?"),
    (MADURO, "When was that?", "When did Maduro confirm the talks?"),
    (MADURO, "In which city?", "Did Maduro confirm the talks, and in which city?"),
    (TALKS, "When?", "When did Bolton say that about the talks between Washington and Caracas?"),
    (TALKS, "Where was that?", "Where did Bolton say that about the talks between Washington and Caracas?"),
    (PRESIDENT, "Since when?", "Who is the president of France, and since when?"),
    (MADURO, "Who said so?", "Who said so? (Maduro, talks)"),
    # Pronouns
    (BOLTON, "When did he speak?", "When did Bolton speak?"),
    (LOWER_CASE, "when did he resign", "When did bolton resign?"),
    (MADURO, "Did he meet Trump?", "Did Maduro meet Trump?"),
    (PRESIDENT, "How old is he?", "How old is Emmanuel Macron?"),
    (PRESIDENT, "Who is his wife?", "Who is Emmanuel Macron's wife?"),
    (SENATOR, "Who voted with her?", "Who voted with Senator Warren?"),
    (BAN, "Can he mute me?", "Can the moderator mute me?"),
    (TALKS, "When did they start?", "When did the talks between Washington and Caracas start?"),
    (TALKS, "When did it start?", "When did it start? (Bolton, talks between Washington and Caracas)"),
    (PASSWORD, "How long must it be?", "How long must my password be?"),
    (PASSWORD, "it doesn't work", "My password doesn't work"),
    (REFUND, "Does it apply to gifts?", "Does the refund policy for digital goods apply to gifts?"),
    (WARRANTY, "ok, and how long does it last?", "How long does the warranty last?"),
    (WARRANTY, "Does that include batteries?", "Does the warranty include batteries?"),
    (NITRO, "How do I cancel it?", "How do I cancel Nitro?"),
    (NITRO, "is it worth it?", "Is Nitro worth it?"),
    (MEMES, "is it allowed?", "Is it allowed? (memes, #general)"),
    (TURNOUT, "who won that year?", "Who won in 2017?"),
    (TALKS, "When did the talks start?", "When did the talks between Washington and Caracas start?"),
    (SANCTIONS, "When were they lifted?", "When were the sanctions lifted? (US, Venezuela)"),
    (SANCTIONS, "and on Cuba?", "What sanctions did the US impose on Cuba?"),
    (SHIPPING, "How much does it cost?", "How much does shipping cost?"),
    (SHIPPING, "and to Mexico?", "How long is shipping to Mexico?"),
    (ELECTION, "And in 2013?", "Who won the 2013 Venezuelan election?"),
    (ELECTION, "When was he born?", "When was Nicolás Maduro born?"),
    # More of the same
    (BAN, "Tell me more", "Tell me more (moderator, warning)"),
    (MADURO, "What was the reaction?", "What was the reaction? (Maduro, talks)"),
    (REFUND, "Are there any exceptions?", "Are there any exceptions? (refund policy for digital goods)"),
    (REFUND, "Does the same apply to gifts?", "Does the same apply to gifts? (refund policy for digital goods)"),
    # Corrections
    (MADURO, "No, I meant Bolton", "Did Bolton confirm the talks?"),
    (MADURO, "I meant Guaidó, not Maduro", "Did Guaidó confirm the talks?"),
    (MEMES, "no, I meant in #art", "Can I post memes in #art?"),
    # Several turns back, and past a remark
    (TWO_BACK, "and what was he wearing?", "What was Bolton wearing?"),
    (AFTER_THANKS, "How do I cancel it?", "How do I cancel Nitro?"),
]

STANDING_ALONE = [
    (MADURO, "Is it true that Trump resigned?"),
    (MADURO, "When Trump spoke, whom did he mean?"),
    (MADURO, "What did the mayor of London say about his taxes?"),
    (MADURO, "Who said that oil prices will fall?"),
    (MADURO, "Did Trump say that he would resign?"),
    (MADURO, "thanks"),
    (MADURO, "Ok, thanks!"),
    (MADURO, "ok"),
    (MADURO, "???"),
    (MADURO, "Warum?"),
    (MADURO, "Was ist passiert?"),
    (MADURO, "¿Por qué he recibido esto?"),
    (MADURO, "委内瑞拉的总统是谁？"),
    (BOLTON, "What is the price of oil in Norway?"),
    (BOLTON, "And what is the price of oil in Norway?"),
    (TALKS, "How do I reset my password?"),
    (TALKS, "What does the warranty cover?"),
    (PASSWORD, "What is this server about?"),
    (PASSWORD, "What time is it in Caracas?"),
    (PASSWORD, "How long does it take to get a refund?"),
    (PASSWORD, "Is there a rule that forbids links?"),
    (PASSWORD, "If the bot is down, how do I restart it?"),
    (PASSWORD, "What is Nitro and how much does it cost?"),
    (PASSWORD, "My order never arrived. What can I do about it?"),
    (REFUND, "Can members edit their messages?"),
    (REFUND, "Can someone appeal if they are banned?"),
    (REFUND, "Are there rules about spam?"),
    (REFUND, "No smoking areas on the campus"),
    (REFUND, "community guidelines"),
    (NITRO, "So, who is the president of France?"),
    (SANCTIONS, "What is PDVSA?"),
    (SHIPPING, "Do you ship to Brazil?"),
    (MEMES, "Is it possible to change my nickname?"),
    (NITRO, "```python\nfor it in them:\n    print(it)\n```"),
    (NITRO, "why does print(it()) fail; return him;"),
]


@pytest.mark.parametrize(("turns", "question", "searched"), FOLLOW_UPS)
def test_a_follow_up_is_completed_from_the_conversation(turns: tuple[Turn, ...], question: str, searched: str) -> None:
    assert stand_alone(question, turns) == searched


@pytest.mark.parametrize(("turns", "question"), STANDING_ALONE)
def test_a_question_that_stands_alone_is_unchanged(turns: tuple[Turn, ...], question: str) -> None:
    assert stand_alone(question, turns) == question


@pytest.mark.parametrize("question", ["", " ", "\n", "And Trump?" + " why" * 20_000, "it " * 20_000])
def test_empty_and_very_long_questions_are_unchanged(question: str) -> None:
    assert stand_alone(question, BOLTON) == question


@pytest.mark.parametrize("question", ["Why?", "And Trump?", "When did he say it?", "I meant Bolton", "What else?"])
def test_without_earlier_turns_nothing_changes(question: str) -> None:
    assert stand_alone(question, ()) == question


def test_turns_without_words_change_nothing() -> None:
    assert stand_alone("When did he say it?", [Turn("?", "?", ""), Turn("", "", "")]) == "When did he say it?"


def test_the_searched_form_of_earlier_questions_counts() -> None:
    turns = [Turn("and him?", "What did Maduro say about the talks?", "")]
    assert stand_alone("Where was he born?", turns) == "Where was Maduro born?"


def test_a_long_conversation_full_of_long_answers_takes_milliseconds() -> None:
    turns = [Turn("Who?", f"What did Bolton say in {year}?", "Bolton said so. " * 3_000) for year in range(1900, 2000)]
    started = time.perf_counter()
    for _ in range(10):
        stand_alone("When did he say it?", turns)
    assert (time.perf_counter() - started) / 10 < 0.05  # far above what it takes, for busy machines


PIECES = st.sampled_from(
    [
        *"and what about he him it that those there why who when I meant not Bolton trump 2018 in of the talks".split(),
        *(
            "?",
            "!",
            ",",
            "(",
            ")",
            "'s",
            "’s",
            "\n",
            "…",
            "was",
            "did",
            "say",
            "my password",
            "else",
            "\u200b",
            "ß",
            "İ",
        ),
    ]
)
TEXTS = st.text(max_size=80) | st.lists(PIECES, max_size=12).map(" ".join)
TURNS = st.lists(st.builds(Turn, question=TEXTS, searched=TEXTS, answer=TEXTS), max_size=4)


@given(question=TEXTS, turns=TURNS)
def test_any_text_gives_a_question_without_an_error(question: str, turns: list[Turn]) -> None:
    searched = stand_alone(question, turns)
    assert bool(searched.strip()) == bool(question.strip())
    if not turns:
        assert searched == question
