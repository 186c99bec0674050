"""Open a generation and warm it, so that the next question can be answered from it at once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.config.prompts import Prompts
from bot.config.settings import Settings
from bot.runtime.wiring import Parts, load_models, parts_over

if TYPE_CHECKING:
    from index.retrieval.search_index import SearchIndex
    from index.storage.catalog.following import Identity
    from index.storage.catalog.rows import Generation

WARMING_QUESTION = "What is this about?"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenGeneration:
    """A generation that is open, warm, and pinned to a snapshot of the catalog."""

    parts: Parts
    generation: Generation
    identity: Identity
    follows: bool

    def close(self) -> None:
        """Close it. Never raises: failing to close an old generation does not prevent answers from the new one."""
        try:
            self.parts.index.close()
        except Exception:
            log.exception("generation %s could not be closed", self.generation.number)


def open_generation(
    settings: Settings, prompts: Prompts, index: SearchIndex, *, previous: OpenGeneration | None
) -> OpenGeneration:
    """Pin and warm an index, with the models of the `previous` generation if they fit. Close it if that fails."""
    try:
        index.hold()  # before anything else, so that what is published from now on changes nothing
        generation = index.generation
        if previous is not None and _has_same_vectors(previous.generation, generation):
            # The models are warm, and a question may be using them right now: warm only the index.
            embedder, reader = previous.parts.embedder, previous.parts.reader
            parts = parts_over(settings, prompts, index, embedder, reader)
            with index.pinned() as pinned:
                pinned.warm()
        else:
            parts = parts_over(settings, prompts, index, *load_models(settings, generation))
            parts.engine.answer(WARMING_QUESTION)
        return OpenGeneration(parts, generation, index.identity, index.follows)
    except BaseException:
        index.close()
        raise


def _has_same_vectors(one: Generation, other: Generation) -> bool:
    """True if one loaded embedder serves both. The fingerprint differs between models of the same name."""
    return (one.embedder, one.fingerprint) == (other.embedder, other.fingerprint)
