"""The loss as a landscape over two of the parameters' directions, and how sharply it curves."""

from core.landscape.curvature import STABLE, Sharpness, sharpness
from core.landscape.plane import Plane, parameter_plane, random_plane, trajectory_plane
from core.landscape.surface import Surface
from core.landscape.survey import Kind, Landscape, Request, Survey, survey
from core.landscape.words import gauge_sentence, optimizer_sentence, own_limit, rate_in_force

__all__ = [
    "STABLE",
    "Kind",
    "Landscape",
    "Plane",
    "Request",
    "Sharpness",
    "Surface",
    "Survey",
    "gauge_sentence",
    "optimizer_sentence",
    "own_limit",
    "parameter_plane",
    "random_plane",
    "rate_in_force",
    "sharpness",
    "survey",
    "trajectory_plane",
]
