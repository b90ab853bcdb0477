"""The representation: chosen columns, missing values filled, scaled, categories one-hot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from core.data.columns import TOGETHER, Columns
from core.data.dataset import Dataset
from core.data.source import Each
from core.errors import InputError, nearest
from core.representation.scaling import SCALINGS, Affine, Scaling

MEASURED = 2**18  # numbers of the training part that are looked at together
BLOCKS = 8  # of rows, that are written by one call


@dataclass(frozen=True)
class Feature:
    """One number of the model's input, and where it came from.

    Parameters
    ----------
    name : str
        The column's name, or ``"column = category"``.
    column : str
        The column it was made of.
    formula : str
        How, with this fit's numbers.
    category : str or None
        The category that makes it 1, if it is one of a one-hot group.
    """

    name: str
    column: str
    formula: str
    category: str | None = None


@dataclass(frozen=True, eq=False)
class _Group:
    """The features made of one category column: `place` of the first, and code to offset.

    The last offset, -1, is that of a missing category; so is that of one not seen in training.
    """

    column: int
    place: int
    offsets: np.ndarray

    def ones(self) -> np.ndarray:
        """The features of each code, (codes + 1, features)."""
        return np.eye(self.offsets.max() + 1)[self.offsets] * (self.offsets >= 0)[:, None]

    def known(self, codes: np.ndarray) -> np.ndarray:
        """The same codes, -1 for what is none."""
        if codes.dtype.kind == "f":
            codes = np.nan_to_num(codes, nan=-1.0).astype(np.int64)
        return np.where((codes >= 0) & (codes < len(self.offsets) - 1), codes, -1)


@dataclass(frozen=True, eq=False)
class Representation:
    """Fitted once, on the training rows alone; then applied to any raw rows.

    Parameters
    ----------
    features : tuple of Feature
        The f numbers of the model's input, in order.
    columns : tuple of str
        The columns used.
    stats : Affine
        Centre and width of every feature; 0 and 1 for one-hot features.
    fill : ndarray of shape (f,)
        What a missing number is replaced by, before scaling.
    target_stats : Affine
        Centre and width of the target; 0 and 1 where it is not scaled, and for classes.
    scaling, target_scaling : str
        Names of the scalings used.
    """

    features: tuple[Feature, ...]
    columns: tuple[str, ...]
    stats: Affine
    fill: np.ndarray
    target_stats: Affine
    scaling: str
    target_scaling: str
    _width: int
    _numbers: np.ndarray
    _places: np.ndarray
    _groups: tuple[_Group, ...]

    @classmethod
    def fit(
        cls,
        dataset: Dataset,
        train_rows: np.ndarray,
        settings: Any,
        look_up: Callable[[], object] = lambda: None,
    ) -> Representation:
        """Measure the training rows.

        Parameters
        ----------
        dataset : Dataset
        train_rows : ndarray of int64
            Only these rows of the data set are looked at.
        settings : RepresentationSettings
            ``features`` (column names, or None for all), ``scaling``, ``target_scaling`` (None:
            ``"none"`` for generated data, ``"standard"`` for other number targets).
        look_up : callable, optional
            Called now and then; may raise to cancel.

        Raises
        ------
        InputError
            For an unknown, repeated or absent feature, or an unknown scaling.
        """
        chosen = _chosen(dataset, settings.features)
        scaling = SCALINGS[settings.scaling]
        target_name = _target_scaling(dataset, settings.target_scaling)
        is_number = [dataset.columns[index].kind == "number" for index in chosen]
        numbers = np.array(
            [index for index, number in zip(chosen, is_number, strict=True) if number],
            dtype=np.int64,
        )
        fitted, fill_numbers = _measured(dataset, train_rows, numbers, scaling, look_up)

        features: list[Feature] = []
        places: list[int] = []
        groups: list[_Group] = []
        for index in chosen:
            column = dataset.columns[index]
            if column.kind == "number":
                which = len(places)
                places.append(len(features))
                numbers_used = (fitted.center[which], fitted.width[which])
                features.append(Feature(column.name, column.name, _formula(*numbers_used)))
                continue
            codes = dataset.inputs[train_rows, index]
            seen = np.flatnonzero(np.bincount(codes[codes >= 0].astype(np.int64)))
            offsets = np.full(len(column.categories) + 1, -1, dtype=np.int64)
            offsets[seen] = np.arange(len(seen))
            groups.append(_Group(index, len(features), offsets))
            for code in seen:
                name = column.categories[code]
                features.append(
                    Feature(f"{column.name} = {name}", column.name, f"1 if {name}, else 0", name)
                )
        if not features:
            raise InputError(
                "no category of the chosen columns occurs in the training part",
                field="representation.features",
                value=settings.features,
                allowed="columns with values in the training part",
            )
        fill = np.zeros(len(features))
        center, width = np.zeros(len(features)), np.ones(len(features))
        center[places], width[places], fill[places] = fitted.center, fitted.width, fill_numbers
        fill.setflags(write=False)
        target = np.zeros((1, 1)) if dataset.classification else dataset.target[train_rows, None]
        return cls(
            features=tuple(features),
            columns=tuple(dataset.columns[index].name for index in chosen),
            stats=Affine(center, width),
            fill=fill,
            target_stats=SCALINGS[target_name].fit(target),
            scaling=scaling.name,
            target_scaling=target_name,
            _width=len(dataset.columns),
            _numbers=numbers,
            _places=np.array(places, dtype=np.int64),
            _groups=tuple(groups),
        )

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(feature.name for feature in self.features)

    @property
    def feature_origin(self) -> tuple[str, ...]:
        """Which column each feature was made of."""
        return tuple(feature.column for feature in self.features)

    def transform(self, raw: np.ndarray | Columns) -> np.ndarray:
        """The model's input for raw rows.

        Parameters
        ----------
        raw : ndarray of shape (m, d)
            All columns of the data set, in its order; NaN or -1 = missing.

        Returns
        -------
        ndarray of shape (m, f), float64, C-contiguous
            Missing numbers are filled first; a missing or unknown category is all zeros.
        """
        out = np.empty((len(raw), len(self.features)))
        self.transform_into(raw, out)
        return out

    def transform_into(
        self,
        raw: np.ndarray | Columns,
        out: np.ndarray,
        progress: Callable[[float], object] = lambda share: None,
        each: Each = map,
    ) -> None:
        """Write what `transform` makes of `raw` (m, d) into `out` (m, f), in the dtype of `out`.

        Nothing as large as `out` is made on the way. `progress` is called with the share done,
        and may raise to cancel. The parts of `out` are written by `each`.
        """
        if raw.ndim != 2 or raw.shape[1] != self._width:
            raise ValueError(f"raw rows have shape {raw.shape}, not (m, {self._width})")
        columns = raw.arrays if isinstance(raw, Columns) else raw.T
        groups = [(group, group.ones()) for group in self._groups]
        size, many = len(raw), BLOCKS * TOGETHER

        def write(start: int) -> float:
            scratch = np.empty(min(size, TOGETHER))
            end = min(start + many, size)
            for first in range(start, end, TOGETHER):
                rows = slice(first, min(first + TOGETHER, end))
                for column, place in zip(self._numbers, self._places, strict=True):
                    self._scale(columns[column][rows], place, out[rows, place], scratch)
                for group, ones in groups:
                    codes = columns[group.column][rows]
                    out[rows, group.place : group.place + ones.shape[1]] = ones[group.known(codes)]
            return end / size

        progress(0.0)
        for share in each(write, range(0, size, many)):
            progress(share)

    def _scale(self, raw: np.ndarray, place: int, out: np.ndarray, scratch: np.ndarray) -> None:
        """Write a feature's scaled numbers (m,) to `out`, missing ones filled."""
        center, width = self.stats.center[place], self.stats.width[place]
        moved = np.subtract(raw, center, out=scratch[: len(raw)], dtype=np.float64)
        np.divide(moved, width, out=out, casting="same_kind")
        if raw.dtype.kind == "f":
            gaps = np.isnan(raw)
            if gaps.any():
                out[gaps] = (self.fill[place] - center) / width

    def transform_target(self, target: np.ndarray) -> np.ndarray:
        """Number targets of shape (m,) as the model learns them."""
        return self.target_stats.transform(target)

    def inverse_target(self, output: np.ndarray) -> np.ndarray:
        """Model outputs of any shape in the target's own unit."""
        return self.target_stats.inverse(output)


def _chosen(dataset: Dataset, names: list[str] | tuple[str, ...] | None) -> list[int]:
    """Indices of the chosen columns, in the order chosen."""
    known = dataset.column_names
    if names is None:
        return list(range(len(known)))
    shown = ", ".join(known[:12]) + (f" ... ({len(known)} columns)" if len(known) > 12 else "")
    if not names:
        raise InputError(
            "no feature is chosen", field="representation.features", value=[], allowed=shown
        )
    for position, name in enumerate(names):
        if name not in known:
            raise InputError(
                f"{nearest(str(name), known)}unknown feature",
                field="representation.features",
                value=name,
                allowed=shown,
            )
        if name in names[:position]:
            raise InputError(
                "a feature is named twice",
                field="representation.features",
                value=name,
                allowed="each feature once",
            )
    return [known.index(name) for name in names]


def _target_scaling(dataset: Dataset, name: str | None) -> str:
    if name is None:
        return "none" if dataset.classification or dataset.generated else "standard"
    if dataset.classification and name != "none":
        raise InputError(
            "classes are not scaled",
            field="representation.target_scaling",
            value=name,
            allowed="none",
        )
    return SCALINGS[name].name


def _measured(
    dataset: Dataset,
    rows: np.ndarray,
    numbers: np.ndarray,
    scaling: Scaling,
    look_up: Callable[[], object],
) -> tuple[Affine, np.ndarray]:
    """The scaling fitted to these rows and columns, and what fills their gaps: (f,) each.

    All columns at once while they are small, so that nothing as large as the table is made.
    """
    center, width, fill = np.zeros(len(numbers)), np.ones(len(numbers)), np.zeros(len(numbers))
    together = max(1, MEASURED // max(len(rows), 1))
    for start in range(0, len(numbers), together):
        look_up()
        part = slice(start, start + together)
        known = np.empty((len(rows), len(numbers[part])))
        for place, column in enumerate(numbers[part]):
            known[:, place] = dataset.inputs[rows, column]
        filled, fill[part] = _filled(known, dataset.missing)
        fitted = scaling.fit(filled)
        center[part], width[part] = fitted.center, fitted.width
    return Affine(center, width), fill


def _filled(known: np.ndarray, strategy: str) -> tuple[np.ndarray, np.ndarray]:
    """`known` (n, f) with its gaps filled, and by what (f,); 0 for a column without any value."""
    gaps = np.isnan(known)
    fill = np.zeros(known.shape[1])
    for column, some, all_of_it in zip(count(), gaps.any(axis=0), gaps.all(axis=0), strict=False):
        if not all_of_it:
            values = known[~gaps[:, column], column] if some else known[:, column]
            fill[column] = np.median(values) if strategy == "median" else values.mean()
    return (np.where(gaps, fill, known) if gaps.any() else known), fill


def _formula(center: float, width: float) -> str:
    if center == 0 and width == 1:
        return "x"
    moved = f"x {'-' if center >= 0 else '+'} {abs(center):.4g}" if center else "x"
    return moved if width == 1 else f"({moved}) / {width:.4g}"
