"""A cross-encoder of the user's as the reader: one that is made here, saved, and loaded again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.embedding.model_files import folder_of
from index.errors import ReaderError
from index.reader.answers.cross_encoder import CrossEncoderReader
from tests.index.reader.passages import passage_of

HERONS = passage_of("Herons are birds of rivers.", "They eat mainly fish.", "The heronry was founded in 1912.")
OWLS = passage_of("Owls hunt at night.", document="owls.md")


def saved(folder: Path, labels: int = 1) -> str:
    """A tiny BERT cross-encoder that has learnt nothing, as sentence-transformers saves it."""
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    torch.manual_seed(0)
    bundled = folder_of("all-MiniLM-L6-v2")
    assert bundled is not None
    tokenizer = AutoTokenizer.from_pretrained(bundled)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        initializer_range=0.5,
    )  # fmt: skip
    config.num_labels = labels
    BertForSequenceClassification(config).save_pretrained(folder / "raw")
    tokenizer.save_pretrained(folder / "raw")
    CrossEncoder(str(folder / "raw"), device="cpu", num_labels=labels).save_pretrained(str(folder / "model"))
    return str(folder / "model")


def test_each_sentence_gets_the_models_own_probability(tmp_path: Path) -> None:
    import torch
    from sentence_transformers import CrossEncoder

    name = saved(tmp_path)
    reader = CrossEncoderReader(name)
    found = reader.read("What do herons eat?", [HERONS, passage_of(), OWLS], closely=3)
    assert [None if one.shares is None else one.shares.shape for one in found] == [(3,), (0,), (1,)]
    # "They eat mainly fish" leans on the sentence before it, and is read with it.
    texts = [
        "Herons are birds of rivers.",
        "Herons are birds of rivers. They eat mainly fish.",
        "The heronry was founded in 1912.",
        "Owls hunt at night.",
    ]
    model = CrossEncoder(name, device="cpu")
    wanted = model.predict([("What do herons eat?", one) for one in texts], activation_fn=torch.nn.Sigmoid())
    got = np.concatenate([one.probability * one.shares for one in found if one.shares is not None])
    assert np.allclose(got, wanted, atol=1e-4)
    assert len(set(got.round(4).tolist())) == 4
    assert [one.probability for one in found] == pytest.approx([max(wanted[:3]), 0, wanted[3]], abs=1e-4)
    assert [one.score for one in found] == [one.probability for one in found]
    assert reader.read("What?", [], closely=3) == []


def test_passages_that_are_not_read_closely_count_as_nothing(tmp_path: Path) -> None:
    (first, second) = CrossEncoderReader(saved(tmp_path)).read("What do herons eat?", [HERONS, OWLS], closely=1)
    assert first.shares is not None
    assert (second.score, second.probability, second.shares) == (0, 0, None)


def test_what_is_no_model_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match=r"there is no such folder.*READER_MODEL"):
        CrossEncoderReader(str(tmp_path / "nothing")).warm()
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReaderError, match="READER_MODEL") as caught:
        CrossEncoderReader(str(tmp_path / "empty")).warm()
    assert "\n" not in str(caught.value)


def test_a_model_of_several_classes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="3 numbers"):
        CrossEncoderReader(saved(tmp_path, labels=3)).warm()
