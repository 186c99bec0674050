"""Settings of torch and the libraries above it on this machine: precision, batches, noise."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from index.embedding.bert_encoder import share_cores

NOISY_LIBRARIES = ("sentence_transformers", "transformers", "huggingface_hub")


def batches(lengths: Sequence[int], tokens: int) -> Iterator[list[int]]:
    """Yield the places of texts, longest first, in batches of about equal length and `tokens` tokens."""
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    first = 0
    while first < len(order):
        size = max(1, tokens // max(1, lengths[order[first]]))
        yield order[first : first + size]
        first += size


def fastest_dtype(device: str = "cpu") -> str:
    """Return the torch dtype name that is fastest here without changing a vector's first three digits.

    bfloat16 where the processor multiplies it natively (AMX, AVX512-BF16, a GPU): half the time of float32 and more.
    Elsewhere torch would emulate it, slower than float32.
    """
    share_cores()
    import torch

    if not device.startswith("cpu"):
        return "bfloat16" if device.startswith("cuda") and torch.cuda.is_bf16_supported() else "float32"
    tests = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    return "bfloat16" if any(getattr(torch.cpu, test, bool)() for test in tests) else "float32"


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Show no progress bar over weights and no notes about them; a download still shows its progress."""
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, enable_progress_bars
    from transformers.utils import logging as transformers_logging

    bars_for_weights = transformers_logging.is_progress_bar_enabled()
    bars_for_downloads = not are_progress_bars_disabled()
    levels = {name: logging.getLogger(name).level for name in NOISY_LIBRARIES}
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    if bars_for_downloads:
        enable_progress_bars()
    for name in NOISY_LIBRARIES:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        yield
    finally:
        if bars_for_weights:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
