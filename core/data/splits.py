"""The three parts of the data: one to learn from, one to choose by, one kept sealed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import InputError
from core.seeds import stream


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

    rng = stream(seed, "split")
    order = rng.permutation(len(pool))
    labels = target[pool] if classification else np.zeros(len(pool), dtype=np.int64)
    # By counting: np.unique would import numpy.ma, which the start of the window waits for.
    found = np.bincount(labels)
    strata, counts = (np.cumsum(found > 0) - 1)[labels], found[found > 0]
    if len(counts) <= np.iinfo(np.int16).max:
        strata = strata.astype(np.int16)  # short numbers are sorted by their digits, in one go
    order = order[np.argsort(strata[order], kind="stable")]
    starts = np.cumsum(counts) - counts
    place = np.arange(len(pool)) - np.repeat(starts, counts)

    tests = _largest_remainder(counts, test_size, counts)
    validations = _largest_remainder(counts, validation_size, counts - tests)
    tests_here = np.repeat(tests, counts)
    held_out = np.repeat(tests + validations, counts)
    rows = pool[order]
    test = rows[place < tests_here] if given_test is None else np.flatnonzero(given_test)
    return Parts(
        train=np.sort(rows[place >= held_out]),
        validation=np.sort(rows[(place >= tests_here) & (place < held_out)]),
        test=np.sort(test).astype(np.int64),
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
