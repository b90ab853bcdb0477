"""Points that a person has drawn by hand, as a data source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.dataset import Column, Dataset
from core.data.source import Each, Progress, Source
from core.errors import InputError

ALLOWED = "a list of points [x1, x2, class]"


@dataclass(frozen=True, kw_only=True)
class Drawn(Source):
    """The source whose samples stand in the experiment itself."""

    def class_count(self, settings: Any) -> int:
        """As many as have names, else up to the highest class that a point is of.

        A class in between that has lost its last point keeps its number, and so its colour.
        """
        if settings.class_names is not None:
            return len(settings.class_names)
        return 1 + max((number for _, _, number in settings.points or ()), default=0)

    def load(
        self,
        settings: Any,
        seed: int,
        resolve: Callable[[str], Any] = str,
        progress: Progress | None = None,
        each: Each = map,
    ) -> Dataset:
        if not settings.points:
            raise InputError("missing", field="data.points", allowed=ALLOWED)
        table = np.array(settings.points, np.float64)
        inputs, target = np.ascontiguousarray(table[:, :2]), table[:, 2].astype(np.int64)
        names = class_names(settings.class_names, self.class_count(settings))
        present = np.bincount(target, minlength=len(names))
        absent = [name for name, count in zip(names, present, strict=True) if not count]
        return Dataset(
            name=self.name,
            task="classification",
            description=f"Predicts the class of a point drawn by hand from its coordinates x1 and"
            f" x2 ({len(target)} points).",
            columns=tuple(Column(name) for name in self.inputs),
            inputs=inputs,
            target=target,
            target_name="class",
            class_names=names,
            split_keys=keys_of(inputs, seed),
            notes=tuple(f"{name}: no point is of it" for name in absent),
        )


def class_names(given: tuple[str, ...] | None, count: int) -> tuple[str, ...]:
    """The classes' names: as given, else ``class 1``, ``class 2``, ..."""
    return given or tuple(f"class {number + 1}" for number in range(count))


def keys_of(points: np.ndarray, seed: int) -> np.ndarray:
    """A number for each point that follows from where it lies and the seed alone.

    Shared out in the order of these numbers, points keep their part when others are drawn, moved
    or erased, but for the few at the parts' ends.

    Parameters
    ----------
    points : ndarray of shape (n, d), float64
    seed : int
        The data seed.

    Returns
    -------
    ndarray of shape (n,), uint64
        Of the mixing function of SplitMix64 (Steele, Lea and Flood 2014).
    """
    keys = np.full(len(points), seed, np.uint64)
    for column in points.T:
        # Adding 0 makes one of -0.0 and 0.0, which lie at the same place.
        keys = _mixed(keys ^ np.ascontiguousarray(column + 0.0).view(np.uint64))
    return keys


def _mixed(z: np.ndarray) -> np.ndarray:
    z = z + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


DRAWN = Drawn(
    name="drawn",
    label="Drawn by hand",
    explanation="Predicts the class of a point that you drew from its coordinates x1 and x2.",
    basic=True,
    task="classification",
    inputs=("x1", "x2"),
    suggested={
        "model.hidden": [8],
        "model.activation": "tanh",
        "optimizer.name": "adam",
        "optimizer.learning_rate": 0.03,
    },
)
