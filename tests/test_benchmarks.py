"""The benchmarks measure what they say: on a small corpus made by hand, with figures worked out by hand. No timings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.storage.catalog.catalog import Catalog
from index.storage.paths import CATALOG
from tests.benchmarks import changes, children, quality, scale
from tests.benchmarks.baselines import MatchingWords
from tests.benchmarks.corpora import BenchmarkQuestion, drawn, read_questions, written_corpus
from tests.benchmarks.measures import (
    auroc,
    gain,
    holds_answer,
    mean,
    percentile,
    recall,
    reciprocal_rank,
    threshold_that_answers,
    words_of,
)

KEYS = set(
    """recall@1 recall@3 recall@5 recall@10 mrr@10 ndcg@10 first_sentence first_three_sentences auroc answered refused
    refused_at_75 citations_exact ask_p50_ms ask_p95_ms questions chunks""".split()
)

TEXTS = {
    "lighthouse": "The lighthouse at Orkin Point was finished in 1871. Its lamp burned whale oil until 1902.",
    "bakery": "Mirel's bakery opens at five in the morning. It is closed on Mondays. Rye bread costs 4.20 euros.",
    "river": "The Tavel rises in the Grey Hills and is 212 kilometres long. Salmon returned to it in 1998.",
    "library": "The town library lends up to twelve books at a time. Late books cost ten cents a day.",
    "orchestra": "Ilse Brandt founded the harbour orchestra. She conducted it for thirty years, until her death.",
    "bridge": "The iron bridge carries trains only. Lorries cross the river by the ferry at Dunmouth.",
    "museum": "The museum of clocks shows 340 clocks. The oldest was built by Jonas Weel in 1642.",
    "garden": "Roses in the botanical garden bloom in June. Entry is free for children under seven.",
    "school": "The school has 410 pupils. Its headmaster is Piet Larsen, who teaches chemistry.",
    "harbour": "Fishing boats leave the harbour at high tide. The harbour master lives above the customs house.",
}

QUESTIONS: tuple[tuple[str, list[str], str | None], ...] = (
    ("When was the lighthouse at Orkin Point finished?", ["1871"], "lighthouse"),
    ("How long is the river Tavel?", ["212 kilometres"], "river"),
    ("Who founded the harbour orchestra?", ["Ilse Brandt"], "orchestra"),
    ("Who built the oldest clock in the museum?", ["Jonas Weel"], "museum"),
    ("How many books does the library lend at a time?", ["twelve", "up to twelve books"], "library"),
    ("What is the capital of Mongolia?", [], None),
    ("How does photosynthesis store energy?", [], None),
    ("Which team won the football championship?", [], None),
)


def write_lines(path: Path, objects: Sequence[Mapping[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in objects), encoding="utf-8")
    return path


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for each other on a busy machine take fifty times as long over texts as short as these."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A corpus with its questions, and where to keep what is indexed of it."""
    folder = tmp_path_factory.mktemp("town")
    corpus = [{"id": f"town/{name}", "title": name.title(), "text": text} for name, text in TEXTS.items()]
    questions = [
        {
            "question": question,
            "answers": answers,
            "gold_doc_ids": [f"town/{name}"] if name else [],
            "gold_evidence": answers,
            "answerable": name is not None,
        }
        for question, answers, name in QUESTIONS
    ]
    return {
        "corpus": write_lines(folder / "corpus.jsonl", corpus),
        "questions": write_lines(folder / "questions.jsonl", questions),
        "keep": folder / "kept",
    }


def measured(files: Mapping[str, Path], capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    """What `quality.py` prints on the corpus."""
    arguments = [f"--{name}={path}" for name, path in files.items()]
    quality.main([*arguments, *options])
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    return printed


def test_quality_prints_every_figure(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    figures = measured(files, capsys)
    assert set(figures) >= KEYS
    assert (figures["questions"], figures["answerable"], figures["unanswerable"]) == (8, 5, 3)
    assert figures["chunks"] == figures["documents"] == len(TEXTS)
    assert figures["citations_exact"] == 1
    assert figures["recall@10"] == 1
    assert figures["first_three_sentences"] >= 0.8
    assert figures["auroc"] >= 0.8
    shares = [figures[key] for key in KEYS if not key.startswith("ask_") and key not in ("questions", "chunks")]
    assert all(0 <= share <= 1 for share in shares)


@pytest.mark.parametrize(
    "options",
    [
        ("--no-rerank",),
        ("--retrieval=dense",),
        ("--retrieval=dense", "--no-rerank"),
        ("--retrieval=lexical", "--no-rerank"),
    ],
    ids=" ".join,
)
def test_quality_compares_with_parts_switched_off(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str], options: Sequence[str]
) -> None:
    figures = measured(files, capsys, *options)
    assert set(figures) >= KEYS
    assert figures["citations_exact"] in (1, None)
    assert figures["recall@10"] == 1
    assert figures["first_three_sentences"] >= 0.8
    assert figures["rerank"] == ("--no-rerank" not in options)


def test_quality_without_unanswerable_questions_has_no_figure_for_them(
    files: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [json.loads(line) for line in files["questions"].read_text(encoding="utf-8").splitlines()]
    only = write_lines(tmp_path / "only.jsonl", [one for one in lines if one["answerable"]])
    details = tmp_path / "details.jsonl"
    figures = measured({**files, "questions": only}, capsys, "--sample=2", f"--details={details}")
    assert figures["questions"] == 2
    assert figures["auroc"] is figures["refused"] is figures["refused_at_75"] is None
    first = json.loads(details.read_text(encoding="utf-8").splitlines()[0])
    assert first["question"] in [one["question"] for one in lines]


def test_what_is_kept_is_found_again_and_never_mistaken(files: dict[str, Path], tmp_path: Path) -> None:
    with written_corpus([files["corpus"]], tmp_path, "one") as first:
        paths = sorted(first.seeds.iterdir())
        assert sorted(first.ids) == [path.name for path in paths]
        assert set(first.ids.values()) == {f"town/{name}" for name in TEXTS}
        before = paths[0].stat().st_mtime_ns
    with written_corpus([files["corpus"]], tmp_path, "one") as again:
        assert again == first
        assert paths[0].stat().st_mtime_ns == before
    with written_corpus([files["corpus"]], tmp_path, "other") as other, written_corpus([files["corpus"]]) as passing:
        assert len({first.seeds, other.seeds, passing.seeds}) == 3
    assert first.seeds.is_dir()
    assert not passing.seeds.exists()


def test_a_sample_keeps_the_share_of_answerable_questions(files: dict[str, Path]) -> None:
    questions = [
        BenchmarkQuestion(f"{place}?", ("yes",), frozenset({"it"}), answerable=place % 4 == 0) for place in range(100)
    ]
    sample = drawn(questions, 20)
    assert sum(one.answerable for one in sample) == 5
    assert len(set(sample)) == 20
    assert sample == drawn(questions, 20) != drawn(questions, 20, seed=1)
    assert sample == sorted(sample, key=questions.index)
    assert drawn(questions, 500) == questions
    assert [one.answerable for one in read_questions(files["questions"])] == [True] * 5 + [False] * 3


@pytest.mark.parametrize(
    ("sentence", "accepted", "holds"),
    [
        ("He was born in 1945.", "5", False),
        ("It cost 5 pounds.", "5", True),
        ("It cost 1,945.5 pounds.", "945", False),
        ("It cost $1,945.5 then.", "1945.5", True),
        ("In Newton's laws …", "Newton", True),
        ("In Newtonian laws …", "Newton", False),
        ("Some 30–60% of them died.", "30–60%", True),
        ("They rose in the North-East.", "the north east", True),
        ("the arid  plains of\nCentral Asia", "Arid plains of central Asia.", True),
        ("Vitamin A is needed.", "A", False),
        ("", "anything", False),
        ("Anything.", "", False),
    ],
)
def test_a_short_answer_must_stand_in_the_sentence(sentence: str, accepted: str, holds: bool) -> None:
    assert holds_answer(sentence, ["no such thing", accepted]) == holds


EVIDENCE = (
    "Of the 32,441 appendix samples 16 were positive. The prevalence was 493 per million. "
    "It was the same for both sexes."
)


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("The prevalence was 493 per million.", True),  # a sentence of it
        ("It was so.", False),  # too short to say that it is one
        (f"RESULTS {EVIDENCE} More followed.", True),
        (EVIDENCE.replace("appendix", "tissue"), True),  # nearly the same
        ("The samples were positive for both sexes and it was published per year.", False),
    ],
)
def test_long_evidence_may_be_longer_than_the_sentence(sentence: str, holds: bool) -> None:
    assert holds_answer(sentence, [EVIDENCE]) == holds


def test_words_are_what_is_compared() -> None:
    assert words_of("The U.S. spent $1,204.50 on Müller’s café!") == [
        "u",
        "s",
        "spent",
        "1204.50",
        "on",
        "müller",
        "s",
        "café",
    ]
    assert words_of("The") == ["the"]


def test_ranking_measures() -> None:
    ranked, gold = ["x", "a", "y", "b"], {"a", "b", "c"}
    assert recall(ranked, gold, 1) == 0
    assert recall(ranked, gold, 3) == pytest.approx(1 / 3)
    assert reciprocal_rank(ranked, gold, 10) == 0.5
    assert reciprocal_rank(ranked, gold, 1) == 0
    assert gain(["a", "b", "c"], gold, 10) == pytest.approx(1)
    assert gain(["x", "a"], {"a"}, 10) == pytest.approx(0.6309, abs=1e-4)


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    assert auroc([0.9, 0.8], [0.1, 0.2, 0.3]) == 1
    assert auroc([0.1], [0.9]) == 0
    assert auroc([0.5, 0.5], [0.5]) == 0.5
    positive, negative = [0.1, 0.4, 0.4, 0.9], [0.4, 0.2, 0.9, 0.05, 0.4]
    pairs = [(one > other) + 0.5 * (one == other) for one in positive for other in negative]
    assert auroc(positive, negative) == pytest.approx(sum(pairs) / len(pairs))
    assert auroc([], [0.5]) is None
    assert auroc([0.5], []) is None


def test_the_threshold_that_answers_a_share() -> None:
    confidences = [0.1, 0.9, 0.5, 0.7]
    least = threshold_that_answers(0.75, confidences)
    assert least == 0.5
    assert sum(one >= least for one in confidences) == 3
    assert threshold_that_answers(0.75, [0.3]) == 0.3


def test_figures_of_nothing_are_missing() -> None:
    assert mean([]) is percentile([], 50) is None
    assert mean([True, False]) == percentile([0, 1], 50) == 0.5


def test_bm25_alone_prefers_rare_words_in_short_sentences() -> None:
    reader = MatchingWords(["The cat sat.", "The dogs sat.", "The bird sang.", "The cats ran."])
    assert reader.rarity("dog") > reader.rarity("cat") > reader.rarity("the") > 0


def test_a_child_is_measured_by_itself() -> None:
    large = bytearray(300_000_000)
    large[::4096] = b"x" * len(large[::4096])  # this process is large now, and must not be counted
    small = children.run(["-c", "pass"])
    assert small.seconds > 0
    assert 3 < small.peak_mib < 100
    assert children.run(["-c", "import sys; x = b'x' * 200_000_000; sys.exit(3)"], expected=(0, 3)).peak_mib > 180
    with pytest.raises(RuntimeError, match=r"ended with 2: (?s:.*)no such thing"):
        children.run(["-c", "import sys; sys.stderr.write('no such thing'); sys.exit(2)"])


def test_a_large_index_is_measured(tmp_path: Path, embedder: SentenceTransformerEmbedder) -> None:
    """Real texts first, then repetitions that differ; all are found, and exact search agrees."""
    texts = list(TEXTS.values())
    vectors = embedder.embed_short(texts)
    built = scale.built(tmp_path, 60, 4, texts, vectors, embedder)
    assert built["catalog_bytes"] > 0
    catalog = Catalog(tmp_path / CATALOG)
    documents = [document for _, document, _ in catalog.everything()]
    catalog.close()
    assert [one.text for one in documents[: len(texts)]] == texts
    assert len({one.text for one in documents}) > 50
    assert {one.folder for one in documents} == {scale.FIRST_FOLDER, "folder 1", "folder 2", "folder 3"}
    found = scale.measured(tmp_path, [question for question, _, _ in QUESTIONS], embedder)
    assert (found["unscoped_recall_at_10"], found["scoped_recall_at_10"]) == (1.0, 1.0)
    assert found["searching_mib"] > 0


def test_files_are_written_and_edited(tmp_path: Path) -> None:
    for name in ("wiki", "squad2"):
        (tmp_path / name).mkdir()
        write_lines(tmp_path / name / "corpus.jsonl", [{"text": f"One {name}."}, {"text": f"Two {name}."}])
    changes.write(tmp_path / "seeds", tmp_path, 6)
    files = {
        path.relative_to(tmp_path / "seeds").as_posix(): path.read_text()
        for path in (tmp_path / "seeds").rglob("*.txt")
    }
    assert sorted(files) == ["0/0.txt", "0/4.txt", "1/1.txt", "1/5.txt", "2/2.txt", "3/3.txt"]
    assert len(set(files.values())) == 6
    changes.edit(tmp_path / "seeds" / "0" / "0.txt", 7)
    assert "Edited for the time 7." in (tmp_path / "seeds" / "0" / "0.txt").read_text()
