"""Average the weights of several trainings: the mean reads a little better than each of them.

    python -m index.reader.training.averaging ONE TWO … RESULT

They must have been trained from each other or from the same start (Wortsman et al.: Model soups, 2022).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file

from index.reader.pair_model import HEAD, SCALE, differences
from index.reader.training.trainable import load_weights, put


def averaged(models: Sequence[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Return the mean of weights as `TrainableModel.save` writes them, in the same form."""
    changes = [{**differences(one), **{name: one[name] for name in one if name.startswith(HEAD)}} for one in models]
    found: dict[str, torch.Tensor] = {}
    for name in changes[0]:
        mean = torch.stack([one[name].float() for one in changes]).mean(0)
        if name + SCALE in models[0]:
            put(found, name, mean)
        else:
            found[name] = mean
    return found


def main() -> None:
    """Read, average, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path, nargs="+", help="the weights to average")
    parser.add_argument("result", type=Path, help="the file for the mean")
    arguments = parser.parse_args()
    save_file(averaged([load_weights(one) for one in arguments.weights]), arguments.result)


if __name__ == "__main__":
    main()
