"""What a run needs of memory, and what there is."""

from __future__ import annotations

import os

import numpy as np

from core.network.layout import Layout


def memory_estimate(layout: Layout, slots: int, rows: int, dtype: np.dtype) -> int:
    """Bytes that a run needs: parameters and their companions, and a batch's activations."""
    vectors = 6 + 2 * slots
    return dtype.itemsize * (vectors * layout.parameters + 6 * rows * sum(layout.sizes))


def physical_memory() -> int:
    """Bytes of memory in this machine; 16 GB where it does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 2**34
