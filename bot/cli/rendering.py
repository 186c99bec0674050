"""Answers and passages as JSON and as terminal text. Pure: what is returned is printed elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.answering.sources import source_of
from bot.types import Answer, Citation
from bot.wording import CONTROL_CHARACTERS, disagreement_text, place_of, plain
from index.types import Document, Passage

if TYPE_CHECKING:
    from rich.text import Text

NEAREST_SHOWN = 3
LONGEST_EXCERPT = 320  # characters of a passage shown where the whole of it is not asked for

_WORD = re.compile(r"\w+")


def json_text(value: object, ascii_only: bool = False) -> str:
    """Return a value as JSON. What a terminal would obey is escaped, which whoever parses it does not notice."""
    written = json.dumps(value, ensure_ascii=ascii_only, indent=2)
    return CONTROL_CHARACTERS.sub(lambda found: f"\\u{ord(found.group()):04x}", written)


def json_line(value: object) -> str:
    """Return a value as JSON on one line, with what a terminal would obey escaped."""
    written = json.dumps(value, ensure_ascii=False)
    return CONTROL_CHARACTERS.sub(lambda found: f"\\u{ord(found.group()):04x}", written)


def as_json(answer: Answer) -> dict[str, Any]:
    """Return the object that `footnote ask --json` prints; README.md describes it."""
    return {
        "question": answer.question,
        "searched": answer.searched,
        "outcome": answer.outcome,
        "abstained": answer.abstained,
        "form": answer.form,
        "answer": "" if answer.abstained else answer.text,
        "blocks": [asdict(block) for block in answer.blocks],
        "more": None if answer.more is None else asdict(answer.more),
        "note": answer.note,
        "unanswered": list(answer.unanswered),
        "citations": [] if answer.abstained else [asdict(citation) for citation in answer.citations],
        "closest": [asdict(citation) for citation in answer.citations] if answer.outcome == "closest" else [],
        "disagreements": [asdict(one) for one in answer.disagreements],
        "passages": [passage_as_json(passage) for passage in answer.passages],
        "confidence": round(answer.confidence, 4),
        "threshold": answer.threshold,
        "timings": {name: round(seconds, 4) for name, seconds in asdict(answer.timings).items()},
    }


def passage_as_json(passage: Passage) -> dict[str, Any]:
    """Return a passage for `--json`: everything but its inner numbers."""
    return {name: value for name, value in asdict(passage).items() if name not in ("chunk_id", "sentences")}


def found_as_json(passage: Passage, best: tuple[float, str] | None) -> dict[str, Any]:
    """Return a passage for `footnote search --json`, with the reader's view of its best sentence; null if not read."""
    probability, sentence = best or (None, None)
    return {**passage_as_json(passage), "reader_score": probability, "best_sentence": sentence}


def passage_text(rank: int, passage: Passage, question: str, best: tuple[float, str] | None = None) -> Text:
    """Return a passage for `footnote search`: rank, score, place, and the text with the question's words highlighted.

    Of one that was read also its `best` sentence, with the probability that this answers.
    """
    from rich.text import Text

    where = place_of(passage.document, passage.title, passage.page, passage.heading, passage.line, date=passage.date)
    text = Text(f"{rank:>2}. ", style="bold cyan")
    text.append(f"{passage.score:.3f}  ", style="bold green")
    text.append(where + "\n", style="bold default")
    if best is not None:
        text.append(f"    reader {best[0]:.3f}: “{plain(best[1])}”\n", style="italic")
    return text.append("    ").append_text(highlighted(plain(passage.text), question))


def explanation_lines(answer: Answer) -> Iterable[str]:
    """Yield how the passages were found and ranked, and why the answer is what it is; for `--explain`."""
    yield f"searched: {plain(answer.searched)}"
    yield "passages (score: how likely they answer; search: half meaning, half words, each scaled to 0–1):"
    for rank, passage in enumerate(answer.passages, 1):
        yield (
            f"  {rank:>2}. {passage.score:.3f}  {plain(passage.document)}:{passage.start}–{passage.end}  "
            f"search {passage.fused_score:.3f} = meaning {_rank(passage.dense_rank)} (cosine {passage.dense_score:.3f})"
            f" + words {_rank(passage.lexical_rank)} (BM25 {passage.lexical_score:.2f})"
        )
    yield f"evidence (shown from {answer.threshold:.2f} on):"
    shown = {(one.document, one.start, one.end) for one in answer.citations}
    for evidence in answer.evidence[:6]:
        start, end = evidence.spans[0].start, evidence.spans[-1].end
        cited = any(path == evidence.passage.document and a <= start and end <= b for path, a, b in shown)
        quote = plain(evidence.passage.text[start - evidence.passage.start : end - evidence.passage.start])
        path = plain(evidence.passage.document)
        yield f"  {evidence.probability:.3f} {'shown ' if cited else 'left  '} {path}: {quote}"
    yield from _reasons(answer)
    timings = answer.timings
    yield (
        f"seconds: retrieve {timings.retrieve:.3f}, read {timings.read:.3f}, write {timings.write:.3f}, "
        f"total {timings.total:.3f}"
    )


def _reasons(answer: Answer) -> Iterable[str]:
    """Why there is an answer or none: who read what, and how sure the best evidence is beside the next."""
    yield f"read: {answer.passages_read} of {len(answer.passages)} passages found, by the reader {answer.reader}"
    if answer.abstained:
        yield f"abstained: the best evidence has {answer.confidence:.3f}, below the threshold {answer.threshold:.2f}"
    else:
        yield f"answered: the best evidence has {answer.confidence:.3f}, the threshold is {answer.threshold:.2f}"
    if len(answer.evidence) > 1:
        next_best = answer.evidence[1].probability
        yield f"runner-up: {next_best:.3f}, {answer.confidence - next_best:.3f} behind"
    for disagreement in answer.disagreements:
        yield disagreement_text(disagreement, "[{}]".format, plain)


def surroundings_text(citation: Citation, document: Document, marked: bool = False) -> Text:
    """Return a footnote among the words around it, the quote highlighted, or `marked` if nothing can be highlighted."""
    from rich.text import Text

    source = source_of(citation, document)
    where = place_of(
        citation.document, citation.title, citation.page, citation.heading, citation.line, date=citation.date
    )
    text = Text(f"[{citation.number}] ", style="bold cyan")
    text.append(where + "\n\n", style="not bold default")
    text.append(
        ("… " if source.cut_before else "") + CONTROL_CHARACTERS.sub("", source.before.lstrip()),
        style="not bold dim default",
    )
    quote = CONTROL_CHARACTERS.sub("", citation.quote)
    text.append(f">>>{quote}<<<" if marked else quote, style="bold reverse default")
    ending = " …" if source.cut_after else ""
    text.append(CONTROL_CHARACTERS.sub("", source.after.rstrip()) + ending, style="not bold dim default")
    return text


def _excerpt(text: str, start: int) -> str:
    """At most `LONGEST_EXCERPT` characters of a passage on one line, from offset `start` on."""
    line = plain(text[start:])
    shown = line if len(line) <= LONGEST_EXCERPT else line[:LONGEST_EXCERPT].rsplit(" ", 1)[0] + " …"
    return f"… {shown}" if start > 0 else shown


def highlighted(text: str, question: str) -> Text:
    """Return text with the question's telling words in bold."""
    from rich.text import Text

    shown = Text(text)
    wanted = _telling_words(question)
    for match in _WORD.finditer(text):
        if match.group().lower() in wanted:
            shown.stylize("bold yellow", *match.span())
    return shown


def _telling_words(question: str) -> set[str]:
    return {word for word in map(str.lower, _WORD.findall(question)) if len(word) > 3}


def _rank(rank: int | None) -> str:
    return "–" if rank is None else f"#{rank}"
