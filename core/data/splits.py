"""The three parts of the data: one to learn from, one to choose by, one kept sealed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import InputError
from core.seeds import stream

_TRAIN, _VALIDATION, _TEST = range(3)


@dataclass(frozen=True, eq=False)
class Parts:
    """Row numbers of the three parts, each ascending, read-only int64."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    def __post_init__(self) -> None:
        for rows in (self.train, self.validation, self.test):
            rows.setflags(write=False)


def split(
    target: np.ndarray,
    validation_fraction: float,
    test_fraction: float,
    seed: int,
    classification: bool,
    given_test: np.ndarray | None = None,
    keys: np.ndarray | None = None,
) -> Parts:
    """Share the rows out, each class in proportion.

    Parameters
    ----------
    target : ndarray of shape (n,)
        Classes are kept in proportion; numbers are split at random.
    validation_fraction, test_fraction : float
        Each part gets exactly ``round(n * fraction)`` rows, shared between the classes by
        largest remainder.
    seed : int
        The data seed.
    classification : bool
    given_test : ndarray of shape (n,), bool, optional
        Rows of the person's own test file: they are the test part, ``test_fraction`` is not
        used, and n is the number of the other rows.
    keys : ndarray of shape (n,), optional
        Rows are shared out in the order of these instead of a drawn one.

    Raises
    ------
    InputError
        When a part that is wanted ends empty, or nothing is left to learn from.
    """
    if given_test is None:
        pool = np.arange(len(target), dtype=np.int64)
        test_size = round(len(pool) * test_fraction)
        _check("test_fraction", test_fraction, test_size, len(pool))
    else:
        pool = np.flatnonzero(~given_test).astype(np.int64)
        test_size = 0
    validation_size = round(len(pool) * validation_fraction)
    _check("validation_fraction", validation_fraction, validation_size, len(pool))
    if validation_size + test_size >= len(pool):
        raise InputError(
            f"of {len(pool)} rows, {validation_size} go to validation and {test_size} to test: "
            "none is left to train on",
            field="evaluation.validation_fraction",
            value=validation_fraction,
            allowed="smaller fractions, or more rows",
        )

    if keys is None:
        order = stream(seed, "split").permutation(len(pool))
    else:
        order = np.argsort(keys[pool], kind="stable")
    labels = target if given_test is None else target[pool]
    if not classification:
        labels = np.zeros(len(pool), dtype=np.int16)
    # By counting: np.unique would import numpy.ma, which the start of the window waits for.
    found = np.bincount(labels)
    counts = found[found > 0]
    # Short numbers are sorted digit by digit, which takes one pass and little memory.
    number = (np.cumsum(found > 0) - 1).astype(np.int16 if len(counts) < 2**15 else np.int64)
    order = order[np.argsort(number[labels][order], kind="stable")]

    tests = _largest_remainder(counts, test_size, counts)
    validations = _largest_remainder(counts, validation_size, counts - tests)
    part = np.zeros(len(pool), dtype=np.int8)
    ends = np.cumsum(counts)
    for first, test, validation in zip(ends - counts, tests, validations, strict=True):
        part[order[first : first + test]] = _TEST
        part[order[first + test : first + test + validation]] = _VALIDATION
    del order
    return Parts(
        train=pool[part == _TRAIN],
        validation=pool[part == _VALIDATION],
        test=pool[part == _TEST] if given_test is None else np.flatnonzero(given_test),
    )


def _check(name: str, fraction: float, size: int, rows: int) -> None:
    if fraction > 0 and size == 0:
        raise InputError(
            f"with {rows} rows this part would be empty",
            field=f"evaluation.{name}",
            value=fraction,
            allowed="0, a larger fraction, or more rows",
        )


def _largest_remainder(counts: np.ndarray, total: int, room: np.ndarray) -> np.ndarray:
    """Share `total` out in proportion to `counts` (Hamilton's method), at most `room` to each.

    Whole numbers throughout, so that no rounding of floats decides a tie; ties go to the first.
    """
    whole, remainder = np.divmod(counts * total, counts.sum())
    left = total - int(whole.sum())
    # Strata without room come last; those with none of their quota left over just before them.
    preference = np.lexsort((-remainder, room <= whole))
    whole[preference[:left]] += 1
    return whole
