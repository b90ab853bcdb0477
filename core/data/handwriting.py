"""A digit drawn by hand, made into the picture that the digits data have of it.

The source's pictures (optical recognition of handwritten digits, UCI) are made of bitmaps of
32 x 32, each digit as high as its bitmap: blocks of 4 x 4 are counted, which gives 8 x 8 numbers
from 0 to 16.
"""

from __future__ import annotations

import numpy as np

BITMAP, BLOCK = 32, 4
FULL = BLOCK * BLOCK


def as_picture(ink: np.ndarray) -> np.ndarray:
    """The picture of what is drawn.

    Parameters
    ----------
    ink : ndarray of shape (h, w), bool
        True where there is ink; row 0 is the top. At least one pixel a side.

    Returns
    -------
    ndarray of shape (8, 8), float64
        0 to 16, whole numbers; all 0 where nothing is drawn.
    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    side = BITMAP // BLOCK
    if not len(rows):
        return np.zeros((side, side))
    height, width = rows[-1] + 1 - rows[0], columns[-1] + 1 - columns[0]
    # As high as the bitmap; what is wider than high is as wide as the bitmap.
    size = max(height, width)
    top, left = rows[0] - (size - height) / 2, columns[0] - (size - width) / 2
    at = (np.arange(BITMAP) + 0.5) * size / BITMAP
    y, x = np.floor(top + at).astype(int), np.floor(left + at).astype(int)
    inside_y, inside_x = (y >= 0) & (y < ink.shape[0]), (x >= 0) & (x < ink.shape[1])
    bitmap = ink[np.ix_(np.clip(y, 0, len(ink) - 1), np.clip(x, 0, ink.shape[1] - 1))]
    bitmap = bitmap & inside_y[:, None] & inside_x
    blocks = bitmap.reshape(side, BLOCK, side, BLOCK).sum(axis=(1, 3))
    return blocks.astype(np.float64)
