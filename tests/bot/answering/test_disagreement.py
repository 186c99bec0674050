"""Documents that disagree, and documents that only seem to."""

from __future__ import annotations

import pytest

from bot.answering.comparison.asked import analysed
from bot.answering.comparison.statement import Statement
from bot.answering.disagreement import answers_of, differing_values, disagreeing
from bot.answering.engine import AnswerEngine
from bot.types import Answer
from index.reader.answers.trained import TrainedReader
from index.retrieval.retriever import Retriever
from index.retrieval.search_index import SearchIndex
from index.types import Evidence, Passage, Span
from tests.support.library import Library

FOUNDED = "When was the Associated Press founded?"
BRIDGE = "When was the Hollow Bridge opened?"
VISITORS = "How many visitors did the Ashford Museum have?"
TICKET = "How much does a ticket cost?"
HIGH = "How high is the Ashford Tower?"
DEPOSIT = "What is the deposit for a boat?"


def statement(text: str) -> Statement:
    """Return sentences between bars, with the document's title before two colons: "Title :: One. | Two."."""
    label, _, said = text.rpartition(" :: ")
    return Statement(tuple(said.split(" | ")), label)


def values_of(question: str, one: str, other: str) -> tuple[str, str] | None:
    """Return the values in which two statements differ."""
    asked = analysed(question)
    return differing_values(asked, answers_of(asked, statement(one)), answers_of(asked, statement(other)))


@pytest.mark.parametrize(
    ("question", "one", "other", "values"),
    [
        (
            FOUNDED,
            "The Associated Press was founded in 1846.",
            "The Associated Press was founded in 1848.",
            ("1846", "1848"),
        ),
        (
            FOUNDED,
            "The AP was founded in May 1846 by five New York newspapers.",
            "Founded in June 1846, the Associated Press is an American agency.",
            ("May 1846", "June 1846"),
        ),
        (
            FOUNDED,
            "Associated Press :: It was founded in 1846.",
            "The Associated Press was established in 1848.",
            ("1846", "1848"),
        ),
        (
            FOUNDED,
            "The Associated Press is an agency. | It was founded in 1846 and moved to Manhattan in 2004.",
            "The Associated Press was founded in 1848.",
            ("1846", "1848"),
        ),
        (
            BRIDGE,
            "The Hollow Bridge was opened on 3 May 1881.",
            "The bridge at Hollow :: The Hollow Bridge was officially opened on 4 May 1881 by the mayor.",
            ("3 May 1881", "4 May 1881"),
        ),
        (
            "When does the library open?",
            "The library opens at 9 am.",
            "The library opens at 10 am.",
            ("9 am", "10 am"),
        ),
        (
            "On what day does the market take place?",
            "The market takes place on Tuesday.",
            "The market takes place on Wednesdays.",
            ("Tuesday", "Wednesdays"),
        ),
        (
            VISITORS,
            "The Ashford Museum had 12,000 visitors.",
            "The Ashford Museum had 17,500 visitors.",
            ("12,000", "17,500"),
        ),
        (
            "How many visitors did the Ashford Museum have in 2019?",
            "In 2019 the Ashford Museum had about 12,000 visitors.",
            "The Ashford Museum counted 17,500 visitors in 2019.",
            ("12,000", "17,500"),
        ),
        (
            "How many people live in Ashford?",
            "Ashford has a population of 12,000.",
            "Some 9,000 people live in Ashford.",
            ("12,000", "9,000"),
        ),
        (TICKET, "A ticket costs 5 euros.", "The price of a ticket is 7 euros.", ("5 euros", "7 euros")),
        (HIGH, "The Ashford Tower is 50 m high.", "The height of the Ashford Tower is 61 m.", ("50 m", "61 m")),
        (
            "How long is the notice period?",
            "The notice period is 30 days.",
            "The notice period is three months.",
            ("30 days", "three months"),
        ),
        (
            DEPOSIT,
            "The deposit for a boat is 200 euros.",
            "The deposit for a boat is 300 euros.",
            ("200 euros", "300 euros"),
        ),
        (
            "How old was Ada Crane when she died?",
            "Ada Crane died when she was 81 years old.",
            "Ada Crane was 79 years old when she died.",
            ("81 years", "79 years"),
        ),
        (
            "Who founded the Ashford Museum?",
            "The Ashford Museum was founded by Ada Crane.",
            "Ruth Bell founded the Ashford Museum.",
            ("Ada Crane", "Ruth Bell"),
        ),
        (
            "Who is the director of the Ashford Museum?",
            "The director of the Ashford Museum is Ada Crane.",
            "The director of the Ashford Museum is Ruth Bell.",
            ("Ada Crane", "Ruth Bell"),
        ),
        (
            "Where was Ada Crane born?",
            "Ada Crane was born in Lyon, France.",
            "Ada Crane was born in Nantes, France.",
            ("Lyon", "Nantes"),
        ),
        (
            "What is the capital of Freedonia?",
            "The capital of Freedonia is Mora.",
            "The capital of Freedonia is Lund.",
            ("Mora", "Lund"),
        ),
        (
            "How many houses burned down in Millbrook?",
            "Fire in Millbrook :: 12 houses burned down before the brigade arrived.",
            "Millbrook :: The mayor said that 15 houses had burned down in Tuesday's fire and that she would help.",
            ("12", "15"),
        ),
        (
            "When was Ada Crane born?",
            "Ada Crane (14 June 1877 – 3 October 1941) was an English poet.",
            "The poet Ada Crane was born on 2 May 1879 in a parsonage.",
            ("14 June 1877", "2 May 1879"),
        ),
        (
            "How many rooms does the Hotel Bellerive have?",
            "The Hotel Bellerive stands on the lake. | It has 64 rooms, all of them with a balcony.",
            "The Hotel Bellerive, with its 80 rooms, is the largest house in town.",
            ("64", "80"),
        ),
        (
            "How tall is the Carrow lighthouse?",
            "The Carrow lighthouse is old. | It is 41 metres tall and its light can be seen at a distance of 22 miles.",
            "The path ends at the Carrow lighthouse, which is 36 metres high.",
            ("41 metres", "36 metres"),
        ),
        (
            "Who is the editor of the Wexham Gazette?",
            "The Wexham Gazette :: Its editor is Diana Holt.",
            "Simon Quayle, the editor of the Wexham Gazette, opened the flower show on Saturday.",
            ("Diana Holt", "Simon Quayle"),
        ),
        (
            "Who won the Harbour Marathon in 2021?",
            "The Harbour Marathon of 2021 :: Lena Voss won the race in heavy rain, ahead of two runners from Kenya.",
            "The 2021 edition of the Harbour Marathon was won by Mirko Hahn, who had finished second the year before.",
            ("Lena Voss", "Mirko Hahn"),
        ),
        (
            "Where are the servers of Quillbox located?",
            "The servers of Quillbox are located in Frankfurt, and backups are made every night.",
            "Quillbox stores your notes on servers that are located in Dublin.",
            ("Frankfurt", "Dublin"),
        ),
        (
            "Which country hosted the Winter Games of 2017?",
            "Kazakhstan hosted the Winter Games of 2017.",
            "Slovenia hosted the Winter Games of 2017, the first that were shown on television.",
            ("Kazakhstan", "Slovenia"),
        ),
    ],
)
def test_different_values_are_found_as_they_are_written(
    question: str, one: str, other: str, values: tuple[str, str]
) -> None:
    assert values_of(question, one, other) == values
    assert values_of(question, other, one) == values[::-1]


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        # The values go together.
        (FOUNDED, "The AP was founded in 1846.", "The AP was founded in May 1846."),
        (FOUNDED, "The AP was founded in 1846.", "The AP was founded in the 1840s."),
        (FOUNDED, "The AP was founded in 1846.", "The AP was founded in the 19th century."),
        (FOUNDED, "The AP was founded before 1850.", "The AP was founded in 1846."),
        (FOUNDED, "The AP was founded in 1846.", "The AP was founded in 1848, though some say 1846."),
        (VISITORS, "The Ashford Museum had 12,000 visitors.", "The Ashford Museum had about twelve thousand visitors."),
        (VISITORS, "The Ashford Museum had 12,000 visitors.", "The Ashford Museum had 12,300 visitors."),
        (VISITORS, "The Ashford Museum had 12,000 visitors.", "The Ashford Museum had more than 10,000 visitors."),
        (VISITORS, "The Ashford Museum had 1.2 million visitors.", "The Ashford Museum had 1,214,000 visitors."),
        ("How long is the Hollow Bridge?", "The Hollow Bridge is 5 miles long.", "The Hollow Bridge is 8 km long."),
        ("How long is the notice period?", "The notice period is 30 days.", "The notice period is one month."),
        ("How long is the notice period?", "The notice period is 12 months.", "The notice period is one year."),
        (
            "Who is the president of Venezuela?",
            "The president of Venezuela is Maduro.",
            "The president of Venezuela is Nicolás Maduro.",
        ),
        ("Where was Ada Crane born?", "Ada Crane was born in Brooklyn.", "Ada Crane was born in New York."),
        ("Where was Ada Crane born?", "Ada Crane was born in Lyon.", "Ada Crane was born in France."),
        # They are of something else.
        (FOUNDED, "The AP was founded in 1846.", "Reuters was founded in 1851."),
        (FOUNDED, "The AP was founded in 1846.", "The AP moved to New York in 1848."),
        (FOUNDED, "The AP was founded in 1846.", "The AP's photo service was founded in 1935."),
        (FOUNDED, "The AP was founded in 1846.", "Associated Press :: Its German service was founded in 1946."),
        (FOUNDED, "The AP was founded in 1846.", "The AP and its rivals :: Reuters was founded in 1851."),
        (FOUNDED, "The AP was founded in 1846.", "Bolton met the AP. | He was born in 1948."),
        (BRIDGE, "The Hollow Bridge was opened in 1846.", "The tower of the Hollow Bridge was opened in 1871."),
        (BRIDGE, "The Hollow Bridge was opened in 1846.", "The Hollow Bridge was closed in 1940."),
        (BRIDGE, "The Hollow Bridge was opened in 1846.", "The Hollow Bridge was built from 1843 to 1845."),
        (BRIDGE, "The old Hollow Bridge was opened in 1846.", "The new Hollow Bridge was opened in 1931."),
        (BRIDGE, "The first Hollow Bridge was opened in 1846.", "The second Hollow Bridge was opened in 1931."),
        (BRIDGE, "The Hollow Bridge was opened in 1846.", "The Hollow Bridge was expected to be opened in 1844."),
        (BRIDGE, "The Hollow Bridge was opened in 1846.", "The Hollow Bridge was not opened in 1844."),
        (
            "When was the museum opened?",
            "The Maritime Museum was opened in 1846.",
            "The Railway Museum opened in 1901.",
        ),
        ("When did Ashford open?", "Ashford Castle opened in 1846.", "Ashford Abbey opened in 1901."),
        (HIGH, "The Ashford Tower is 50 m high.", "The Ashford Tower is 20 m wide."),
        (TICKET, "A ticket costs 5 euros.", "The guide costs 7 euros."),
        (TICKET, "A ticket costs 5 euros for adults.", "A ticket costs 3 euros for children."),
        (TICKET, "A ticket costs 5 euros.", "A ticket costs 3 euros for children."),
        (TICKET, "A ticket costs 5 euros.", "A ticket costs 40 euros if you come by boat."),
        (TICKET, "A ticket costs 5 euros.", "A season ticket costs 40 euros."),
        ("How many museums does Oslo have?", "Oslo has 12 museums.", "Oslo has 14 parks."),
        ("How many people work there?", "Acme has 200 employees.", "Globex has 300 employees."),
        # They are of another time.
        (
            VISITORS,
            "The Ashford Museum had 12,000 visitors in 2018.",
            "The Ashford Museum had 17,500 visitors in 2019.",
        ),
        (VISITORS, "The Ashford Museum had 12,000 visitors.", "In 2019 the Ashford Museum had 17,500 visitors."),
        (
            VISITORS,
            "Report of 2018 :: The Ashford Museum had 12,000 visitors.",
            "Report of 2019 :: The Ashford Museum had 17,500 visitors.",
        ),
        (
            "When does the library open?",
            "The library opens at 9 am on Monday.",
            "The library opens at 10 am on Sunday.",
        ),
        (
            "When does the library open?",
            "In summer the library opens at 9 am.",
            "In winter the library opens at 10 am.",
        ),
        # Of names there may be several.
        (
            "Who wrote the Ashford Report?",
            "The Ashford Report was written by Ada Crane.",
            "The Ashford Report was written by Ruth Bell and others.",
        ),
        (
            "Who founded the Ashford Museum?",
            "The Ashford Museum was founded by Ada Crane.",
            "Ruth Bell visited the Ashford Museum.",
        ),
        (
            "Who founded the Ashford Museum?",
            "Ada Crane founded the Ashford Museum.",
            "Ada Crane founded the Ashford Museum for Ruth Bell.",
        ),
        # Nothing is asked for that could be laid side by side.
        ("Why did the Hollow Bridge fall?", "The Hollow Bridge fell in 1940.", "The Hollow Bridge fell in 1941."),
        ("Did the Hollow Bridge fall?", "The Hollow Bridge fell in 1940.", "The Hollow Bridge fell in 1941."),
        ("When did the Hollow Bridge fall?", "The Hollow Bridge fell in winter.", "The Hollow Bridge fell at last."),
        # The second is of a part, of another one, or of another time.
        (
            "How many rooms does the Hotel Bellerive have?",
            "The Hotel Bellerive has 64 rooms.",
            "The Hotel Bellerive has 12 rooms with a view of the lake.",
        ),
        (
            "When did Queen Aldis die?",
            "Queen Aldis died in 1342.",
            "The nephew of Queen Aldis died in 1371.",
        ),
        (
            "Who is the author of the Dunlin report?",
            "The author of the Dunlin report is Ruth Caspari.",
            "The author of the foreword to the Dunlin report is Leon Amberg.",
        ),
        (
            "Who is the editor of the Wexham Gazette?",
            "The editor of the Wexham Gazette is Diana Holt.",
            "Simon Quayle was the editor of the Wexham Gazette until 2015.",
        ),
        (
            "Who is the chair of the Sailing Club?",
            "The chair of the Sailing Club is Paul Teller.",
            "The vice chair of the Sailing Club is Nadia Brook.",
        ),
        (
            "How many visitors did the Ashford Museum have?",
            "The Ashford Museum had 12,000 visitors.",
            "Ashford Museum :: The castle had 9,000 visitors.",
        ),
        ("What is the AP?", "The AP is an agency of 1846.", "The AP is an agency of 1901."),
        (FOUNDED, "", "The AP was founded in 1846."),
    ],
)
def test_statements_that_may_both_be_true_do_not_disagree(question: str, one: str, other: str) -> None:
    assert values_of(question, one, other) is None
    assert values_of(question, other, one) is None


def evidence(document: str, text: str, probability: float) -> Evidence:
    """A document that consists of one sentence, which was read."""
    span = Span(0, len(text))
    passage = Passage(
        1, document, document, None, 0, len(text), text, None, None, None, (span,), 1.0, 1, 1, 0.5, 1.0, 1.0
    )
    return Evidence(passage, (span,), probability)


def test_evidence_disagrees_with_the_best_above_the_threshold_and_from_another_document() -> None:
    best = evidence("a", "The AP was founded in 1846.", 0.9)
    others = [
        evidence("a", "The AP was founded in 1847.", 0.8),
        evidence("b", "The AP was founded in May 1846.", 0.8),
        evidence("c", "The AP was founded in 1848.", 0.7),
        evidence("c", "The AP was founded in 1850.", 0.7),
        evidence("d", "The AP was founded in 1851.", 0.6),
        evidence("e", "The AP was founded in 1852.", 0.6),
        evidence("f", "The AP was founded in 1853.", 0.4),
    ]
    found = disagreeing(FOUNDED, [best, *others], 0.5)
    assert [(one.best, one.other.passage.document, one.values) for one in found] == [
        (best, "c", ("1846", "1848")),
        (best, "d", ("1846", "1851")),
    ]
    assert disagreeing(FOUNDED, [], 0.5) == []
    assert disagreeing(FOUNDED, [best, others[2]], 0.95) == []


def test_a_document_that_gives_both_values_disagrees_with_nobody() -> None:
    best = evidence("a", "The AP was founded in 1846.", 0.9)
    other = evidence("b", "The AP was founded in 1848.", 0.8)
    assert len(disagreeing(FOUNDED, [best, other], 0.5)) == 1
    for knowing in (evidence("b", "Others say 1846.", 0.6), evidence("a", "Its charter is of May 1848.", 0.6)):
        assert disagreeing(FOUNDED, [best, other, knowing], 0.5) == []


def answer_from(library: Library, files: dict[str, str], question: str) -> Answer:
    """The answer from documents that are really indexed and read."""
    library.write(dict(files))
    library.ingest()
    index = SearchIndex(library.data)
    try:
        retriever = Retriever(index, library.embedder, TrainedReader())
        return AnswerEngine(index, retriever, 0.4).answer(question)
    finally:
        index.close()


def test_documents_that_disagree_in_their_own_words_are_both_shown(library: Library) -> None:
    files = {
        "chronicle.md": "# Chronicle of Ashford\n\nThe town lies on the river Wend. The Hollow Bridge was opened to "
        "carts in 1846, and a toll was asked for each of them. The mill burned down twice.\n",
        "guide.txt": "A walk through Ashford\n\nBegin at the market. Stop at the Hollow Bridge, which the mayor opened "
        "in September 1848. From there it is a mile to the abbey.\n",
        "birds.md": "# Herons\n\nThe grey heron stands on one leg while it sleeps.\n",
    }
    answer = answer_from(library, files, "When was the Hollow Bridge opened?")
    (disagreement,) = answer.disagreements
    by_number = {one.number: one for one in answer.citations}
    said = dict(zip(disagreement.citations, disagreement.values, strict=True))
    assert {by_number[number].document: value for number, value in said.items()} == {
        "chronicle.md": "1846",
        "guide.txt": "September 1848",
    }
    assert all(value in by_number[number].quote for number, value in said.items())


def test_a_copy_with_another_figure_disagrees(library: Library) -> None:
    text = (
        "Boats are for members. They may be taken out from April to October. {} Whoever comes back late pays a fee. "
        "Life jackets hang in the shed, and nobody leaves without one. Dogs may come along if they can swim."
    )
    files = {
        "rules.txt": text.format("The deposit for a boat is 200 euros."),
        "rules-new.txt": text.format("The deposit for a boat is 300 euros."),
        "weather.txt": "A boat may go out in rain, but never in a storm.",
        "birds.txt": "The grey heron stands on one leg while it sleeps.",
    }
    answer = answer_from(library, files, "What is the deposit for a boat?")
    (disagreement,) = answer.disagreements
    assert sorted(disagreement.values) == ["200 euros", "300 euros"]
    assert disagreement.citations == (1, 2)


def test_documents_that_agree_have_no_disagreement(library: Library) -> None:
    files = {
        "chronicle.md": "The Hollow Bridge was opened in 1846.",
        "guide.txt": "Stop at the Hollow Bridge, opened in May 1846, and see the abbey of 1310.",
    }
    answer = answer_from(library, files, "When was the Hollow Bridge opened?")
    assert not answer.abstained
    assert answer.disagreements == ()
