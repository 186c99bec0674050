"""The open claim sets that the support score learns from, and those that only judge it."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.reader.training.data.question_sets import normalised

# Sets that judge: claims about retrieved text, Wikipedia, contracts, dialogue. Nothing is learnt from the other part of
# contractnli, which has the same 17 claims, nor from any claim that is in one of these sets.
KEPT_OUT = (
    "factcheck_gpt_stance",
    "wice_claim_dev",
    "fm2_dev",
    "fever_symmetric",
    "sufficient_facts_vitaminc",
    "begin_dev_wow",
    "conjnli_conj_dev",
    "contractnli_test",
)
# The sets to learn from, and the most claims of each. Captions of pictures and sets labelled by rules are not used
# whole: documents are not written like them.
LEARNT = {
    "fever_athnlp_test": 1800,
    "fever_athnlp_validation": 1800,
    "sufficient_facts_fever": 1676,
    "sufficient_facts_hover": 900,
    "alexa_dialog_facts": 1720,
    "begin_dev_cmu": 337,
    "begin_dev_tc": 379,
    "mnli_dev_olora": 7469,
    "mnli_train_olora": 3000,
    "snli_counterfactual": 3500,
    "snli_train_sub": 3000,
    "snli_dev_test": 2000,
    "conjnli_adversarial_train_15k": 2000,
    "breaking_nli": 800,
    "med_monotonicity": 800,
}
# A second training learns from more of these; the mean of its weights and those of the first judges best.
MORE = {
    "fever_athnlp_test": 6600,
    "fever_athnlp_validation": 6600,
    "sufficient_facts_hover": 2000,
    "snli_counterfactual": 8000,
    "snli_train_sub": 12000,
    "snli_dev_test": 8000,
    "conjnli_adversarial_train_15k": 4000,
    "breaking_nli": 1500,
    "med_monotonicity": 1500,
}
# These have no claim that is not mentioned: every second claim is also paired with another claim's passage.
WITHOUT_UNMENTIONED = ("fever_athnlp_test", "fever_athnlp_validation")
SET_ASIDE = 10  # one claim in so many is not learnt from: the small model behind the encoder is fitted on those

LABELS = ("supported", "contradicted", "not_enough")


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim with the text to check it against. A binary one is labelled only as supported or not supported."""

    text: str
    title: str
    passage: str
    label: str  # one of LABELS
    is_binary: bool


def claims_to_learn(folder: Path, *, aside: bool = False, part: int = 0) -> dict[str, list[Claim]]:
    """Return the claims of each set to learn from, or those set `aside`; always the same. Part 1 has more of some."""
    unwanted = {normalised(one.text) for name in KEPT_OUT for one in read_claims(folder, name)}
    found = {}
    for name, most in (LEARNT | MORE if part else LEARNT).items():
        claims = [one for one in read_claims(folder, name) if normalised(one.text) not in unwanted][:most]
        if name in WITHOUT_UNMENTIONED:
            claims += with_other_passage(claims[::2])
        found[name] = [one for one in claims if is_set_aside(one) == aside]
    return found


def is_set_aside(claim: Claim) -> bool:
    """True if a claim is kept for fitting, whatever its passage."""
    return zlib.crc32(normalised(claim.text).encode()) % SET_ASIDE == 0


def read_claims(folder: Path, name: str, *, most: int | None = None, without: Collection[str] = ()) -> list[Claim]:
    """Return at most so many claims of a set, drawn with a fixed seed; none whose text is among `without`."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    random.Random(0).shuffle(rows)
    claims = (
        Claim(row["claim"], row.get("title", ""), row["passage"], row["label"], bool(row.get("binary"))) for row in rows
    )
    return [one for one in claims if not without or normalised(one.text) not in without][:most]


def with_other_passage(claims: Sequence[Claim]) -> list[Claim]:
    """Return each claim with another claim's passage: the best match by words that is about something else."""
    texts = list(dict.fromkeys((one.title, one.passage) for one in claims))
    holding: dict[str, list[int]] = {}
    for number, (title, text) in enumerate(texts):
        for word in _telling(f"{title} {text}"):
            holding.setdefault(word, []).append(number)
    found = []
    for claim in claims:
        own = _telling(f"{claim.title} {claim.passage}")
        scores: dict[int, float] = {}
        for word in _telling(claim.text):
            numbers = holding.get(word, ())
            if 0 < len(numbers) < 400:
                for number in numbers:
                    scores[number] = scores.get(number, 0.0) + 1 / len(numbers) ** 0.5
        for number in sorted(scores, key=lambda one: -scores[one])[:10]:
            words = _telling(" ".join(texts[number]))
            if len(own & words) <= 0.5 * min(len(own), len(words)):
                title, text = texts[number]
                found.append(replace(claim, title=title, passage=text, label="not_enough"))
                break
    return found


def _telling(text: str) -> frozenset[str]:
    return frozenset(word for word in normalised(text).split() if len(word) > 3 or word.isdigit())
