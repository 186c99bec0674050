"""Fits what lies between the trained encoder's scores and a probability, and judges it. Run by hand:

    python -m tests.benchmarks.fit_trained --data ../shared/data [--keep FOLDER] [--judge-only]

Writes `index/reader/weights/reader.json` and prints what it measured as one JSON object: of the articles of squad2 that
nothing was learnt from, two are learnt from here, and the others judge ("squad2_judging"). Of "squad2_seen" the encoder
has seen the questions: where that is much better, the encoder has learnt them by heart. Questions of open reading sets
that the encoder has not seen are learnt from as well; of their passages 30 % are left out of the index.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import tempfile
from pathlib import Path

from index.config import IndexConfig
from index.embedding import SentenceTransformerEmbedder
from index.ingestion import Ingestion
from index.reader.trained import CONFIDENCE_FEATURES, FEATURES, MEASURES, TrainedReader, confidence_row
from index.reader.training.question_sets import READING, judging_articles
from index.retrieval import Retriever
from index.search_index import SearchIndex
from tests.benchmarks.corpora import as_markdown, read_lines
from tests.benchmarks.fit_similarity import (
    LEFT_OUT,
    Question,
    fit_confidence,
    fit_ranking,
    measure,
    read,
    squad_questions,
)

CALIBRATING = 2  # of the articles that nothing was learnt from
QUESTIONS = 2400  # of squad2's judging articles
SEEN = 400
# Sets of which the encoder has seen only a part, and how many of the other questions are taken.
UNSEEN = {"nq_swap_counterfactual": 900, "squadshifts_reddit": 250, "tweetqa_train": 150, "policyqa_dev": 100}
WIKIPEDIA = 4000  # further documents, to look like answers


def main() -> None:
    """Fit, write, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the question sets")
    parser.add_argument("--keep", type=Path, help="keep the index in this folder and use it again")
    arguments = parser.parse_args()
    judging = judging_articles(arguments.data)
    calibrating = frozenset(sorted(judging)[:CALIBRATING])
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        (folder / "seeds").mkdir(parents=True, exist_ok=True)
        rng = random.Random(0)
        reading = unseen_questions(arguments.data / "reading", folder / "seeds", rng)
        squad = squad_questions(arguments.data / "squad2", folder / "seeds", rng, None)
        for number, document in enumerate(read_lines(arguments.data / "wiki" / "corpus.jsonl")[:WIKIPEDIA]):
            text = as_markdown(str(document["title"]), str(document["text"]))
            (folder / "seeds" / f"wiki-{number:05}.md").write_text(text, encoding="utf-8")
        embedder = SentenceTransformerEmbedder()
        Ingestion(folder / "data", folder / "seeds", IndexConfig(), embedder).run()
        index = SearchIndex(folder / "data")
        reader = TrainedReader(embedder)
        retriever = Retriever(index, embedder, reader)
        unseen = [one for one in squad if one.article in judging][:QUESTIONS]
        seen = list(read([one for one in squad if one.article not in judging][:SEEN], retriever, reader))
        read_reading = list(read(reading, retriever, reader))
        read_squad = list(read(unseen, retriever, reader))
        index.close()
    train = [one for one in read_squad if one.question.article in calibrating]
    judge = [one for one in read_squad if one.question.article not in calibrating]
    ranking = fit_ranking([*train, *read_reading], FEATURES)
    confidence, bias = fit_confidence(train, read_reading, ranking, confidence_row)
    stored = {
        "ranking": {name: round(float(weight), 3) for name, weight in zip(FEATURES, ranking, strict=True)},
        "confidence": {
            **{name: round(float(weight), 3) for name, weight in zip(CONFIDENCE_FEATURES, confidence, strict=True)},
            "bias": round(bias, 3),
        },
    }
    MEASURES.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    groups = {"squad2_judging": judge, "squad2_calibrating": train, "squad2_seen": seen, "reading": read_reading}
    print(
        json.dumps(
            {name: measure(group, ranking, confidence, bias, confidence_row) for name, group in groups.items()},
            indent=2,
        )
    )


def unseen_questions(source: Path, seeds: Path, rng: random.Random) -> list[Question]:
    """Questions that the encoder has not learnt from; writes 70 % of their passages as documents."""
    paths: dict[str, str] = {}
    questions = []
    for name, most in UNSEEN.items():
        with gzip.open(source / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        random.Random(0).shuffle(rows)  # as `question_sets.reading` does, which takes the first ones
        for row in rows[READING[name] :][:most]:
            path = paths.setdefault(row["passage"], f"{len(paths):06}.md")
            questions.append(
                Question(row["question"], tuple(row["answers"]), frozenset([path]), row["answerable"], None)
            )
    left_out = set()
    for passage, path in paths.items():
        if rng.random() >= LEFT_OUT:
            (seeds / path).write_text(as_markdown("", passage), encoding="utf-8")
        else:
            left_out.add(path)
    return [
        Question(one.text, one.answers, frozenset(), False, None) if one.gold <= left_out else one for one in questions
    ]


if __name__ == "__main__":
    main()
