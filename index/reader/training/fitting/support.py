"""Fit the small model between the trained encoder's scores of a claim and its probabilities. Run by hand:

    python -m index.reader.training.fitting.support --data ../shared/data/claims

Writes `index/reader/weights/support.json`, a multinomial logistic model, from the claims that the encoder's training
set aside; `tests/benchmarks/support.py` judges it. Each set counts the same, and within it supported claims and others.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.reader.claims.trained import CLASSES, FEATURES, MEASURES, TrainedSupport
from index.reader.training.data.claim_sets import LABELS, claims_to_learn
from index.reader.training.fitting.claims import ClaimPassages

MOST = 250  # claims of each set
# Captions of pictures, and claims made by rules, count less: documents are not written like them.
COUNTS = {"snli_counterfactual": 0.4, "snli_train_sub": 0.4, "snli_dev_test": 0.4, "breaking_nli": 0.3,
          "med_monotonicity": 0.3, "conjnli_adversarial_train_15k": 0.4}  # fmt: skip


def main() -> None:
    """Read, fit, write."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the claim sets")
    arguments = parser.parse_args()
    embedder = SentenceTransformerEmbedder()
    passages_of, scorer = ClaimPassages(embedder).of, TrainedSupport(embedder)
    rows, labels, weights = [], [], []
    for name, claims in claims_to_learn(arguments.data, aside=True).items():
        usable = [one for one in claims if not (one.is_binary and one.label != "supported")][:MOST]
        counts = Counter(one.label == "supported" for one in usable)
        for claim in usable:
            passages = passages_of(claim)
            candidates = [one for several in scorer.tables(claim.text, passages) for one in several]
            if candidates:
                rows.append(max(candidates, key=lambda one: one[0].window.nearness)[1])
                labels.append(LABELS.index(claim.label))
                weights.append(COUNTS.get(name, 1.0) / max(counts[claim.label == "supported"], len(usable) / 10))
        print(f"{name}: {len(usable)} claims read", file=sys.stderr)
    scaler = StandardScaler().fit(np.array(rows))
    model = LogisticRegression(max_iter=5000, C=0.03)
    model.fit(scaler.transform(np.array(rows)), labels, sample_weight=np.array(weights) / np.mean(weights))
    found = model.coef_ / scaler.scale_
    biases = model.intercept_ - found @ scaler.mean_
    stored = {
        name: {
            **{feature: round(float(weight), 3) for feature, weight in zip(FEATURES, found[place], strict=True)},
            "bias": round(float(biases[place]), 3),
        }
        for place, name in enumerate(CLASSES)
    }
    MEASURES.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
