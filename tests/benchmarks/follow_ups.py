"""Measure how well follow-up questions are completed, compared with people's own rewrites.

    python -m tests.benchmarks.follow_ups --canard rewrites.jsonl --mtrag rewrites.jsonl [--sample N] [--worst N]

Prints one JSON object. For each set, and for the questions that a person rewrote ("needing") and those that a person
left as they were ("standing_alone"): recall, precision and F1 of the content words of a rewrite against the person's,
averaged over questions, for `stand_alone` ("rewritten") and for two baselines, the question as asked, and the previous
question followed by the question. Questions without earlier turns are left out. Earlier turns are rewritten by
`stand_alone`, too, as in a real conversation. MTRAG's turns come without their answers here.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, quantiles

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from bot.answering.followups.standalone import stand_alone  # noqa: E402  (found only once the repository is on the path)
from bot.types import Turn  # noqa: E402

# Words that say nothing about the topic. Separate from the product's lists, so that the measure does not change with
# them. Pronouns are among them: a rewrite gains by naming what they refer to, not by repeating them.
EMPTY_WORDS = frozenset(
    """a an the and or but if of in on at to for from by with about as into than that this these those there here it its
    he she him his her hers they them their theirs i me my we us our you your who whom whose what which when where why
    how is are was were be been being am do does did done have has had can could will would shall should may might must
    not no so too also then s t any some""".split()
)


@dataclass(frozen=True, slots=True)
class Case:
    """A question with the turns before it and the person's rewrite."""

    turns: tuple[Turn, ...]
    question: str
    rewrite: str


def words_of(text: str) -> list[str]:
    """Return the words of a text, in lower case."""
    return re.findall(r"\w+", text.lower())


def content_words(text: str) -> Counter[str]:
    """Return the words of a text that carry meaning, each once."""
    return Counter(set(words_of(text)) - EMPTY_WORDS)


def overlap(rewrite: str, wanted: str) -> tuple[float, float, float]:
    """Return recall, precision and F1 of a rewrite's content words against the wanted ones."""
    ours, theirs = content_words(rewrite), content_words(wanted)
    if not ours or not theirs:
        same = float(ours == theirs)
        return same, same, same
    common = (ours & theirs).total()
    recall, precision = common / theirs.total(), common / ours.total()
    return recall, precision, 2 * recall * precision / (recall + precision) if common else 0.0


def replayed(questions: Sequence[str], answers: Sequence[str]) -> tuple[Turn, ...]:
    """Return the turns of a conversation, each question searched as `stand_alone` completes it."""
    turns: tuple[Turn, ...] = ()
    for question, answer in zip(questions, answers, strict=True):
        turns = (*turns, Turn(question, stand_alone(question, turns), answer))
    return turns


def read_cases(path: Path, alternating: bool) -> list[Case]:
    """Return the cases of a set; `alternating` if its turns are question, answer, … and not questions only."""
    cases = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        earlier = row["turns"] if alternating else row["turns"][:-1]
        questions = earlier[::2] if alternating else earlier
        answers = earlier[1::2] if alternating else [""] * len(earlier)
        if questions and len(questions) == len(answers):
            cases.append(Case(replayed(questions, answers), row["last_turn"], row["rewrite"]))
    return cases


def averages(cases: Sequence[Case], rewrites: Sequence[str]) -> dict[str, float]:
    """Return recall, precision and F1 averaged over the cases."""
    names = ("recall", "precision", "f1")
    scores = [overlap(rewrite, case.rewrite) for case, rewrite in zip(cases, rewrites, strict=True)]
    return {name: round(mean(score[place] for score in scores), 4) for place, name in enumerate(names)}


def compared(cases: Sequence[Case]) -> dict[str, object]:
    """Return the averages of the rewrites and of the two baselines."""
    if not cases:
        return {"questions": 0}
    rewrites = [stand_alone(case.question, case.turns) for case in cases]
    return {
        "questions": len(cases),
        "changed": round(mean(rewrite != case.question for case, rewrite in zip(cases, rewrites, strict=True)), 4),
        "rewritten": averages(cases, rewrites),
        "as_asked": averages(cases, [case.question for case in cases]),
        "previous_question_and_question": averages(
            cases, [f"{case.turns[-1].question} {case.question}" for case in cases]
        ),
    }


def milliseconds(cases: Sequence[Case]) -> dict[str, float]:
    """Return how long one rewrite takes: median and 99th percentile."""
    durations = []
    for case in cases:
        started = time.perf_counter()
        stand_alone(case.question, case.turns)
        durations.append((time.perf_counter() - started) * 1000)
    cuts = quantiles(durations, n=100)
    return {"median": round(cuts[49], 3), "p99": round(cuts[98], 3)}


def worst(cases: Sequence[Case], count: int) -> list[dict[str, str | float]]:
    """Return the rewrites that differ most from the person's."""
    rows: list[tuple[float, Case, str]] = []
    for case in cases:
        rewrite = stand_alone(case.question, case.turns)
        rows.append((overlap(rewrite, case.rewrite)[2], case, rewrite))
    rows.sort(key=lambda row: row[0])
    return [
        {
            "f1": round(score, 3),
            "previous": case.turns[-1].searched,
            "answer": case.turns[-1].answer[:200],
            "question": case.question,
            "rewrite": rewrite,
            "wanted": case.rewrite,
        }
        for score, case, rewrite in rows[:count]
    ]


def report(cases: Sequence[Case], worst_count: int) -> dict[str, object]:
    """Return every figure of one set."""
    needing = [case for case in cases if words_of(case.question) != words_of(case.rewrite)]
    standing_alone = [case for case in cases if words_of(case.question) == words_of(case.rewrite)]
    result: dict[str, object] = {
        "needing": compared(needing),
        "standing_alone": compared(standing_alone),
        "all": compared(cases),
        "milliseconds": milliseconds(cases),
    }
    if worst_count:
        result["worst"] = worst(cases, worst_count)
    return result


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--canard", type=Path, metavar="PATH", help="CANARD's rewrites.jsonl")
    parser.add_argument("--mtrag", type=Path, metavar="PATH", help="MTRAG's rewrites.jsonl")
    parser.add_argument(
        "--sample", type=int, metavar="N", help="measure on N questions of each set, drawn with a fixed seed"
    )
    parser.add_argument(
        "--worst", type=int, default=0, metavar="N", help="also show the N rewrites that differ most from the person's"
    )
    arguments = parser.parse_args()
    if not (arguments.canard or arguments.mtrag):
        parser.error("give --canard PATH, --mtrag PATH or both")
    results: dict[str, object] = {}
    for name, path, alternating in (("canard", arguments.canard, True), ("mtrag", arguments.mtrag, False)):
        if path:
            cases = read_cases(path, alternating)
            if arguments.sample and arguments.sample < len(cases):
                cases = random.Random(0).sample(cases, arguments.sample)
            results[name] = report(cases, arguments.worst)
    print(json.dumps(results, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
