"""Configuration of an index, the fingerprint that distinguishes two configurations, and defaults."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from index.errors import ConfigurationError

DEFAULT_EMBED_MODEL = "all-MiniLM-L6-v2"
DEFAULT_READ_PASSAGES = 6  # of the passages found, the number that is read: reading takes most of a question's time
# Every Chroma server has these.
DEFAULT_CHROMA_TENANT, DEFAULT_CHROMA_DATABASE = "default_tenant", "default_database"

# Increase this if the same text is split or embedded differently than before: every index is then rebuilt once.
CHUNKING_VERSION = 2


@dataclass(frozen=True, slots=True)
class IndexConfig:
    """Configuration that decides which chunks and vectors an index holds.

    - `embed_model`: a sentence-transformers model: the default's name, a folder, or a name on the model hub.
    - `chunk_tokens`: the maximum length of a chunk in tokens of the embedder, title and heading included (32 to 512; at
      most the embedder's own window is used).
    - `overlap_tokens`: how much of the sentences before a chunk it may repeat (0 to half of `chunk_tokens`).
    """

    embed_model: str = DEFAULT_EMBED_MODEL
    chunk_tokens: int = 256
    overlap_tokens: int = 32

    def __post_init__(self) -> None:
        """Raise `ConfigurationError` for a value out of range."""
        if not 32 <= self.chunk_tokens <= 512:
            raise ConfigurationError(f"chunk_tokens is {self.chunk_tokens}; it must be between 32 and 512")
        if not 0 <= self.overlap_tokens <= self.chunk_tokens // 2:
            raise ConfigurationError(
                f"overlap_tokens is {self.overlap_tokens}; it must be between 0 and half of chunk_tokens"
            )

    def fingerprint(self, embedder_identity: str, parser_version: int) -> str:
        """Return a short hexadecimal name of everything that decides an index's chunks and vectors."""
        parts = (embedder_identity, self.chunk_tokens, self.overlap_tokens, CHUNKING_VERSION, parser_version)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
