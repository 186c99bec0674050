"""Numbers with what they count, as people read them. Pure."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """Return a number with what it counts: "1 document", "1,200 documents"."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def file_size(size: int) -> str:
    """Return a number of bytes as "850 bytes", "12.5 KB" or "3.1 MB" (powers of ten)."""
    if size < 1000:
        return counted(size, "byte")
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} KB"
