"""The open sets that the support score learns from, and those that only judge it."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.reader.training.data.question_sets import normalised

# What judges: claims about retrieved text, Wikipedia, contracts, dialogue. The other part of contractnli has the same
# 17 claims, so it is not learnt from either; nor is any claim that stands in one of these.
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
# What is learnt from, and the most claims of each: captions of pictures less than there are, for documents are not
# written like them; of what was labelled by rules only some.
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
# A second training learns from more of these: other weights, of which the mean with the first judges best.
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
# These have no claim that is not mentioned: every second of theirs is also laid next to another's passage.
WITHOUT_UNMENTIONED = ("fever_athnlp_test", "fever_athnlp_validation")
SET_ASIDE = 10  # one claim in so many is not learnt from: what lies between score and probability is fitted on those

LABELS = ("supported", "contradicted", "not_enough")


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim with the text to check it against. Of `is_binary` ones it is only known whether they are supported."""

    text: str
    title: str
    passage: str
    label: str  # one of LABELS
    is_binary: bool


def claims_to_learn(folder: Path, aside: bool = False, part: int = 0) -> dict[str, list[Claim]]:
    """Of each set the claims that are learnt from, or those set aside; always the same. Part 1 holds more of some."""
    unwanted = {normalised(one.text) for name in KEPT_OUT for one in read_claims(folder, name)}
    found = {}
    for name, most in (LEARNT | MORE if part else LEARNT).items():
        claims = [one for one in read_claims(folder, name) if normalised(one.text) not in unwanted][:most]
        if name in WITHOUT_UNMENTIONED:
            claims += beside_another(claims[::2])
        found[name] = [one for one in claims if is_set_aside(one) == aside]
    return found


def is_set_aside(claim: Claim) -> bool:
    """Whether a claim is kept for fitting; the same claim beside whatever passage always is."""
    return zlib.crc32(normalised(claim.text).encode()) % SET_ASIDE == 0


def read_claims(folder: Path, name: str, most: int | None = None, without: Collection[str] = ()) -> list[Claim]:
    """At most so many claims of a set, drawn at random, always the same; none whose text is among `without`."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    random.Random(0).shuffle(rows)
    claims = (
        Claim(row["claim"], row.get("title", ""), row["passage"], row["label"], bool(row.get("binary"))) for row in rows
    )
    return [one for one in claims if not without or normalised(one.text) not in without][:most]


def beside_another(claims: Sequence[Claim]) -> list[Claim]:
    """Each claim beside the passage of another that shares the most words with it, and is of another title or text."""
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


def labels_of(claims: Iterable[Claim]) -> list[int]:
    """The place of each claim's label in `LABELS`."""
    return [LABELS.index(one.label) for one in claims]
