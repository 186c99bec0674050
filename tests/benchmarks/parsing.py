"""How a folder's files are read: how many, why others are not, how fast, and how close to other programs' reading.

    python -m tests.benchmarks.parsing --folder FOLDER [--gold FOLDER] [--keep FILE]

Prints a JSON object.

read, refused: the number of files read, and of those refused by reason, numbers and names in it left out.
seconds, slowest: of parsing, all files one after the other; the five slowest files with their seconds.
peak_mib: the most memory that the process which parses held.
agreement: by program (pdftotext, markitdown, pandoc: those that are installed), over the files that both read, the mean
    F1 of the words in their order: twice the longest common subsequence by the words of both.
gold: the same of Footnote and of each program against a text that a person made: FOLDER/a/b.pdf.txt for a/b.pdf.

Texts of more than `MOST_WORDS` words are compared as far as that.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import subprocess
import time
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from index.errors import UnreadableDocument
from index.parsing.finding import find_files
from index.parsing.isolated.process import parse_apart, stop
from index.parsing.parse import read
from index.types import SourceFile

MOST_WORDS = 3_000
LONGEST_WAIT = 60  # seconds for another program and one file

PROGRAMS = {
    "pdftotext": (("pdftotext", "{file}", "-"), frozenset((".pdf",))),
    "markitdown": (("markitdown", "{file}"), frozenset((".pdf", ".docx", ".pptx", ".xlsx", ".html", ".epub", ".csv"))),
    "pandoc": (
        ("pandoc", "--to=plain", "--wrap=none", "{file}"),
        frozenset((".docx", ".html", ".md", ".rst", ".epub", ".odt", ".ipynb", ".rtf")),
    ),
}


def words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return re.findall(r"\w+", text.lower())[:MOST_WORDS]


def likeness(one: list[str], other: list[str]) -> float:
    """Return the F1 of two lists of words in their order, 0 to 1."""
    if not one or not other:
        return float(one == other)
    matches = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return 2 * sum(match.size for match in matches) / (len(one) + len(other))


def text_by(program: str, file: Path) -> str | None:
    """Return what another program reads from a file; None if it fails or is not meant for the format."""
    command, suffixes = PROGRAMS[program]
    if file.suffix.lower() not in suffixes:
        return None
    try:
        done = subprocess.run(
            [part.format(file=file) for part in command], capture_output=True, timeout=LONGEST_WAIT, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="replace")


def parsed(folder: Path, file: SourceFile) -> tuple[str | None, str, float]:
    """Return the text of a file (None if it can't be read), the reason, and the seconds that it took."""
    started = time.perf_counter()
    try:
        document = parse_apart(file.path, read(folder, file))
    except UnreadableDocument as error:
        return None, re.sub(r"\d[\d.,]*|\(.*\)", "#", str(error)), time.perf_counter() - started
    return document.text, "", time.perf_counter() - started


def measured(folder: Path, gold: Path | None) -> dict[str, Any]:
    """Read all files of a folder, and compare."""
    found = find_files(folder)
    refused = Counter(re.sub(r"\.\w+ files;.*", "", one.reason) for one in found.refused)
    seconds: dict[str, float] = {}
    agreement: defaultdict[str, list[float]] = defaultdict(list)
    against_gold: defaultdict[str, list[float]] = defaultdict(list)
    programs = [program for program in PROGRAMS if shutil.which(program)]
    for file in found.files:
        text, reason, seconds[file.path] = parsed(folder, file)
        if text is None:
            refused[reason] += 1
            continue
        expected = gold / f"{file.path}.txt" if gold else None
        right = words(expected.read_text("utf-8")) if expected and expected.is_file() else None
        if right is not None:
            against_gold["footnote"].append(likeness(words(text), right))
        for program in programs:
            other = text_by(program, folder / file.path)
            if other is not None:
                agreement[program].append(likeness(words(text), words(other)))
                if right is not None:
                    against_gold[program].append(likeness(words(other), right))
    stop()  # only of processes that have ended is it known what they held
    slowest = sorted(seconds, key=lambda path: -seconds[path])[:5]
    return {
        "read": len(found.files) - sum(refused.values()) + len(found.refused),
        "refused": dict(refused.most_common()),
        "seconds": round(sum(seconds.values()), 2),
        "slowest": {path: round(seconds[path], 2) for path in slowest},
        "peak_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        "agreement": {program: _summary(values) for program, values in agreement.items()},
        "gold": {program: _summary(values) for program, values in against_gold.items()},
    }


def _summary(values: list[float]) -> dict[str, float]:
    return {"files": len(values), "f1": round(sum(values) / len(values), 3)}


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="Read a folder's files, and compare with other programs.")
    parser.add_argument("--folder", type=Path, required=True, help="the folder of files")
    parser.add_argument("--gold", type=Path, help="a folder with the right text of files")
    parser.add_argument("--keep", type=Path, help="write the result to this file as well")
    arguments = parser.parse_args()
    result = json.dumps(measured(arguments.folder, arguments.gold), indent=2, ensure_ascii=False)
    if arguments.keep:
        arguments.keep.write_text(result + "\n", encoding="utf-8")
    print(result)


if __name__ == "__main__":
    main()
