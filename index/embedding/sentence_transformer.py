"""Texts to vectors: sentence-transformers behind the `Embedder` interface."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np

from index.config import DEFAULT_EMBED_MODEL
from index.embedding.bert_encoder import BertEncoder, BertShape, share_cores
from index.embedding.interface import EmbeddingInput, SentencesInput, Tokens
from index.embedding.model_files import (
    cannot_load,
    card_languages,
    folder_of,
    has_prompts,
    identity_of,
    languages_known,
)
from index.embedding.runtime import batches, fastest_dtype, quiet_libraries
from index.errors import EmbedderError
from index.types import FloatArray

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

# Measured on two cores: more tokens at once leave the caches, fewer leave the cores waiting between products.
TOKENS_A_BATCH = 2048

# Of texts whose sentences are embedded there are only a few at a time: smaller batches waste less on padding.
SENTENCE_TOKENS_A_BATCH = 512

QUESTIONS_KEPT = 64
FEW = 64  # passages: half a second to two of work, where importing sentence-transformers takes three

# Weights that some embedder of this process uses, by identity and dtype: 45 MB that a re-indexing bot loads only once.
_encoders: WeakValueDictionary[tuple[str, str], BertEncoder] = WeakValueDictionary()


class SentenceTransformerEmbedder:
    """Any sentence-transformers model. Nothing is loaded before it is needed.

    A plain BERT model on disk (the default is one) embeds questions, and a few passages, through `BertEncoder`, without
    the seconds that importing sentence-transformers takes. Raises `EmbedderError` where the model can't be found or
    loaded.
    """

    def __init__(self, name: str = DEFAULT_EMBED_MODEL) -> None:
        self.name = name
        self._question_vectors: dict[str, FloatArray] = {}

    @cached_property
    def identity(self) -> str:
        """Return the model's name and a hash of its files; for a hub model, the revision that was loaded."""
        if self._folder is None:
            return f"{self.name}@{self._hub_revision()}"
        return identity_of(self.name, self._folder)

    @cached_property
    def dimension(self) -> int:
        """Return the length of a vector."""
        if self._encoder is not None:
            return self._encoder.dimension
        return int(self._model.get_embedding_dimension() or len(self.embed_question("dimension")))

    @cached_property
    def window(self) -> int:
        """Return the most tokens of a text that are embedded, without special ones and the passage prompt."""
        prompt = len(self.tokenize([self._passage_prompt])[0].ids) if self._passage_prompt else 0
        longest = self._shape.window if self._shape is not None else int(self._model.max_seq_length or 512)
        return longest - prompt - sum(map(len, self._special_tokens))

    @cached_property
    def languages(self) -> frozenset[str] | None:
        """Return the languages on the model's card; English where it states nothing, None where it knows many."""
        if self._folder is not None:
            return languages_known(self.name, card_languages(self._folder / "README.md"))
        stated = getattr(self._model.model_card_data, "language", None) or []
        return languages_known(self.name, frozenset([stated] if isinstance(stated, str) else stated))

    def tokenize(self, texts: Sequence[str]) -> list[Tokens]:
        """Return the tokens of each text, however long."""
        tokens = []
        for encoding in self._tokenizer.encode_batch(list(texts), add_special_tokens=False):
            starts, ends = zip(*encoding.offsets, strict=True) if encoding.ids else ((), ())
            tokens.append(Tokens(encoding.ids, list(starts), list(ends)))
        return tokens

    def embed_passages(
        self, inputs: Sequence[EmbeddingInput], done: Callable[[int], None] = lambda _: None
    ) -> FloatArray:
        """Return one row for each input, shape (inputs, dimension); made longest first, `TOKENS_A_BATCH` at a time."""
        vectors = np.empty((len(inputs), self.dimension), np.float32)
        embed = self._embed_few if self._is_few(len(inputs)) else self._embed_batch
        for rows in batches([len(one.ids) for one in inputs], TOKENS_A_BATCH):
            vectors[rows] = embed([inputs[row] for row in rows])
            done(len(rows))
        if not np.isfinite(vectors).all():
            raise EmbedderError(
                f"the embedding model {self.name} gave vectors that are not numbers; set another EMBED_MODEL"
            )
        return vectors

    def embed_question(self, question: str) -> FloatArray:
        """Return the question's vector, shape (dimension,), made with the model's own query prompt if it has one.

        Those of the last `QUESTIONS_KEPT` questions are kept: a question is searched for, then read against.
        """
        known = self._question_vectors.get(question)
        if known is None:
            if self._encoder is not None:
                known = self.embed_short([question])[0]
            else:
                vector = self._model.encode_query(question, normalize_embeddings=True, convert_to_numpy=True)
                known = np.asarray(vector, np.float32)
            self._question_vectors[question] = known
            while len(self._question_vectors) > QUESTIONS_KEPT:
                self._question_vectors.pop(next(iter(self._question_vectors)))
        return known

    def embed_short(self, texts: Sequence[str]) -> FloatArray:
        """Return the vectors of a few short texts, such as sentences, shape (texts, dimension); cut at the window."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        if self._encoder is None:
            vectors: FloatArray = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
            return vectors.astype(np.float32)
        before, after = self._special_tokens
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return self._encoder.pooled([before + encoding.ids[: self.window] + after for encoding in encodings])

    def embed_sentences(self, texts: Sequence[SentencesInput]) -> list[FloatArray]:
        """Return, for each text, one vector for each sentence, shape (sentences, dimension).

        Where the model's inside can be reached, a text is read once and its sentences' vectors know their context;
        elsewhere each sentence is embedded by itself.
        """
        if not texts:
            return []
        if self._encoder is None:
            flat = self.embed_short([one.text[start:end] for one in texts for start, end in one.sentences])
            ends = np.cumsum([len(one.sentences) for one in texts])
            return np.split(flat, ends[:-1])
        before, after = self._special_tokens
        rows, spans = [], []
        for one, encoding in zip(
            texts,
            self._tokenizer.encode_batch([one.label + one.text for one in texts], add_special_tokens=False),
            strict=True,
        ):
            starts = [start - len(one.label) for start, _ in encoding.offsets[: self.window]]
            rows.append([*before, *encoding.ids[: self.window], *after])
            spans.append(
                [
                    (bisect_left(starts, start) + len(before), bisect_left(starts, end) + len(before))
                    for start, end in one.sentences
                ]
            )
        vectors: list[FloatArray] = [np.empty((0, self.dimension), np.float32)] * len(rows)
        for batch in batches([len(row) for row in rows], SENTENCE_TOKENS_A_BATCH):
            pooled = self._encoder.pooled_spans([rows[place] for place in batch], [spans[place] for place in batch])
            for place, found in zip(batch, pooled, strict=True):
                vectors[place] = found
        return vectors

    def warm(self) -> None:
        """Load what embedding a question needs."""
        self.embed_question("warm")

    def _is_few(self, inputs: int) -> bool:
        """True if so few are to be embedded that importing sentence-transformers would take longer than that."""
        return inputs <= FEW and "_model" not in self.__dict__ and self._encoder is not None and self._splices_tokens

    def _embed_few(self, batch: Sequence[EmbeddingInput]) -> FloatArray:
        """The same vectors (to three digits), through the encoder that questions go through."""
        assert self._encoder is not None
        before, after = self._special_tokens
        return self._encoder.pooled([[*before, *one.ids, *after] for one in batch])

    def _embed_batch(self, batch: Sequence[EmbeddingInput]) -> FloatArray:
        model = self._model
        if self._passage_prompt or not self._splices_tokens:
            texts = [one.text for one in batch]
            vectors = model.encode_document(
                texts, batch_size=len(texts), convert_to_numpy=True, show_progress_bar=False
            )
        else:
            vectors = self._forward([one.ids for one in batch])
        vectors = np.asarray(vectors, np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        normalised: FloatArray = vectors / np.maximum(lengths, 1e-12)
        return normalised

    def _forward(self, ids: Sequence[Sequence[int]]) -> FloatArray:
        """Through the model's own modules from token ids, so that nothing is tokenised twice."""
        import torch

        before, after = self._special_tokens
        rows = [torch.tensor([*before, *one, *after]) for one in ids]
        padded = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        lengths = torch.tensor([len(row) for row in rows])
        mask = (torch.arange(padded.shape[1])[None, :] < lengths[:, None]).long()
        device = self._model.device
        with torch.inference_mode():
            features = {"input_ids": padded.to(device), "attention_mask": mask.to(device)}
            vectors: FloatArray = self._model(features)["sentence_embedding"].float().cpu().numpy()
        return vectors

    @cached_property
    def _folder(self) -> Path | None:
        return folder_of(self.name)

    @cached_property
    def _shape(self) -> BertShape | None:
        shape = BertShape.of(self._folder) if self._folder is not None else None
        return None if shape is not None and self._folder is not None and has_prompts(self._folder) else shape

    @cached_property
    def _encoder(self) -> BertEncoder | None:
        if self._shape is None or self._folder is None:
            return None
        try:
            key = (self.identity, fastest_dtype())
            encoder = _encoders.get(key)
            if encoder is None:
                encoder = _encoders[key] = BertEncoder(self._folder, self._shape, fastest_dtype())
            return encoder
        except Exception as error:
            raise cannot_load(self.name, str(error)) from error

    @cached_property
    def _model(self) -> SentenceTransformer:
        """The whole model, in the fastest precision that keeps its vectors (cosine at least 0.999)."""
        if self._folder is not None:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        share_cores()
        try:
            import torch
            from sentence_transformers import SentenceTransformer

            with quiet_libraries():
                model = SentenceTransformer(str(self._folder or self.name))
            return model.to(getattr(torch, fastest_dtype(str(model.device))))
        except Exception as error:
            raise cannot_load(self.name, str(error)) from error

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        try:
            if self._folder is not None and (self._folder / "tokenizer.json").is_file():
                from tokenizers import Tokenizer

                tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
            else:
                tokenizer = self._model.tokenizer.backend_tokenizer
        except EmbedderError:
            raise
        except Exception as error:
            raise cannot_load(self.name, str(error)) from error
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _special_tokens(self) -> tuple[list[int], list[int]]:
        """The ids that the tokenizer puts before and after a text."""
        probe = self._tokenizer.encode("a")
        inside = [place for place, special in enumerate(probe.special_tokens_mask) if not special]
        return probe.ids[: inside[0]], probe.ids[inside[-1] + 1 :]

    @cached_property
    def _splices_tokens(self) -> bool:
        """True if a text's tokens are those of its parts: true of WordPiece, which splits at whitespace first."""
        return type(self._tokenizer.model).__name__ == "WordPiece"

    @cached_property
    def _passage_prompt(self) -> str:
        """The prompt that the model wants before a passage; mostly nothing."""
        if self._shape is not None:
            return ""
        prompts = self._model.prompts
        return next(filter(None, (prompts.get(name) for name in ("document", "passage"))), "")

    def _hub_revision(self) -> str:
        config = getattr(self._model[0], "auto_model", None)
        return str(getattr(getattr(config, "config", None), "_commit_hash", None) or "unknown")
