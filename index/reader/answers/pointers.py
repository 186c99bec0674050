"""Passages that answer nothing themselves and only say where to look: "See the transit page." """

from __future__ import annotations

import re

from index.types import Passage

_POINTS = re.compile(
    r"\W*(?:please )?(?:also )?(?:see|refer to|consult|(?:you can )?(?:find|learn|read) (?:out )?more|"
    r"(?:for )?(?:more|further|additional) (?:information|details?|info)|this page (?:has )?moved)\b[^:]*\Z",
    re.IGNORECASE | re.DOTALL,
)
LONGEST = 200  # characters of a sentence that only points


def only_points(passage: Passage) -> bool:
    """True if every sentence of a passage sends the reader elsewhere."""
    sentences = [passage.text_of(span) for span in passage.sentences]
    return bool(sentences) and all(len(one) <= LONGEST and _POINTS.match(one) is not None for one in sentences)
