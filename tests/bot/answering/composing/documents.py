"""Documents for tests of composing, read by the real parser, and evidence found in them."""

from __future__ import annotations

from bot.answering.composing.compose import Composed, asked_of, compose
from bot.answering.composing.excerpt import Excerpt
from bot.answering.composing.forms import FORMS, Asked, form_of, from_the_top, past_echo
from bot.answering.composing.pieces import Piece, Section, section_at
from index.parsing.parse import parse_bytes
from index.types import Document, Evidence, Passage, Span

MANUAL = """\
# Acme

Acme keeps notes on your own server.

## Install

You need a server with 2 GB of memory.

### With Docker

Install Acme with Docker in three steps:

1. Pull the image:

   ```bash
   docker pull acme/acme:4
   ```

2. Start it with `acme up`:

   - on Linux as root
   - on a Mac as yourself

3. Open [the first page](/start).

### From source

Build it with the following commands:

```bash
git clone https://acme.example/acme
make build
```

Then start it as above.

## Prices

Every plan has unlimited notes.

| Plan | Price | Seats |
|------|-------|-------|
| Free | $0 | 1 |
| Team | $12 | 20 |
| Works | $40 | 200 |

## FAQ

**Do you support SSO?**

Yes, on the Works plan, with SAML.

**Can I export my notes?**

Yes. Open *Settings*, choose *Export*, and pick Markdown or PDF.

## Support

Write to help@acme.example.
"""


def markdown(source: str, *, name: str = "manual.md") -> Document:
    """Return a document as the parser reads it."""
    return parse_bytes(name, source.encode())


def section_with(document: Document, words: str, *, nested: bool = False) -> Section:
    """Return the section in which words first stand."""
    return section_at(document, document.text.index(words), nested=nested)


def texts(section: Section, pieces: tuple[Piece, ...] | list[Piece] | None = None) -> list[str]:
    """Return the words of pieces, all of the section's by default."""
    return [section.text_of(piece) for piece in (section.pieces if pieces is None else pieces)]


def shown(excerpt: Excerpt) -> list[str]:
    """Return the words of the pieces that an excerpt shows."""
    return texts(excerpt.section, excerpt.pieces)


def evidence_of(document: Document, words: str, *, probability: float = 0.9) -> Evidence:
    """Return evidence that words of a document answer; its passage is the whole document."""
    start = document.text.index(words)
    span = Span(start, start + len(words))
    passage = Passage(
        chunk_id=1,
        document=document.path,
        title=document.title,
        url=document.url,
        start=0,
        end=len(document.text),
        text=document.text,
        heading=None,
        page=None,
        line=None,
        sentences=(span,),
        score=probability,
        dense_rank=1,
        lexical_rank=1,
        dense_score=0.5,
        lexical_score=1.0,
        fused_score=0.5,
    )
    return Evidence(passage, (span,), probability)


def asked(question: str, document: Document, words: str) -> Asked:
    """Return the question with words as the best sentence of a document."""
    return past_echo(from_the_top(asked_of(question, evidence_of(document, words), {document.path: document})))


def excerpt(question: str, document: Document, words: str) -> Excerpt:
    """Return what the form shows that question and words call for."""
    found = asked(question, document, words)
    return FORMS[form_of(found)](found)


def composed(question: str, document: Document, *words: str) -> Composed:
    """Return the answer from words of a document, the surest first."""
    return compose(question, [evidence_of(document, one) for one in words], {document.path: document})
