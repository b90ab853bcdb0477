"""One look at the landscape, from immutable things, so that any thread may take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.errors import InputError
from core.experiment import Experiment
from core.landscape.curvature import Sharpness, sharpness
from core.landscape.plane import Plane, parameter_plane, random_plane, trajectory_plane
from core.landscape.surface import Array, Progress, Surface, nobody
from core.network.layout import Layout
from core.problem import Problem

Kind = Literal["parameters", "random", "trajectory"]
Range = tuple[float, float]
POINTS = 41
MARGIN = 1.15
#: The narrower side of a trajectory's picture is at least this share of the wider one.
NARROWEST = 0.2


@dataclass(frozen=True, eq=False)
class Request:
    """What to look at.

    Attributes
    ----------
    problem : Problem
        With the loss in force.
    layout : Layout
    settings : Experiment
        The settings in force.
    theta : ndarray of shape (parameters,)
        The place in the middle.
    kind : str
    parameters : tuple of int
        The two of kind ``"parameters"``, by their places in the flat vector.
    reach : float
        How far to look to each side: in the parameters' own numbers, in lengths of the units'
        weights, or as a multiple of what the trajectory needs.
    points : int
        Places along each axis.
    trajectory : sequence of (int, ndarray)
        Updates and the parameters there.
    seed : int
        Of the random directions.
    """

    problem: Problem
    layout: Layout
    settings: Experiment
    theta: Array
    kind: Kind = "parameters"
    parameters: tuple[int, int] = (0, 1)
    reach: float = 1.0
    points: int = POINTS
    trajectory: Sequence[tuple[int, Array]] = ()
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Landscape:
    """The training objective over a piece of a plane.

    Attributes
    ----------
    plane : Plane
    x, y : ndarray of shape (points,)
        In the numbers of the axes.
    losses : ndarray of shape (points, points)
        A row for each y, the lowest first.
    here : float
        The objective at the present parameters.
    updates : ndarray of int, shape (n,)
    places : ndarray of shape (n, 2)
        The trajectory's nearest places on the plane.
    share : float
        How much of the trajectory is seen on the plane; nan without one.
    rows : int
        Samples looked at; `sampled` where they stand for a larger training part.
    """

    plane: Plane
    x: Array
    y: Array
    losses: Array
    here: float
    updates: Array
    places: Array
    share: float
    rows: int
    sampled: bool


@dataclass(frozen=True, eq=False)
class Survey:
    """A landscape and the sharpness at its middle."""

    landscape: Landscape
    sharpness: Sharpness


def plane_of(request: Request) -> Plane:
    """The plane that is asked for; raises `InputError` where there is none."""
    layout, theta = request.layout, request.theta
    if request.kind == "parameters":
        return parameter_plane(layout, theta, *request.parameters)
    if request.kind == "random":
        return random_plane(layout, theta, request.seed)
    return trajectory_plane(layout, theta, [at for _, at in request.trajectory], request.seed)


def survey(request: Request, progress: Progress = nobody) -> Survey:
    """Landscape and sharpness, for the same samples.

    Parameters
    ----------
    progress : callable
        Told every few milliseconds which share is done; what it raises ends the work.

    Raises
    ------
    InputError
        If there is no such plane, or the parameters are not finite.
    """
    if not np.isfinite(request.theta).all():
        raise InputError("the parameters are not finite numbers, so nothing lies round them")
    surface = Surface(request.problem, request.layout, request.settings)
    gauge = sharpness(surface, request.theta, progress=lambda share: progress(0.3 * share))
    picture = _landscape(request, surface, lambda share: progress(0.3 + 0.7 * share))
    return Survey(picture, gauge)


def _landscape(request: Request, surface: Surface, progress: Progress) -> Landscape:
    """The surface over the plane that is asked for."""
    plane = plane_of(request)
    kept = [(update, at) for update, at in request.trajectory if np.isfinite(at).all()]
    places, share = plane.project([at for _, at in kept])
    across, up = _window(plane, places, request.reach)
    x, y = np.linspace(*across, request.points), np.linspace(*up, request.points)
    a, b = np.meshgrid(x - plane.start[0], y - plane.start[1])
    steps = np.stack([a.ravel(), b.ravel()], axis=1)
    found = surface.losses(plane.origin, plane.directions, steps, progress)
    return Landscape(
        plane,
        x,
        y,
        found.reshape(a.shape),
        surface.at(plane.origin),
        np.array([update for update, _ in kept], np.int64),
        places,
        share,
        len(surface.rows),
        surface.sampled,
    )


def _window(plane: Plane, places: Array, reach: float) -> tuple[Range, Range]:
    """How far the picture goes on each axis."""
    if plane.kind != "trajectory":
        x, y = plane.start
        return (x - reach, x + reach), (y - reach, y + reach)
    seen = np.vstack([places, [0.0, 0.0]])
    low, high = seen.min(axis=0), seen.max(axis=0)
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    half = np.maximum(half, NARROWEST * half.max()) * MARGIN * reach
    return (
        (float(middle[0] - half[0]), float(middle[0] + half[0])),
        (float(middle[1] - half[1]), float(middle[1] + half[1])),
    )
