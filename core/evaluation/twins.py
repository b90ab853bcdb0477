"""Twins: samples that look alike to every model and yet want different predictions.

Whatever a model says of one represented vector it says of all samples that have it. Each group
of twins therefore has a least mean loss, that of the best single answer, and so has the training
part: no amount of training gets below it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import numpy as np

from core.errors import InputError
from core.problem import Problem

Array = np.ndarray
Progress = Callable[[float], object]

NEAR = 1e-3  # of the typical distance to the nearest other sample
PROBES, AMONG = 200, 100_000  # samples whose nearest is looked for, and among how many
TOGETHER = 2**18  # numbers that are looked at between two calls of `progress`
HALVINGS = 60  # of an interval that holds a group's best answer


@dataclass(frozen=True, eq=False)
class Twins:
    """Samples of the training part with (nearly) the same vector and different targets.

    Attributes
    ----------
    groups : tuple of ndarray of int64
        The rows of each group, ascending; the groups by their first row. Rows that agree with
        others in vector and target are part of their group.
    group_floors : ndarray of shape (groups,)
        Least mean loss of each group's samples, class weights respected.
    loss_floor : float
        Least mean data loss of the training part, in the loss's own (scaled) unit.
    accuracy_ceiling : float or None
        Highest share of the training part that can be right; None for numbers.
    count : int
        Samples in groups.
    tolerance : float
        Distance in represented space up to which vectors count as the same.
    """

    groups: tuple[Array, ...]
    group_floors: Array
    loss_floor: float
    accuracy_ceiling: float | None
    count: int
    tolerance: float


def find_twins(
    problem: Problem, tolerance: float | None = None, progress: Progress | None = None
) -> Twins:
    """The twins of the training part, and the floor of loss that they force.

    Vectors that are equal, or a chain of steps of at most `tolerance` apart, make a group. For
    equal vectors the floor binds every model; for nearly equal ones every model that does not
    turn sharply between them.

    Parameters
    ----------
    problem : Problem
    tolerance : float, optional
        Distance in represented space; by default a thousandth of the median distance to the
        nearest other sample. 0: equal vectors alone.
    progress : callable, optional
        Called with the share done; may raise to cancel.

    Raises
    ------
    InputError
        For a tolerance that is negative or no number.
    """
    told = progress or (lambda share: None)
    if tolerance is not None and not 0 <= tolerance < np.inf:
        raise InputError("no distance", field="tolerance", value=tolerance, allowed="0 or more")
    told(0.0)
    rows = problem.rows("train")
    first, of = _equal(problem, rows)
    vectors = np.asarray(problem.inputs(rows[first]), np.float64)
    told(0.2)
    if tolerance is None:
        tolerance = NEAR * typical_distance(vectors, told)
    told(0.4)
    group = _joined(vectors, tolerance, told)[of]
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(group[order]) > 0])
    mixed = _mixed(problem.y[rows[order]], starts)
    kept = np.repeat(mixed, np.diff(np.r_[starts, len(order)]))
    some = rows[order[kept]]
    sizes = np.diff(np.r_[starts, len(order)])[mixed]
    begins = np.cumsum(sizes) - sizes
    told(0.9)

    weight = np.ones(len(problem.x)) if problem.weight is None else problem.weight
    weight = weight.astype(np.float64)
    floors = loss_floors(problem, some, begins, weight[some])
    missed = _outvoted(problem, some, begins)
    groups = tuple(np.split(some, begins[1:])) if len(some) else ()
    by_first = np.argsort([int(group[0]) for group in groups]) if groups else np.zeros(0, int)
    shares = np.add.reduceat(weight[some], begins) if len(some) else np.zeros(0)
    told(1.0)
    return Twins(
        groups=tuple(groups[i] for i in by_first),
        group_floors=(floors / np.maximum(shares, np.finfo(float).tiny))[by_first],
        loss_floor=float(floors.sum() / weight[rows].sum()),
        accuracy_ceiling=None if missed is None else 1.0 - missed / len(rows),
        count=len(some),
        tolerance=float(tolerance),
    )


def loss_floors(problem: Problem, rows: Array, starts: Array, weight: Array) -> Array:
    """The least weighted sum of losses in each group, when all its samples get one answer.

    Cross entropies: the entropy of the label shares times the weight, at the shares themselves
    (Gibbs' inequality). mse: the variance, at the mean. hinge: twice the lesser side, at any score
    from -1 to 1. mae and huber: at the point where the slope changes its sign, which for mae is a
    weighted median. A loss over several outputs is their mean, each with its own best answer.

    Parameters
    ----------
    problem : Problem
    rows : ndarray of int64
        Group after group.
    starts : ndarray of int64
        Where each group begins in `rows`.
    weight : ndarray
        Of each of the rows.

    Returns
    -------
    ndarray of shape (groups,), float64
    """
    if not len(rows):
        return np.zeros(0)
    y = problem.y[rows].astype(np.float64)
    total = np.add.reduceat(weight, starts)[:, None]
    ones = np.add.reduceat(weight[:, None] * y, starts, axis=0)
    if problem.loss.link == "softmax":
        return np.asarray(_entropy(ones, total).sum(axis=1))
    if problem.loss.link == "sigmoid":
        return np.asarray((_entropy(ones, total) + _entropy(total - ones, total)).mean(axis=1))
    if problem.loss.name == "hinge":
        return np.asarray(2 * np.minimum(ones, total - ones).mean(axis=1))
    if problem.loss.name == "mse":
        best = ones / total
    else:
        reach = problem.delta if problem.loss.name == "huber" else 0.0
        best = _balanced(y, weight, starts, reach)
    of = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(rows)]))
    prices = problem.loss.sample_losses(best[of], y, problem.delta)
    return np.asarray(np.add.reduceat(weight * prices, starts))


def _entropy(part: Array, total: Array) -> Array:
    """Minus part x log(part / total), 0 for nothing."""
    share = np.clip(part / total, 0.0, 1.0)
    return np.asarray(-total * share * np.log(np.where(share > 0, share, 1.0)))


def _balanced(y: Array, weight: Array, starts: Array, reach: float) -> Array:
    """Where the slopes of a group, clipped to ±`reach` (0: their signs alone), sum to 0."""
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    of = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(y)]))
    for _ in range(HALVINGS):
        middle = low + (high - low) / 2
        miss = middle[of] - y
        slope = np.clip(miss, -reach, reach) if reach else np.sign(miss)
        above = np.add.reduceat(weight[:, None] * slope, starts, axis=0) > 0
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.asarray(high)


def _outvoted(problem: Problem, rows: Array, starts: Array) -> int | None:
    """How many samples do not have the commonest class of their group."""
    if not problem.classes:
        return None
    if not len(rows):
        return 0
    of = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(rows)]))
    pairs, counts = np.unique(of * problem.classes + problem.labels[rows], return_counts=True)
    first = np.flatnonzero(np.r_[True, np.diff(pairs // problem.classes) > 0])
    return int(len(rows) - np.maximum.reduceat(counts, first).sum())


def _mixed(y: Array, starts: Array) -> Array:
    """Which groups hold different targets."""
    return np.asarray(
        (np.maximum.reduceat(y, starts) != np.minimum.reduceat(y, starts)).any(axis=1)
    )


def _equal(problem: Problem, rows: Array) -> tuple[Array, Array]:
    """One of each distinct vector's places in `rows`, and each row's number among these.

    Rows are told apart by a 64-bit sum of their bits, each column times an odd number of its own;
    should two different ones ever agree in it, other numbers are taken.
    """
    columns = [problem.x[rows, column] + 0.0 for column in range(problem.features)]  # -0 is 0
    for seed in count():
        odd = np.random.default_rng(seed).integers(0, 2**63, len(columns), np.uint64) * 2 + 1
        sums = np.zeros(len(rows), np.uint64)
        for column, factor in zip(columns, odd, strict=True):
            bits = column.view(np.dtype(f"u{column.itemsize}")).astype(np.uint64)
            bits ^= bits >> np.uint64(32)
            sums += bits * factor
        _, first, of = np.unique(sums, return_index=True, return_inverse=True)
        if all((column[first][of] == column).all() for column in columns):
            return first, of
    raise AssertionError("unreachable")


def typical_distance(vectors: Array, told: Progress = lambda share: None) -> float:
    """Median distance of some of the vectors (n, f) to their nearest other one; 0 for one.

    Of more than `AMONG` vectors an even sample is looked at.
    """
    some = vectors[:: max(1, len(vectors) // AMONG)]
    if len(some) < 2:
        return 0.0
    probes = np.unique(np.linspace(0, len(some) - 1, PROBES).astype(np.int64))
    found = np.empty(len(probes))
    together = max(1, TOGETHER // max(1, vectors.shape[1]))
    for number, probe in enumerate(probes):
        told(0.2 + 0.2 * number / len(probes))
        least = np.inf
        for start in range(0, len(some), together):
            block = some[start : start + together]
            squares = np.square(block - some[probe]).sum(axis=1)
            if start <= probe < start + len(block):
                squares[probe - start] = np.inf
            least = min(least, float(squares.min()))
        found[number] = np.sqrt(least)
    return float(np.median(found))


def _joined(vectors: Array, tolerance: float, told: Progress) -> Array:
    """Each vector's group (n,): those that chains of steps within `tolerance` join.

    Vectors no farther apart than that are no farther apart along any direction: in the order
    along one of them, only neighbours need to be compared.
    """
    group = np.arange(len(vectors))
    if not tolerance or len(vectors) < 2:
        return group
    direction = np.random.default_rng(0).standard_normal(vectors.shape[1])
    along = vectors @ (direction / np.linalg.norm(direction))
    order = np.argsort(along, kind="stable")
    along, reach = along[order], tolerance * (1 + 1e-9)
    left, offset = np.arange(len(order) - 1), 0
    pairs: list[tuple[Array, Array]] = []
    together = max(1, TOGETHER // max(1, vectors.shape[1]))
    while len(left):
        offset += 1
        left = left[left + offset < len(order)]
        left = left[along[left + offset] - along[left] <= reach]
        for start in range(0, len(left), together):
            told(0.4 + 0.5 * offset / len(order))
            one = left[start : start + together]
            gap = vectors[order[one]] - vectors[order[one + offset]]
            near = one[np.sqrt(np.square(gap).sum(axis=1)) <= tolerance]
            if len(near):
                pairs.append((order[near], order[near + offset]))
        if sum(len(one) for one, _ in pairs) > len(vectors):
            group, pairs = _merged(group, pairs), []
    return _merged(group, pairs)


def _merged(group: Array, pairs: list[tuple[Array, Array]]) -> Array:
    """The groups once the two of each pair are in one: labels fall until they agree."""
    if not pairs:
        return group
    one, other = (np.concatenate(side) for side in zip(*pairs, strict=True))
    while True:
        least = np.minimum(group[one], group[other])
        before = group.copy()
        # The group of each end takes the lower name, and every name its own lowest.
        np.minimum.at(group, before[one], least)
        np.minimum.at(group, before[other], least)
        while (group[group] != group).any():
            group = group[group]
        if (group[one] == group[other]).all():
            return group
