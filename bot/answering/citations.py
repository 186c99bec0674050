"""Evidence to footnotes: which words of which document, resolved and verified. Pure."""

from __future__ import annotations

from bot.types import Citation
from index.types import Document


def citation_of(number: int, document: Document, start: int, end: int, score: float) -> Citation:
    """Return the characters from `start` to `end` of a document as a footnote."""
    return Citation(
        number=number,
        document=document.path,
        title=document.title,
        url=document.address_at(start),
        page=document.page_at(start),
        heading=document.heading_at(start),
        line=document.line_at(start),
        start=start,
        end=end,
        quote=document.text[start:end],
        score=score,
        date=document.date,
    )


def verify(citation: Citation, document: Document) -> bool:
    """True if the footnote's quote is, to the character, what stands at its offsets in its document."""
    return (
        citation.document == document.path
        and 0 <= citation.start < citation.end <= len(document.text)
        and document.text[citation.start : citation.end] == citation.quote
    )
