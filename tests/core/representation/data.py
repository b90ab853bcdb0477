"""Data sets and settings for the tests of representations."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.data import Column, Dataset
from core.representation import Representation
from core.settings.problem import RepresentationSettings

TRAIN = np.arange(60)
TEXTS = ("free money now", "see you at noon", "money for you", "noon is free")


def table(seed: int = 0, task: str = "regression") -> Dataset:
    """90 rows of three numbers with gaps, two category columns and one of texts."""
    rng = np.random.default_rng(seed)
    inputs = np.column_stack([
        rng.normal(3, 2, 90), rng.uniform(0.5, 4, 90), rng.integers(0, 3, 90),
        rng.normal(-1, 0.1, 90), rng.integers(-1, 2, 90), rng.integers(0, 4, 90),
    ])  # fmt: skip
    inputs[[5, 70], 0] = np.nan
    columns = (
        Column("a"), Column("b"), Column("colour", "category", ("red", "green", "blue")),
        Column("c d"), Column("shape", "category", ("round", "square")),
        Column("note", "text", TEXTS),
    )  # fmt: skip
    return Dataset("table", task, "", columns, inputs, rng.normal(0, 1, 90))


def numbers(rows: int = 90, columns: int = 3, seed: int = 0) -> Dataset:
    """Rows of numbers alone, n1, n2, ..."""
    rng = np.random.default_rng(seed)
    names = tuple(Column(f"n{at}") for at in range(1, columns + 1))
    inputs = rng.normal(1, 2, (rows, columns))
    return Dataset("numbers", "regression", "", names, inputs, rng.normal(0, 1, rows))


def pictures(height: int = 4, width: int = 6) -> Dataset:
    """90 pictures of whole numbers."""
    rng = np.random.default_rng(1)
    columns = tuple(Column(f"r{r} c{c}") for r in range(height) for c in range(width))
    inputs = rng.integers(0, 17, (90, height * width)).astype(float)
    return Dataset("pictures", "regression", "", columns, inputs, rng.normal(0, 1, 90),
                   picture_shape=(height, width))  # fmt: skip


def fit(dataset: Dataset, seed: int = 0, rows: np.ndarray = TRAIN, **values: Any) -> Representation:
    """Fitted to the first 60 rows."""
    return Representation.fit(dataset, rows, RepresentationSettings(**values), seed=seed)
