"""Named, independent random streams from one seed."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def stream(seed: int, name: str, *indices: int) -> np.random.Generator:
    """A generator that depends on the seed, the stream's name and the indices alone.

    Parameters
    ----------
    seed : int
        Not negative.
    name : str
        ``"data"``, ``"split"``, ``"initialization"``, ``"shuffle"`` or ``"dropout"``.
    *indices : int
        E.g. the epoch, so that a stream can be entered at any epoch without replay.
    """
    return np.random.Generator(np.random.PCG64([seed, crc32(name.encode()), *indices]))


def words(seed: int, name: str) -> np.ndarray:
    """The 32-bit words, as uint64, that `stream` seeds its generator with before the indices."""
    found = []
    for number in (seed, crc32(name.encode())):
        found.append(number & 0xFFFFFFFF)
        while number := number >> 32:
            found.append(number & 0xFFFFFFFF)
    return np.array(found, np.uint64)
