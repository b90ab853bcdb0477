"""What a run needs of memory, and what there is."""

from __future__ import annotations

import os

import numpy as np

from core.errors import InputError
from core.network.layout import Layout


def memory_estimate(layout: Layout, slots: int, rows: int, dtype: np.dtype) -> int:
    """Bytes that a run needs at most, beside its data and the checkpoints' budget.

    Vectors as long as the parameters: the kernel's own, the first checkpoint, and those of two
    turn records. Arrays as large as a batch's activations: the tape's, and those of two records.
    """
    vectors = (7 + slots) + (1 + slots) + 2 * (5 + 2 * slots)
    batches = 5 + 2 * 5
    return dtype.itemsize * (vectors * layout.parameters + batches * rows * sum(layout.sizes))


def physical_memory() -> int:
    """Bytes of memory in this machine; 16 GB where it does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 2**34


def require_memory(layout: Layout, slots: int, batch: int, dtype: np.dtype) -> None:
    """Refuse a network that does not fit this machine's memory; parameters as above.

    Raises
    ------
    InputError
    """
    needed, there = memory_estimate(layout, slots, batch, dtype), physical_memory()
    if needed > 0.8 * there:
        raise InputError(
            f"{layout.parameters:,} parameters need about {needed / 2**30:,.1f} GB,"
            f" this machine has {there / 2**30:,.1f} GB",
            field="model.hidden",
            value=list(layout.sizes[1:-1]),
            allowed="a network that fits in memory",
        )
