"""Principal components: the directions in which the features vary most, in place of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import InputError
from core.representation.made import made_of_training, union
from core.representation.pieces import Feature, Piece, Training
from core.representation.scaling import Affine

FIELD = "representation.components"
SHOWN = 3  # features in a component's formula


@dataclass(frozen=True, eq=False)
class ComponentsPiece:
    """The first k components of what other pieces make; see `core.representation.pieces.Piece`.

    Parameters
    ----------
    features, stats, fill
        As for every piece; components are not scaled again.
    sources : tuple of Piece
        What makes the f features.
    mean : ndarray of shape (f,)
    axes : ndarray of shape (k, f)
        Of length 1 and at right angles; the largest entry of each is positive.
    shares : ndarray of shape (k,)
        Each component's share of the variance.
    """

    features: tuple[Feature, ...]
    stats: Affine
    fill: np.ndarray
    sources: tuple[Piece, ...]
    mean: np.ndarray
    axes: np.ndarray
    shares: np.ndarray

    def into(self, columns: Sequence[np.ndarray], rows: slice, out: np.ndarray) -> None:
        """Write the components of some rows."""
        x = together(self.sources, columns, rows)
        out[:] = (x - self.mean) @ self.axes.T


def together(sources: Sequence[Piece], columns: Sequence[np.ndarray], rows: slice) -> np.ndarray:
    """What some pieces make of some rows, side by side, (r, f), float64."""
    count = len(range(*rows.indices(len(columns[0]))))
    found = np.empty((count, sum(len(source.features) for source in sources)))
    start = 0
    for source in sources:
        end = start + len(source.features)
        source.into(columns, rows, found[:, start:end])
        start = end
    return found


def fit_components(training: Training, sources: Sequence[Piece], count: int) -> ComponentsPiece:
    """Find the components of the training rows.

    By a singular value decomposition of the centred features, the signs as scikit-learn's
    ``PCA`` sets them.

    Raises
    ------
    InputError
        For more components than features, or than training rows.
    """
    parts = [feature for source in sources for feature in source.features]
    most = min(len(parts), len(training.rows))
    if count > most:
        raise InputError(
            f"more components than {'features' if most == len(parts) else 'training rows'}",
            field=FIELD,
            value=count,
            allowed=f"1 to {most}",
        )
    x = made_of_training(
        training, lambda columns, rows: together(sources, columns, rows), len(parts)
    )
    mean = x.mean(axis=0)
    x -= mean
    _, lengths, axes = np.linalg.svd(x, full_matrices=False)
    axes = axes[:count]
    largest = np.abs(axes).argmax(axis=1)
    axes = axes * np.where(axes[np.arange(count), largest] < 0, -1.0, 1.0)[:, None]
    variance = lengths**2
    names = union(parts, training.dataset.column_names)
    features = tuple(
        Feature(f"component {at}", names[0], _formula(axis, parts), columns=names)
        for at, axis in enumerate(axes, 1)
    )
    shares = variance[:count] / (variance.sum() or 1.0)
    for array in (mean, axes, shares):
        array.setflags(write=False)
    stats = Affine(np.zeros(count), np.ones(count))
    return ComponentsPiece(features, stats, np.zeros(count), tuple(sources), mean, axes, shares)


def _formula(axis: np.ndarray, parts: Sequence[Feature]) -> str:
    """The features that weigh most in it."""
    order = np.argsort(-np.abs(axis), kind="stable")[:SHOWN]
    text = "".join(
        f" {'-' if axis[at] < 0 else '+'} {abs(axis[at]):.3g} {parts[at].name}" for at in order
    )
    text = text.removeprefix(" + ").replace(" - ", "-", 1) if text.startswith(" - ") else (
        text.removeprefix(" + "))  # fmt: skip
    return text + (" + ..." if len(axis) > SHOWN else "")
