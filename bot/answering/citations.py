"""Evidence to footnotes: which words of which document, resolved and verified. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.types import Citation, Sentence
from index.types import Document, Evidence, Span


def cite(
    chosen: Sequence[Evidence], documents: Mapping[str, Document]
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """The sentences of the chosen evidence, each with its footnote, and the footnotes.

    In reading order: documents by their best evidence, sentences as they stand in the document. Sentences that follow
    each other share one footnote. `documents` holds, by path, at least those that the evidence is from.
    """
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    for path in dict.fromkeys(one.passage.document for one in chosen):
        document = documents[path]
        surest: dict[Span, float] = {}
        for one in chosen:
            for span in one.spans if one.passage.document == path else ():
                surest[span] = max(surest.get(span, 0.0), one.probability)
        for together in _touching(_without_parts(surest), document.text):
            number = len(citations) + 1
            score = max(surest[span] for span in together)
            end = max(span.end for span in together)
            citations.append(citation_of(number, document, together[0].start, end, score))
            sentences += [Sentence(document.text[span.start : span.end], (number,)) for span in together]
    return tuple(sentences), tuple(citations)


def _without_parts(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, without those that lie within another: of a long sentence, chunks may hold different parts."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.end > kept[-1].end:
            kept.append(span)
    return kept


def _touching(spans: Sequence[Span], text: str) -> list[list[Span]]:
    """Spans in order, grouped where only whitespace lies between one and the next."""
    groups: list[list[Span]] = []
    for span in spans:
        if groups and not text[groups[-1][-1].end : span.start].strip():
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def citation_of(number: int, document: Document, start: int, end: int, score: float) -> Citation:
    """The characters from `start` to `end` of a document as a footnote."""
    return Citation(
        number=number,
        document=document.path,
        title=document.title,
        url=document.url,
        page=document.page_at(start),
        heading=document.heading_at(start),
        line=document.line_at(start),
        start=start,
        end=end,
        quote=document.text[start:end],
        score=score,
    )


def verify(citation: Citation, document: Document) -> bool:
    """Whether the footnote's quote is, to the character, what stands at its offsets in its document."""
    return (
        citation.document == document.path
        and 0 <= citation.start < citation.end <= len(document.text)
        and document.text[citation.start : citation.end] == citation.quote
    )
