"""Vectors are the model's own, whichever way they were made; models that can't be loaded say so in one line."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index.embedding.interface import EmbeddingInput, SentencesInput
from index.embedding.model_files import BUNDLED_PACKAGE, card_languages, folder_of, identity_of, languages_known
from index.embedding.sentence_transformer import FEW, SentenceTransformerEmbedder
from index.errors import EmbedderError
from index.types import FloatArray

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

REPOSITORY = Path(__file__).resolve().parents[3]
WORDS = (
    "Talks between Washington and Caracas began on 21 August 2019, Mr. Bolton said; naïve façades cost €9.99 in "
    "Zürich — 'unbelievable'! 委内瑞拉 🙂 don't re-index the U.S. file_name.txt (see §3.2) "
).split()
TEXTS = [
    " ".join(WORDS[(start + place) % len(WORDS)] for place in range(length))
    for start, length in enumerate(
        [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 23, 26, 30, 34, 38, 42, 46, 50]
    )
] + [" ".join(WORDS[place % len(WORDS)] for place in range(length)) for length in range(60, 220, 10)]


def loaded(folder: Path) -> SentenceTransformer:
    """Load a model with sentence-transformers, which takes seconds to import: not every worker needs it."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder))


@pytest.fixture(scope="module")
def own() -> FloatArray:
    """The vectors that sentence-transformers gives with the bundled model, in float32."""
    folder = folder_of("all-MiniLM-L6-v2")
    assert folder is not None, f"{BUNDLED_PACKAGE} is not installed"
    return np.asarray(loaded(folder).encode(TEXTS), np.float32)


@pytest.fixture(scope="module")
def asked(embedder: SentenceTransformerEmbedder) -> FloatArray:
    """The vectors of the texts as questions, one by one."""
    return np.stack([embedder.embed_question(text) for text in TEXTS])


def cosines(some: FloatArray, others: FloatArray) -> FloatArray:
    """The cosine of each row of one with the same row of the other."""
    lengths = np.linalg.norm(some, axis=1) * np.linalg.norm(others, axis=1)
    found: FloatArray = (some * others).sum(axis=1) / lengths
    return found


def inputs_for(embedder: SentenceTransformerEmbedder, texts: list[str]) -> list[EmbeddingInput]:
    """Texts with their tokens, cut at the window as chunks are."""
    all_tokens = embedder.tokenize(texts)
    return [EmbeddingInput(text, tokens.ids[: embedder.window]) for text, tokens in zip(texts, all_tokens, strict=True)]


def test_the_texts_are_of_all_lengths(embedder: SentenceTransformerEmbedder) -> None:
    lengths = [len(tokens.ids) for tokens in embedder.tokenize(TEXTS)]
    assert len(TEXTS) == 40
    assert min(lengths) <= 2
    assert max(lengths) >= 400


def test_questions_get_the_models_own_vectors(asked: FloatArray, own: FloatArray) -> None:
    assert asked.dtype == np.float32
    assert cosines(asked, own).min() >= 0.999
    assert np.allclose(np.linalg.norm(asked, axis=1), 1, atol=1e-2)


def test_short_texts_get_the_same_vectors_together_as_alone(
    embedder: SentenceTransformerEmbedder, asked: FloatArray
) -> None:
    assert cosines(embedder.embed_short(TEXTS), asked).min() >= 0.999
    assert embedder.embed_short([]).shape == (0, embedder.dimension)


@pytest.mark.parametrize("few", [True, False], ids=["a few", "many"])
def test_passages_get_the_models_own_vectors_from_their_tokens(own: FloatArray, few: bool) -> None:
    times = 1 if few else FEW // len(TEXTS) + 1
    embedder = SentenceTransformerEmbedder()
    told: list[int] = []
    ours = embedder.embed_passages(inputs_for(embedder, TEXTS * times), told.append)
    assert ("_model" in vars(embedder)) is not few
    assert ours.shape == (times * len(TEXTS), embedder.dimension)
    assert cosines(ours, np.tile(own, (times, 1))).min() >= 0.999
    assert np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-2)
    assert sum(told) == times * len(TEXTS)
    assert len(told) > 1


def test_a_label_and_a_text_are_spliced_as_if_tokenised_together(embedder: SentenceTransformerEmbedder) -> None:
    label, text = "The talks › Bolton", "He said that they were about Maduro's exit."
    [whole], [first], [second] = (embedder.tokenize([one]) for one in (f"{label}\n{text}", label, text))
    assert whole.ids == [*first.ids, *second.ids]


def test_tokens_know_their_places(embedder: SentenceTransformerEmbedder) -> None:
    [tokens] = embedder.tokenize(["Zürich naïve 委内 🙂"])
    pieces = ["Zürich naïve 委内 🙂"[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]
    assert "".join(pieces) == "Zürichnaïve委内🙂"
    assert embedder.tokenize([""])[0].ids == []


def test_the_default_model_is_described_without_loading_it(embedder: SentenceTransformerEmbedder) -> None:
    assert embedder.identity.startswith("all-MiniLM-L6-v2@")
    assert SentenceTransformerEmbedder("sentence-transformers/all-MiniLM-L6-v2").identity == embedder.identity
    assert (embedder.dimension, embedder.window) == (384, 254)
    assert embedder.languages == frozenset({"en"})


def test_embedding_says_nothing_on_standard_error() -> None:
    code = (
        "from index.embedding.interface import EmbeddingInput\n"
        "from index.embedding.sentence_transformer import FEW, SentenceTransformerEmbedder\n"
        "embedder = SentenceTransformerEmbedder()\n"
        "embedder.embed_question('Why?')\n"
        "embedder.embed_passages([EmbeddingInput('Why?', embedder.tokenize(['Why?'])[0].ids)])\n"
        "from transformers.utils.logging import is_progress_bar_enabled\n"
        "assert is_progress_bar_enabled(), 'bars are off only while loading'\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


# Another model


def saved_model(folder: Path, seed: int, prompts: dict[str, str]) -> Path:
    """A tiny BERT model with random weights and first-token pooling, as sentence-transformers saves one."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    torch.manual_seed(seed)
    letters = "abcdefghijklmnopqrstuvwxyz:.?"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "query", "passage", *letters]
    vocabulary += [f"##{letter}" for letter in letters]
    parts = folder.with_name(f"{folder.name}-parts")
    parts.mkdir(parents=True)
    (parts / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizer(vocab={word: place for place, word in enumerate(vocabulary)}, do_lower_case=True).save_pretrained(
        parts
    )
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=40,
        initializer_range=0.5,
    )
    BertModel(config).save_pretrained(parts)
    transformer = Transformer(str(parts), max_seq_length=32)
    model = SentenceTransformer(modules=[transformer, Pooling(32, pooling_mode="cls")], prompts=prompts)
    model.save(str(folder))
    return folder


SENTENCES = ["the talks began.", "why?", "nobody knows when the talks will end or who will come to them."]
PROMPTS = {"query": "query: ", "document": "passage: "}


@pytest.fixture(scope="module")
def prompted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that wants words before questions and passages."""
    return saved_model(tmp_path_factory.mktemp("models") / "prompted", 1, PROMPTS)


def test_a_models_own_prompts_are_put_before_questions_and_passages(prompted: Path) -> None:
    model = loaded(prompted)
    other = SentenceTransformerEmbedder(str(prompted))
    questions = np.stack([other.embed_question(text) for text in SENTENCES])
    passages = other.embed_passages(inputs_for(other, SENTENCES))
    assert cosines(questions, np.asarray(model.encode_query(SENTENCES))).min() >= 0.999
    assert cosines(passages, np.asarray(model.encode_document(SENTENCES))).min() >= 0.999
    assert cosines(questions, passages).max() < 0.999
    assert other.dimension == 32


def test_a_model_that_is_no_plain_bert_embeds_each_sentence_by_itself_and_again_the_same(prompted: Path) -> None:
    """The second time nothing is left to embed."""
    embedder = SentenceTransformerEmbedder(str(prompted))
    text = SentencesInput("Birds", "Herons stand on one leg. They eat fish.", ((0, 24), (25, 39)))
    (first,) = embedder.embed_sentences([text])
    assert first.shape == (2, embedder.dimension)
    (again,) = embedder.embed_sentences([text])
    assert np.array_equal(first, again)
    assert embedder.embed_sentences([]) == []


def test_the_window_leaves_room_for_the_passage_prompt(prompted: Path, tmp_path: Path) -> None:
    assert SentenceTransformerEmbedder(str(prompted)).window == 32 - 2 - len(["passage", ":"])
    plain = SentenceTransformerEmbedder(str(saved_model(tmp_path / "plain", 1, {})))
    assert plain.window == 32 - 2


def test_a_model_without_prompts_gets_its_own_vectors(tmp_path: Path) -> None:
    folder = saved_model(tmp_path / "plain", 2, {})
    other = SentenceTransformerEmbedder(str(folder))
    own = loaded(folder).encode(SENTENCES, normalize_embeddings=True)
    assert cosines(np.stack([other.embed_question(text) for text in SENTENCES]), own).min() >= 0.999
    assert cosines(other.embed_passages(inputs_for(other, SENTENCES)), own).min() >= 0.999


def test_the_identity_follows_the_weights_and_not_the_place(prompted: Path, tmp_path: Path) -> None:
    identity = SentenceTransformerEmbedder(str(prompted)).identity
    moved = shutil.copytree(prompted, tmp_path / "elsewhere" / prompted.name)
    (moved / "README.md").write_text("A card.", encoding="utf-8")
    (moved / ".cache").mkdir()
    (moved / ".cache" / "download.json").write_text("{}", encoding="utf-8")
    assert identity_of(str(moved), moved) == identity
    retrained = saved_model(tmp_path / "retrained" / prompted.name, 3, PROMPTS)
    assert identity_of(str(retrained), retrained) != identity
    (moved / "config_sentence_transformers.json").write_text('{"prompts": {"query": "ask: "}}', encoding="utf-8")
    assert identity_of(str(moved), moved) != identity


def error_of(name: Path | str) -> str:
    """The text of the EmbedderError of using the model."""
    other = SentenceTransformerEmbedder(str(name))
    with pytest.raises(EmbedderError) as caught:
        other.embed_question("Why?")
    return str(caught.value)


@pytest.mark.parametrize("name", ["./models/none", "/models/none", "~/models/none", "a/b/c"])
def test_a_folder_that_is_not_there_is_an_error_of_one_line(name: str) -> None:
    error = error_of(name)
    assert f"{name!r} can't be loaded" in error
    assert "EMBED_MODEL" in error
    assert "\n" not in error
    with pytest.raises(EmbedderError, match="there is no modules"):
        _ = SentenceTransformerEmbedder(name).identity


@pytest.mark.parametrize("prompts", [{}, PROMPTS])
def test_a_damaged_model_is_an_error_of_one_line(tmp_path: Path, prompts: dict[str, str]) -> None:
    folder = saved_model(tmp_path / "model", 1, prompts)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    error = error_of(folder)
    assert "can't be loaded" in error
    assert "\n" not in error


def test_vectors_that_are_no_numbers_are_an_error(tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    folder = saved_model(tmp_path / "model", 1, {})
    weights = load_file(folder / "model.safetensors")
    save_file({name: np.full_like(value, np.nan) for name, value in weights.items()}, folder / "model.safetensors")
    other = SentenceTransformerEmbedder(str(folder))
    with pytest.raises(EmbedderError, match="not numbers"):
        other.embed_passages(inputs_for(other, SENTENCES))


# Languages


@pytest.mark.parametrize(
    ("name", "stated", "known"),
    [
        ("plain", None, {"en"}),
        ("plain", {"de"}, {"de"}),
        ("plain", {"multilingual"}, None),
        ("plain", set("abcdef"), None),
        ("paraphrase-multilingual-MiniLM", None, None),
        ("bge-m3", None, None),
    ],
)
def test_what_languages_a_model_is_taken_to_know(name: str, stated: set[str] | None, known: set[str] | None) -> None:
    assert languages_known(name, None if stated is None else frozenset(stated)) == known


@pytest.mark.parametrize(
    ("card", "stated"),
    [
        ("---\nlanguage: de\n---\nA model.", {"de"}),
        ("---\nlanguage: [de, en]\n---\nA model.", {"de", "en"}),
        ("---\nlicense: mit\n---\nA model.", None),
        ("---\n- a\n---\nA model.", None),
        ("---\n: [\n---\n", None),
        ("A model.", None),
        ("", None),
    ],
)
def test_the_languages_of_a_card(tmp_path: Path, card: str, stated: set[str] | None) -> None:
    (tmp_path / "README.md").write_text(card, encoding="utf-8")
    assert card_languages(tmp_path / "README.md") == stated
    assert card_languages(tmp_path / "none.md") is None
