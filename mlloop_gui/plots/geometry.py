"""Lines found in a map of the plane: boundaries between classes, and a hatch over one side.

Maps are arrays of shape (rows, columns); row 0 is at the lowest y, and a value stands for the
middle of its cell. Points are returned in cells: (0, 0) is the middle of the first cell.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def level_crossings(
    field: Floats, level: float = 0.0
) -> tuple[Floats, Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where ``field`` crosses ``level`` along rows and columns of cells.

    Returns
    -------
    across : array, shape (rows, columns - 1)
        How far from a cell to its right neighbour the crossing lies, 0 to 1.
    up : array, shape (rows - 1, columns)
        The same to the neighbour above.
    crossed_across, crossed_up : boolean arrays of the same shapes
        Whether there is a crossing.
    """
    above = field >= level
    crossed_across = above[:, 1:] != above[:, :-1]
    crossed_up = above[1:] != above[:-1]
    distance = np.abs(np.asarray(field, dtype=np.float32) - np.float32(level)) + np.float32(1e-12)
    across = distance[:, :-1] / (distance[:, :-1] + distance[:, 1:])
    up = distance[:-1] / (distance[:-1] + distance[1:])
    return across, up, crossed_across, crossed_up


def label_crossings(
    labels: NDArray[np.integer], scores: Floats | None
) -> tuple[Floats, Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where the label changes, as `level_crossings` does.

    ``scores``, shape (rows, columns, K), places a crossing where the two labels' scores are equal;
    without them it lies half way.
    """
    crossed_across = labels[:, 1:] != labels[:, :-1]
    crossed_up = labels[1:] != labels[:-1]
    across = np.full(crossed_across.shape, 0.5, dtype=np.float32)
    up = np.full(crossed_up.shape, 0.5, dtype=np.float32)
    if scores is not None:
        for share, crossed, step in ((across, crossed_across, (0, 1)), (up, crossed_up, (1, 0))):
            row, column = np.nonzero(crossed)
            there = (row + step[0], column + step[1])
            mine, other = labels[row, column], labels[there]
            here = scores[row, column, mine] - scores[row, column, other]
            beyond = scores[(*there, other)] - scores[(*there, mine)]
            share[crossed] = here / np.maximum(here + beyond, 1e-12)
    return across, up, crossed_across, crossed_up


def boundary_segments(
    across: Floats,
    up: Floats,
    crossed_across: NDArray[np.bool_],
    crossed_up: NDArray[np.bool_],
) -> Floats:
    """Join the crossings of each square of four cells at their middle.

    Two crossings give a straight line, three a junction of three classes.

    Returns
    -------
    array, shape (segments, 4)
        x1, y1, x2, y2 in cells.
    """
    counts = crossed_across[:-1].astype(np.int8) + crossed_across[1:]
    counts += crossed_up[:, :-1]
    counts += crossed_up[:, 1:]
    row, column = np.nonzero(counts)
    if not len(row):
        return np.empty((0, 4), dtype=np.float32)
    hit = np.stack(
        [
            crossed_across[row, column],
            crossed_across[row + 1, column],
            crossed_up[row, column],
            crossed_up[row, column + 1],
        ]
    )
    zero = np.zeros(len(row), dtype=np.float32)
    x = column + np.stack([across[row, column], across[row + 1, column], zero, zero + 1.0])
    y = row + np.stack([zero, zero + 1.0, up[row, column], up[row, column + 1]])
    weight = hit / hit.sum(axis=0)
    middle_x = np.broadcast_to((x * weight).sum(axis=0), x.shape)
    middle_y = np.broadcast_to((y * weight).sum(axis=0), y.shape)
    return np.stack([x[hit], y[hit], middle_x[hit], middle_y[hit]], axis=1)


@lru_cache(maxsize=8)
def _diagonals(rows: int, columns: int, spacing: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return flat indices of the rising diagonals ``spacing`` cells apart, and what is inside."""
    starts = np.arange(-rows + spacing // 2, columns, spacing)
    steps = np.arange(rows)
    column = starts[:, None] + steps[None, :]
    inside = (column >= 0) & (column < columns)
    flat = steps[None, :] * columns + np.clip(column, 0, columns - 1)
    return flat, inside


def hatch_segments(field: Floats, level: float, spacing: int = 3) -> Floats:
    """Return rising diagonal lines over the region where ``field`` is at least ``level``.

    Returns
    -------
    array, shape (segments, 4)
        x1, y1, x2, y2 in cells; lines end where the field crosses the level, not at cells.
    """
    rows, columns = field.shape
    flat, inside = _diagonals(rows, columns, spacing)
    values = np.asarray(field, dtype=np.float32).ravel()[flat] - np.float32(level)
    on = (values >= 0.0) & inside
    padded = np.zeros((on.shape[0], on.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = on
    edge = np.diff(padded, axis=1)
    line, begin = np.nonzero(edge == 1)
    _, end = np.nonzero(edge == -1)
    first = begin - _overshoot(values, inside, line, begin, begin - 1)
    last = (end - 1) + _overshoot(values, inside, line, end - 1, end)
    offset = (-rows + spacing // 2) + line * spacing
    return np.stack([first + offset, first, last + offset, last], axis=1)


def _overshoot(
    values: Floats,
    inside: NDArray[np.bool_],
    line: NDArray[np.intp],
    here: NDArray[np.intp],
    beyond: NDArray[np.intp],
) -> Floats:
    """Return how far past the last cell inside a region a hatch line goes: up to the crossing.

    At the rim of the map it is half a cell, so that the hatch reaches the rim.
    """
    valid = (beyond >= 0) & (beyond < values.shape[1])
    safe = np.clip(beyond, 0, values.shape[1] - 1)
    valid &= inside[line, safe]
    mine = np.maximum(values[line, here], 0.0)
    other = np.maximum(-values[line, safe], 1e-12)
    return np.where(valid, mine / (mine + other), 0.5)


def chains(segments: Floats) -> list[Floats]:
    """Join segments that share their ends into lines that go on as far as they can.

    A line ends where another number of segments than two meets. Dashes run along it, where each
    segment on its own would begin anew.

    Parameters
    ----------
    segments : array, shape (segments, 4)
        As of `boundary_segments`.

    Returns
    -------
    list of arrays, shape (points, 2)
    """
    ends = np.round(segments.reshape(-1, 2), 4)
    _, names = np.unique(ends, axis=0, return_inverse=True)
    pairs = names.reshape(-1, 2).tolist()
    at: dict[int, list[int]] = {}
    for number, (first, second) in enumerate(pairs):
        if first != second:
            at.setdefault(first, []).append(number)
            at.setdefault(second, []).append(number)
    places = {name: ends[k] for k, name in enumerate(names.tolist())}
    left = {number for numbers in at.values() for number in numbers}
    # Open lines from their ends and junctions, then the closed ones from anywhere.
    starts = [name for name, numbers in at.items() if len(numbers) != 2]
    found = []
    for start in (*starts, *at):
        for number in at[start]:
            if number not in left:
                continue
            line, here = [start], start
            following: int | None = number
            while following is not None:
                left.discard(following)
                first, second = pairs[following]
                here = second if here == first else first
                line.append(here)
                onward = [k for k in at[here] if k in left] if len(at[here]) == 2 else []
                following = onward[0] if onward else None
            found.append(np.array([places[name] for name in line]))
    return found
