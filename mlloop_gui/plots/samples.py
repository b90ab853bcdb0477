"""The samples of a plot: positions, classes or targets, parts, and which are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlloop_gui.plots import numbers
from mlloop_gui.plots.markers import PART_NAMES


def class_name(names: Sequence[str], index: int) -> str:
    """Return the name of a class, or its number where it has none."""
    return names[index] if 0 <= index < len(names) else f"class {index}"


@dataclass(frozen=True, eq=False)
class Samples:
    """Arrays of one length n: ``xy`` (n, 2), ``kinds`` (class or target), ``part``, ``wrong``.

    ``kept`` holds the rows of the arrays given that are shown: those with finite positions.
    """

    xy: NDArray[np.float64]
    kinds: NDArray[Any]
    part: NDArray[np.int64]
    wrong: NDArray[np.bool_]
    ids: NDArray[np.int64]
    kept: NDArray[np.intp]
    given: int

    @staticmethod
    def none() -> Samples:
        """Return no samples."""
        return Samples.of(np.empty((0, 2)), [], [], None, None)

    @staticmethod
    def of(
        xy: ArrayLike,
        kinds: ArrayLike,
        part: ArrayLike,
        wrong: ArrayLike | None,
        ids: ArrayLike | None,
    ) -> Samples:
        """Take arrays as they come; raise ValueError when their lengths differ."""
        places = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
        length = len(places)
        columns: dict[str, NDArray[Any]] = {
            "kinds": np.asarray(kinds),
            "part": np.asarray(part, dtype=np.int64),
            "wrong": _flags(wrong, length),
            "ids": np.arange(length) if ids is None else np.asarray(ids, dtype=np.int64),
        }
        for name, column in columns.items():
            if column.shape != (length,):
                raise ValueError(f"{name} has shape {column.shape} for {length} samples")
        kept = np.flatnonzero(np.isfinite(places).all(axis=1))
        chosen = {name: column[kept] for name, column in columns.items()}
        return Samples(xy=places[kept], kept=kept, given=length, **chosen)

    def with_wrong(self, wrong: ArrayLike) -> Samples:
        """Return the same samples with another answer to which are wrong."""
        return replace(self, wrong=_flags(wrong, self.given)[self.kept])

    def __len__(self) -> int:
        return len(self.xy)

    def row_of(self, sample: int | None) -> int | None:
        """Return the row of the sample with this id, None when it is not shown."""
        if sample is None:
            return None
        rows = np.flatnonzero(self.ids == sample)
        return int(rows[0]) if len(rows) else None

    def words(self, row: int, mode: str, names: Sequence[str]) -> str:
        """Return a sample in a few words."""
        said = f"sample {self.ids[row]} ({PART_NAMES[self.part[row]]}): "
        if mode == "classes":
            said += class_name(names, int(self.kinds[row]))
            return said + (", misclassified" if self.wrong[row] else "")
        target = self.xy[row, 1] if mode == "curve" else self.kinds[row]
        return said + f"target {numbers.short(float(target))}"

    def as_table(
        self, labels: tuple[str, str], names: Sequence[str], mode: str
    ) -> tuple[list[str], list[Any]]:
        """Return headers and columns."""
        headers = ["sample", "part", *labels]
        parts = [PART_NAMES[part] for part in self.part]
        columns: list[Any] = [self.ids, parts, self.xy[:, 0], self.xy[:, 1]]
        if mode == "classes":
            headers += ["class", "misclassified"]
            columns += [[class_name(names, int(kind)) for kind in self.kinds], self.wrong]
        elif mode == "surface":
            headers.append("target")
            columns.append(self.kinds)
        return headers, columns


def _flags(wrong: ArrayLike | None, length: int) -> NDArray[np.bool_]:
    return np.zeros(length, dtype=bool) if wrong is None else np.asarray(wrong, dtype=bool)
