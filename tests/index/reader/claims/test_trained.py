"""The judgement of claims by passages: supported, contradicted, or not mentioned."""

from __future__ import annotations

import numpy as np
import pytest

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.reader.claims.candidates import WINDOWS, CandidateFinder
from index.reader.claims.features import FEATURES
from index.reader.claims.interface import Support, SupportScorer
from index.reader.claims.trained import INCOMPLETE, TrainedSupport
from index.types import Passage
from tests.index.reader.passages import passage_of

HERONS = passage_of(
    "Herons are birds of rivers and lakes.",
    "A heron eats mainly fish and frogs.",
    "The heronry at Lake Constance was founded in 1912.",
    "It has 340 nests.",
    "The warden Anna Berg did not allow boats near the nests.",
)
OWLS = passage_of("Owls hunt at night.", document="owls.md", title="owls")


@pytest.fixture(scope="module")
def scorer(embedder: SentenceTransformerEmbedder) -> SupportScorer:
    return TrainedSupport(embedder)


def judged(scorer: SupportScorer, claim: str, passage: Passage = HERONS) -> Support:
    """Return the judgement of a claim by one passage."""
    (found,) = scorer.support(claim, [passage])
    return found


def quote(passage: Passage, found: Support) -> str:
    """Return the words that a judgement rests on."""
    return passage.text[found.spans[0].start - passage.start : found.spans[-1].end - passage.start]


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("Herons mostly eat fish and frogs.", "A heron eats mainly fish and frogs."),
        ("The heronry at Lake Constance was founded in 1912.", "The heronry at Lake Constance was founded in 1912."),
        ("Anna Berg did not allow boats near the nests.", "The warden Anna Berg did not allow boats near the nests."),
    ],
)
def test_a_sentence_that_says_the_same_supports(scorer: SupportScorer, claim: str, sentence: str) -> None:
    found = judged(scorer, claim)
    assert found.supports > 0.5
    assert quote(HERONS, found) == sentence


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("The heronry at Lake Constance was founded in 1921.", "the documents say “1912”, the message says “1921”"),
        ("The heronry at Lake Constance has 430 nests.", "the documents say “340”, the message says “430”"),
        ("Anna Berg allowed boats near the nests.", "the documents say “not allow”, the message says “allowed”"),
    ],
)
def test_a_difference_that_can_be_shown_contradicts(scorer: SupportScorer, claim: str, reason: str) -> None:
    found = judged(scorer, claim)
    assert found.contradicts > 0.6 > found.supports
    assert found.reason == reason


@pytest.mark.parametrize("claim", ["Pizza was invented in Naples.", "Herons live for 25 years.", "Owls hunt at night."])
def test_a_passage_is_silent_about_everything_else(scorer: SupportScorer, claim: str) -> None:
    found = judged(scorer, claim)
    assert found.silent > 0.5


def test_a_claim_about_somebody_who_is_not_named_is_not_supported(scorer: SupportScorer) -> None:
    found = judged(scorer, "Peter Miller did not allow boats near the nests.")
    assert found.supports <= INCOMPLETE
    assert "Peter Miller" in found.reason


def test_a_sentence_that_leans_on_another_is_quoted_with_it(scorer: SupportScorer) -> None:
    found = judged(scorer, "The heronry at Lake Constance has 340 nests.")
    assert found.supports > 0.5
    assert quote(HERONS, found) == "The heronry at Lake Constance was founded in 1912. It has 340 nests."


@pytest.mark.parametrize(
    "claim", ["Herons eat fish.", "The heronry was founded in 1921.", "Nothing.", "?", "and", "鷺"]
)
def test_probabilities_sum_to_one_and_a_contradiction_has_a_reason(scorer: SupportScorer, claim: str) -> None:
    for found in scorer.support(claim, [HERONS, OWLS]):
        assert found.supports + found.contradicts + found.silent == pytest.approx(1)
        assert min(found.supports, found.contradicts, found.silent) >= -1e-9
        assert found.reason or found.contradicts == 0
        assert found.spans


def test_a_judgement_is_the_same_again_and_by_another_scorer(
    scorer: SupportScorer, embedder: SentenceTransformerEmbedder
) -> None:
    first = scorer.support("Herons eat fish.", [HERONS, OWLS])
    assert scorer.support("Herons eat fish.", [HERONS, OWLS]) == first
    again = TrainedSupport(embedder).support("Herons eat fish.", [HERONS, OWLS])
    # The other texts of a batch change the last digits of a vector.
    assert [one.supports for one in again] == pytest.approx([one.supports for one in first], abs=0.01)
    assert [(one.spans, one.reason) for one in again] == [(one.spans, one.reason) for one in first]
    assert scorer.support("Herons eat fish.", []) == []


def test_candidates_have_finite_and_complete_features(embedder: SentenceTransformerEmbedder) -> None:
    found = CandidateFinder(embedder).candidates("The heronry was founded in 1921.", [HERONS, OWLS])
    assert [len(candidates) for candidates in found] == [WINDOWS, 1]
    for one in (one for candidates in found for one in candidates):
        assert one.row.shape == (len(FEATURES),)
        assert np.isfinite(one.row).all()
        assert (one.row >= -1).all()
        assert (one.row <= 1.01).all()


def test_a_quote_of_fewer_sentences_is_preferred() -> None:
    spans = HERONS.sentences
    short = Support(0.7, 0.0, 0.3, spans[:1], "")
    long = Support(0.7, 0.0, 0.3, spans[:3], "")
    assert short.strength > long.strength
