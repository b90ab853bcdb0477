"""The representation: what the pieces make of the chosen columns, and the target's scaling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.columns import TOGETHER, Columns
from core.data.dataset import Column, Dataset
from core.data.source import Each
from core.errors import InputError
from core.representation.objects import raw_columns
from core.representation.pieces import Feature, Piece, Training
from core.representation.plan import Chosen, chosen_features, fit_pieces
from core.representation.scaling import SCALINGS, Affine

MEASURED = 2**18  # numbers of the training part that are looked at together
BLOCKS = 8  # of rows, that are written by one call


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
    pieces : tuple of Piece
        What makes the features, some each, in order.
    """

    features: tuple[Feature, ...]
    columns: tuple[str, ...]
    stats: Affine
    fill: np.ndarray
    target_stats: Affine
    scaling: str
    target_scaling: str
    pieces: tuple[Piece, ...]
    _columns: tuple[Column, ...]

    @classmethod
    def fit(
        cls,
        dataset: Dataset,
        train_rows: np.ndarray,
        settings: Any,
        look_up: Callable[[], object] = lambda: None,
        seed: int = 0,
    ) -> Representation:
        """Measure the training rows.

        Parameters
        ----------
        dataset : Dataset
        train_rows : ndarray of int64
            Only these rows of the data set are looked at.
        settings : RepresentationSettings
            ``target_scaling`` None: ``"none"`` for generated data, ``"standard"`` for other
            number targets.
        look_up : callable, optional
            Called now and then; may raise to cancel.
        seed : int, optional
            The data's seed.

        Raises
        ------
        InputError
            For an unknown, repeated or absent feature, an unknown scaling, and settings that do
            not fit the data.
        """
        chosen = chosen_features(dataset, settings.features)
        scaling = SCALINGS[settings.scaling]
        target_name = _target_scaling(dataset, settings.target_scaling)
        training = Training(dataset, train_rows, scaling, seed, look_up, MEASURED)
        pieces = fit_pieces(training, settings, chosen)
        target = np.zeros((1, 1)) if dataset.classification else dataset.target[train_rows, None]
        fill = np.concatenate([piece.fill for piece in pieces])
        fill.setflags(write=False)
        return cls(
            features=tuple(feature for piece in pieces for feature in piece.features),
            columns=_columns_of(dataset, chosen),
            stats=Affine(
                np.concatenate([piece.stats.center for piece in pieces]),
                np.concatenate([piece.stats.width for piece in pieces]),
            ),
            fill=fill,
            target_stats=SCALINGS[target_name].fit(target),
            scaling=scaling.name,
            target_scaling=target_name,
            pieces=pieces,
            _columns=dataset.columns,
        )

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(feature.name for feature in self.features)

    @property
    def feature_origin(self) -> tuple[str, ...]:
        """Which column each feature was made of, the first if of several."""
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

    def apply(self, objects: Sequence[Sequence[object]] | np.ndarray) -> np.ndarray:
        """The model's input for objects that are in no data set.

        Parameters
        ----------
        objects : sequence of m rows, or ndarray of shape (m, d) or (m, h, w)
            A value for each column of the data set: a number (None or NaN = missing), a category
            by name (or code), a text as it is. Pictures may be given as such.

        Returns
        -------
        ndarray of shape (m, f), float64

        Raises
        ------
        InputError
            For a row that has not a value for each column, or a value of another kind.
        """
        if isinstance(objects, np.ndarray) and objects.dtype.kind in "fiub":
            return self.transform(objects.reshape(len(objects), -1).astype(np.float64))
        columns = raw_columns(self._columns, list(objects))
        out = np.empty((len(objects), len(self.features)))
        self._write(columns, out)
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
        if raw.ndim != 2 or raw.shape[1] != len(self._columns):
            raise ValueError(f"raw rows have shape {raw.shape}, not (m, {len(self._columns)})")
        self._write(raw.arrays if isinstance(raw, Columns) else list(raw.T), out, progress, each)

    def _write(
        self,
        columns: Sequence[np.ndarray],
        out: np.ndarray,
        progress: Callable[[float], object] = lambda share: None,
        each: Each = map,
    ) -> None:
        size, many = len(out), BLOCKS * TOGETHER
        places, start = [], 0
        for piece in self.pieces:
            places.append(slice(start, start + len(piece.features)))
            start += len(piece.features)

        def write(start: int) -> float:
            end = min(start + many, size)
            for first in range(start, end, TOGETHER):
                rows = slice(first, min(first + TOGETHER, end))
                for piece, place in zip(self.pieces, places, strict=True):
                    piece.into(columns, rows, out[rows, place])
            return end / size

        progress(0.0)
        for share in each(write, range(0, size, many)):
            progress(share)

    def transform_target(self, target: np.ndarray) -> np.ndarray:
        """Number targets of shape (m,) as the model learns them."""
        return self.target_stats.transform(target)

    def inverse_target(self, output: np.ndarray) -> np.ndarray:
        """Model outputs of any shape in the target's own unit."""
        return self.target_stats.inverse(output)


def _columns_of(dataset: Dataset, chosen: Sequence[Chosen]) -> tuple[str, ...]:
    names = dataset.column_names
    used = [(names[at],) if isinstance(at, int) else at.columns for at in chosen]
    return tuple(dict.fromkeys(name for part in used for name in part))


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
