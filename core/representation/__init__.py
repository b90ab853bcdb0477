"""Representation: from raw columns to the numbers a model sees, fitted on training rows alone."""

from __future__ import annotations

from core.representation.objects import ObjectView, Value, object_view
from core.representation.pieces import Feature
from core.representation.representation import Representation
from core.representation.scaling import SCALINGS, Affine, Scaling

__all__ = [
    "SCALINGS",
    "Affine",
    "Feature",
    "ObjectView",
    "Representation",
    "Scaling",
    "Value",
    "object_view",
]
