"""A shifted copy of the test part: other inputs, other shares of classes, or another concept.

Everything is measured on the training rows, and done to raw columns, before representation.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.data.columns import Columns
from core.data.dataset import Dataset
from core.data.load import flip_labels
from core.data.splits import Parts
from core.errors import InputError
from core.seeds import stream
from core.settings.shift import ShiftSettings

Shift = ShiftSettings
RESAMPLED, NOISY = range(2)  # streams of their own, so that one kind of shift moves no other


def with_shift(dataset: Dataset, parts: Parts, shift: Shift, seed: int) -> Dataset:
    """The data set with its test rows shifted, in their places; all others are as they were.

    Raises
    ------
    InputError
        If the shift does not fit the data.
    """
    if not shift.kinds or not len(parts.test):
        return dataset
    inputs, target, rows = shifted_rows(dataset, parts.train, parts.test, shift, seed)
    placed = [dataset.target.copy(), dataset.true_target.copy(), dataset.rows.copy()]
    copied = (target, dataset.true_target[rows], dataset.rows[rows])
    for whole, part in zip(placed, copied, strict=True):
        whole[parts.test] = part
    return replace(
        dataset,
        inputs=_replaced(dataset.inputs, parts.test, inputs),
        target=placed[0],
        true_target=placed[1],
        rows=placed[2],
        notes=(*dataset.notes, f"the test part is shifted: {', '.join(shift.kinds)} shift"),
    )


def shifted_rows(
    dataset: Dataset, train: np.ndarray, rows: np.ndarray, shift: Shift, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shifted copies of some rows, as many as there are.

    The concept changes first, at the places where the rows are; then the shares of the classes;
    then the inputs move. An identity returns what is there, bit for bit.

    Parameters
    ----------
    dataset : Dataset
    train : ndarray of int64
        Rows that means and spreads are measured on.
    rows : ndarray of shape (n,), int64
        Rows to copy; ascending.
    shift : Shift
    seed : int
        Noise, flips and resampling follow from it; a larger amount moves the same rows more.

    Returns
    -------
    inputs : ndarray of shape (n, d), float64
    target : ndarray of shape (n,), int64 classes or float64 numbers
    rows : ndarray of shape (n,), int64
        Which row each is a copy of; ascending.

    Raises
    ------
    InputError
        If the shift does not fit the data.
    """
    _check(dataset, shift)
    inputs, target = np.asarray(dataset.inputs[rows]), dataset.target[rows]
    numbers = [at for at, column in enumerate(dataset.columns) if column.kind == "number"]
    if not numbers and (shift.concept or "covariate" in shift.kinds):
        raise InputError(
            "the data have no column of numbers to shift",
            field="data.shift",
            allowed="class_shares and label_flips",
        )
    mean, spread = _measured(dataset, train, numbers)
    if shift.concept:
        target = _turned_concept(dataset, train, inputs[:, numbers], target, shift, mean, spread)
    if shift.label_flips:
        target = flip_labels(target, len(dataset.class_names), shift.label_flips, seed)
    if shift.class_shares is not None:
        chosen = _resampled(target, np.array(shift.class_shares), dataset.class_names, seed)
        inputs, target, rows = inputs[chosen], target[chosen], rows[chosen]
    if "covariate" in shift.kinds:
        inputs = np.array(inputs)
        inputs[:, numbers] = _moved(inputs[:, numbers], shift, mean, spread, seed)
    return inputs, target, rows


def _check(dataset: Dataset, shift: Shift) -> None:
    """Raise an `InputError` where the lengths do not fit, or numbers are taken for classes."""
    classes = len(dataset.class_names)
    for name, value in (("class_shares", shift.class_shares), ("label_flips", shift.label_flips)):
        if value and not classes:
            raise InputError(
                f"{dataset.target_name} is a number: there are no classes",
                field=f"data.shift.{name}",
                value=value,
                allowed="data with classes",
            )
    if shift.class_shares is not None and len(shift.class_shares) != classes:
        raise InputError(
            f"{len(shift.class_shares)} shares for {classes} classes",
            field="data.shift.class_shares",
            value=list(shift.class_shares),
            allowed=f"{classes} shares, one for each class",
        )
    numbers = sum(column.kind == "number" for column in dataset.columns)
    if len(shift.move) not in (1, numbers):
        raise InputError(
            f"{len(shift.move)} moves for {numbers} number columns",
            field="data.shift.move",
            value=list(shift.move),
            allowed=f"one for all, or {numbers}",
        )


def _measured(
    dataset: Dataset, train: np.ndarray, numbers: list[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of the number columns over the rows that have a value."""
    mean, spread = np.zeros(len(numbers)), np.zeros(len(numbers))
    for place, at in enumerate(numbers):
        values = dataset.inputs[train, at]
        known = values[~np.isnan(values)]
        if len(known):
            mean[place], spread[place] = known.mean(), known.std()
    return mean, spread


def _turned_concept(
    dataset: Dataset,
    train: np.ndarray,
    numbers: np.ndarray,
    target: np.ndarray,
    shift: Shift,
    mean: np.ndarray,
    spread: np.ndarray,
) -> np.ndarray:
    """The targets, with those of the rows farthest towards the angle turned."""
    angle = np.deg2rad(shift.concept_angle)
    plane = (numbers[:, :2] - mean[:2]) / np.where(spread[:2] > 0, spread[:2], 1.0)
    towards = np.nan_to_num(plane) @ np.array([np.cos(angle), np.sin(angle)])[: plane.shape[1]]
    count = round(shift.concept * len(target))
    rows = np.argsort(-towards, kind="stable")[:count]
    turned = target.copy()
    if dataset.classification:
        turned[rows] = (target[rows] + 1) % len(dataset.class_names)
    else:
        turned[rows] = 2 * dataset.target[train].mean() - target[rows]
    return turned


def _resampled(
    target: np.ndarray, shares: np.ndarray, names: tuple[str, ...], seed: int
) -> np.ndarray:
    """Which rows stand for as many, so that the classes come in these shares; ascending.

    Counts by largest remainder. Of a class that comes less often a part is left out; one that
    comes more often has all its rows equally often, but for a remainder.
    """
    quota = shares / shares.sum() * len(target)
    wanted = np.floor(quota).astype(np.int64)
    late = np.argsort(wanted - quota, kind="stable")
    wanted[late[: len(target) - int(wanted.sum())]] += 1
    order = stream(seed, "shift", RESAMPLED).permutation(len(target))
    chosen = []
    for number, count in enumerate(wanted):
        rows = order[target[order] == number]
        if count and not len(rows):
            raise InputError(
                f"the test part has no row of class {names[number]!r} to repeat",
                field="data.shift.class_shares",
                value=shares.tolist(),
                allowed="0 for that class",
            )
        chosen.append(np.resize(rows, count))
    return np.sort(np.concatenate(chosen))


def _moved(
    numbers: np.ndarray, shift: Shift, mean: np.ndarray, spread: np.ndarray, seed: int
) -> np.ndarray:
    """Number columns (n, k) scaled and turned about the mean, moved, and made noisy."""
    found = np.array(numbers)
    if shift.scale != 1:
        found = mean + shift.scale * (found - mean)
    if shift.turn % 360:
        cos, sin = np.cos(np.deg2rad(shift.turn)), np.sin(np.deg2rad(shift.turn))
        for first in range(0, found.shape[1] - 1, 2):
            pair = slice(first, first + 2)
            both = ~np.isnan(found[:, pair]).any(axis=1) & (spread[pair] > 0).all()
            a, b = ((found[both, pair] - mean[pair]) / np.maximum(spread[pair], 1e-300)).T
            turned = np.stack([cos * a - sin * b, sin * a + cos * b], axis=1)
            found[both, pair] = mean[pair] + spread[pair] * turned
    if any(shift.move):
        found += np.array(shift.move) * spread
    if shift.noise:
        draws = stream(seed, "shift", NOISY).standard_normal(found.shape)
        found += shift.noise * spread * draws
    return found


def _replaced(
    inputs: np.ndarray | Columns, rows: np.ndarray, values: np.ndarray
) -> np.ndarray | Columns:
    """The inputs with some rows replaced, columns of tables each by itself."""
    if not isinstance(inputs, Columns):
        placed = inputs.copy()
        placed[rows] = values
        return placed
    arrays = []
    for array, column in zip(inputs.arrays, values.T, strict=True):
        if not np.array_equal(array[rows], column, equal_nan=array.dtype.kind == "f"):
            # A narrow type need not hold what comes of it.
            array = array.astype(np.float64)
            array[rows] = column
        arrays.append(array)
    return Columns(arrays)
