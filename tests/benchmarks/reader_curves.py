"""Draw the curves of the model card, and compute the default threshold, from the `--details` of other benchmarks.

    python -m tests.benchmarks.reader_curves --reading QUALITY.jsonl --support SUPPORT.jsonl --out index/reader/weights

Draws `reliability.svg` (how often answers of a given probability are right) and `risk_coverage.svg` (the share of all
questions that is answered, and the share of these answers that is wrong, as the threshold moves), and prints one JSON
object: the expected calibration errors, the areas, and the lowest threshold at which 4 in 5 of the answers shown are
right. An answer is right if its first passage is of a document that holds one; an answer to a question without one is
wrong.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from index.types import FloatArray
from tests.benchmarks.measures import calibration_error

BINS = 10
RIGHT_AT_LEAST = 0.8
STEPS = 101


def main() -> None:
    """Draw, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reading", type=Path, required=True, help="file that `quality --details` wrote")
    parser.add_argument("--support", type=Path, help="file that `support --details` wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder for the plots")
    arguments = parser.parse_args()
    rows = rows_of(arguments.reading)
    sets = {"reader": (np.array([one["confidence"] for one in rows], np.float32),
                       np.array([one["right"] for one in rows]))}  # fmt: skip
    if arguments.support is not None:
        rows = rows_of(arguments.support)
        sets["support"] = (np.array([one["confidence"] for one in rows], np.float32),
                           np.array([one["right"] for one in rows]))  # fmt: skip
    sure, right = sets["reader"]
    coverage, risk = risk_and_coverage(sure, right)
    draw_reliability(sets, arguments.out / "reliability.svg")
    draw_risk(coverage, risk, arguments.out / "risk_coverage.svg")
    found: dict[str, Any] = {f"{name}_calibration_error": round(error_of(*one), 4) for name, one in sets.items()}
    print(json.dumps(found | {"least_threshold": least_threshold(sure, right), "questions": len(sure)}, indent=2))


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def by_bin(sure: FloatArray, right: np.ndarray[Any, Any]) -> list[tuple[float, float, float]]:
    """Return for each tenth of 0…1 that is not empty: mean probability, share that is right, share of all."""
    places = np.minimum((sure * BINS).astype(int), BINS - 1)
    return [
        (float(sure[places == one].mean()), float(right[places == one].mean()), float((places == one).mean()))
        for one in range(BINS)
        if (places == one).any()
    ]


def error_of(sure: FloatArray, right: np.ndarray[Any, Any]) -> float:
    """Return the expected calibration error in tenths."""
    return calibration_error(sure.tolist(), right.tolist()) or 0.0


def risk_and_coverage(sure: FloatArray, right: np.ndarray[Any, Any]) -> tuple[list[float], list[float]]:
    """Return, for each number of questions answered, surest first, the share of all and the share that is wrong."""
    wrong = ~right[np.argsort(-sure, kind="stable")]
    counts = np.arange(1, len(sure) + 1)
    return (counts / len(sure)).tolist(), (np.cumsum(wrong) / counts).tolist()


def least_threshold(sure: FloatArray, right: np.ndarray[Any, Any]) -> float | None:
    """Return the lowest threshold, in hundredths, from which enough of the answers shown are right."""
    for step in range(STEPS):
        through = sure >= step / 100
        if through.any() and right[through].mean() >= RIGHT_AT_LEAST:
            return step / 100
    return None


def draw_reliability(sets: dict[str, tuple[FloatArray, np.ndarray[Any, Any]]], path: Path) -> None:
    """Draw how often answers of a given probability are right."""
    axes, save = _axes("probability that is said", "share that is right")
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for name, one in sets.items():
        said, held, _ = zip(*by_bin(*one), strict=True)
        axes.plot(said, held, marker="o", label=f"{name}: off by {error_of(*one):.3f} on the mean")
    axes.legend()
    save(path)


def draw_risk(coverage: list[float], risk: list[float], path: Path) -> None:
    """Draw the share of wrong answers against the share of questions answered."""
    axes, save = _axes("share of all questions that is answered", "share of the answers that is wrong")
    few = len(coverage) // 50  # too few answers for a share
    axes.plot(coverage[few:], risk[few:])
    axes.axhline(1 - RIGHT_AT_LEAST, color="0.7", linewidth=1)
    save(path)


def _axes(across: str, up: str) -> tuple[Any, Any]:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "footnote"  # the same figures give the same file
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 4), layout="constrained")
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel=across, ylabel=up)
    return axes, lambda path: figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
