"""The names of a network's parameters, made when they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np

from core.network.layout import Layout


class ParameterNames(Sequence[str]):
    """``weight_0[1,3]``, ``bias_0[3]`` ... in the order of the flat vector, or of some of it.

    Parameters
    ----------
    layout : Layout
    indices : ndarray of int, optional
        Places in the flat vector; by default all.
    """

    def __init__(self, layout: Layout, indices: np.ndarray | None = None) -> None:
        self._layout, self._indices = layout, indices

    def __eq__(self, other: object) -> bool:
        """Return whether the names are the same; none of them is made for it."""
        if not isinstance(other, ParameterNames):
            return NotImplemented
        same_all = self._indices is None and other._indices is None
        return self._layout == other._layout and (
            same_all or np.array_equal(self._places, other._places)
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def _places(self) -> np.ndarray:
        return np.arange(len(self)) if self._indices is None else self._indices

    def __len__(self) -> int:
        return self._layout.parameters if self._indices is None else len(self._indices)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        """Return one name, or those of a slice."""
        if isinstance(at, slice):
            return [self[k] for k in range(*at.indices(len(self)))]
        if not 0 <= at < len(self):
            raise IndexError(at)
        return parameter_name(self._layout, at if self._indices is None else self._indices[at])


def parameter_name(layout: Layout, index: int) -> str:
    """Return the name by which files and explanations call a parameter."""
    return layout.name(index)
