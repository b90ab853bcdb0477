"""Planes through the present parameters: two of them, two at random, or the run's own two.

Each is theta + a d1 + b d2. A network has as many directions as parameters; a plane shows two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import InputError
from core.network.layout import Layout
from core.seeds import stream

Array = np.ndarray
BLOCK = 2**16  # parameters looked at together, so that long vectors are never stacked whole
FLAT = 1e-7  # the share of the longest distance under which a second one counts as none


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane in the space of the parameters.

    Attributes
    ----------
    kind : str
        ``"parameters"``, ``"random"`` or ``"trajectory"``.
    origin : ndarray of shape (parameters,), float64
        The present parameters.
    directions : ndarray of shape (2, parameters), float64
    names : tuple of str
        What the two axes are.
    start : tuple of float
        The origin's place on the axes: the two parameters' values, else 0 and 0.
    """

    kind: str
    origin: Array
    directions: Array
    names: tuple[str, str]
    start: tuple[float, float] = (0.0, 0.0)

    @property
    def label(self) -> str:
        """How little of the landscape a plane is: ``2 of 17 directions``."""
        return f"2 of {len(self.origin):,} directions"

    @np.errstate(all="ignore")
    def project(self, thetas: Sequence[Array]) -> tuple[Array, float]:
        """The nearest places on the plane, and how much of the way there can be seen on it.

        Parameters
        ----------
        thetas : sequence of ndarray, each (parameters,)

        Returns
        -------
        places : ndarray of shape (n, 2)
            In the numbers of the axes.
        share : float
            Sum of squared distances from the origin within the plane, over the whole sum; nan
            where there is no distance at all. Where numbers overflow, all are nan.
        """
        gram = self.directions @ self.directions.T
        away = np.empty((len(thetas), 2))
        whole = 0.0
        for k, theta in enumerate(thetas):
            difference = theta - self.origin
            away[k] = self.directions @ difference
            whole += float(difference @ difference)
        if not (np.isfinite(gram).all() and np.isfinite(whole)):
            return np.full_like(away, np.nan), float("nan")
        places = away @ np.linalg.pinv(gram)
        within = float(np.einsum("ni,ni->", places, away))
        share = min(within / whole, 1.0) if whole else float("nan")
        return places + self.start, share


def parameter_plane(layout: Layout, theta: Array, first: int, second: int) -> Plane:
    """The exact slice over two parameters, all others held.

    Parameters
    ----------
    first, second : int
        Places in the flat vector, two different ones.

    Raises
    ------
    InputError
        If they are the same, or no parameters of the network.
    """
    count = layout.parameters
    for index in (first, second):
        if not 0 <= index < count:
            raise InputError(
                "no such parameter", field="parameter", value=index, allowed=f"0 to {count - 1}"
            )
    if first == second:
        raise InputError("the two parameters of a slice must differ")
    origin = theta.astype(np.float64)
    directions = np.zeros((2, count))
    directions[0, first] = directions[1, second] = 1.0
    names = layout.name(first), layout.name(second)
    start = float(origin[first]), float(origin[second])
    return Plane("parameters", origin, directions, names, start)


@np.errstate(all="ignore")
def random_plane(layout: Layout, theta: Array, seed: int = 0) -> Plane:
    """Two random directions, filter-normalised.

    Each unit's incoming weights in the direction are as long as the unit's own incoming weights,
    so that a step of 1 means the same for every unit however the network is scaled; biases stand
    still. Li, Xu, Taylor, Studer, Goldstein: Visualizing the Loss Landscape of Neural Nets
    (NeurIPS 2018), section 4; biases as in the authors' figures.
    """
    origin = theta.astype(np.float64)
    rng = stream(seed, "landscape directions")
    directions = np.zeros((2, layout.parameters))
    for direction in directions:
        for i in range(layout.layers):
            own, drawn = layout.weight(origin, i), layout.weight(direction, i)
            drawn[:] = rng.standard_normal(drawn.shape)
            drawn *= np.linalg.norm(own, axis=0) / np.linalg.norm(drawn, axis=0)
    names = "random direction 1", "random direction 2"
    return Plane("random", origin, directions, names)


@np.errstate(all="ignore")
def trajectory_plane(
    layout: Layout, theta: Array, visited: Sequence[Array], seed: int = 0
) -> Plane:
    """The two directions in which the run has moved most, seen from where it stands.

    They are the first two principal directions of the visited parameters minus the present ones
    (Li et al. 2018, section 7), about the present place, because the plane has to go through it.
    A unit is a distance in the space of the parameters; the run begins to the left and below.
    A run that has moved along one line only gets a random second direction.

    Parameters
    ----------
    visited : sequence of ndarray, each (parameters,)

    Raises
    ------
    InputError
        If the run has not moved, or so far that the numbers overflow.
    """
    origin = theta.astype(np.float64)
    finite = [at for at in visited if np.isfinite(at).all()]
    squares = np.zeros((len(finite), len(finite)))
    for block in _blocks(layout.parameters):
        away = np.stack([at[block] - origin[block] for at in finite]) if finite else squares
        squares += away @ away.T
    whole = float(np.trace(squares))
    if not 0.0 < whole < np.inf:
        raise InputError("the run has not moved yet: it has no directions of its own")
    values, vectors = np.linalg.eigh(squares)
    lengths = np.sqrt(np.maximum(values[::-1][:2], 0.0))
    directions = np.zeros((2, layout.parameters))
    for block in _blocks(layout.parameters):
        away = np.stack([at[block] - origin[block] for at in finite])
        for k, length in enumerate(lengths):
            if length > FLAT * lengths[0]:
                directions[k, block] = vectors[:, -1 - k] @ away / length
    if len(lengths) < 2 or lengths[1] <= FLAT * lengths[0]:
        drawn = stream(seed, "landscape second direction").standard_normal(layout.parameters)
        drawn -= (drawn @ directions[0]) * directions[0]
        directions[1] = drawn / (np.linalg.norm(drawn) or 1.0)
    for k, direction in enumerate(directions):
        direction /= np.linalg.norm(direction) or 1.0
        if direction @ (finite[0] - origin) > 0.0:
            directions[k] = -direction
    names = []
    for k in range(2):
        moved = max(float(values[-1 - k]), 0.0) / whole if k < len(values) else 0.0
        part = f"{100.0 * moved:.0f}" if moved >= 0.01 or moved <= 1e-12 else "under 1"
        names.append(f"direction {k + 1}, {part} % of the way")
    return Plane("trajectory", origin, directions, (names[0], names[1]))


def _blocks(parameters: int) -> list[slice]:
    return [slice(at, at + BLOCK) for at in range(0, parameters, BLOCK)]
