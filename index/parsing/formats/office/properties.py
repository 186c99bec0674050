"""Read what office programs write into the properties of a document."""

from __future__ import annotations

from datetime import date, datetime

# Of the templates that python-docx and python-pptx write with.
_TEMPLATE_DATES = frozenset((date(2013, 12, 23), date(2013, 1, 27)))


def changed_on(modified: datetime | None) -> str | None:
    """Return the day of the last change as YYYY-MM-DD; None if there is none, or it is that of a library's template."""
    if modified is None or modified.date() in _TEMPLATE_DATES:
        return None
    return modified.date().isoformat()
