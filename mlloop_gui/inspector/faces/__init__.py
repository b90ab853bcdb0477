"""The views of a stage beside its page of numbers, in the order of their buttons."""

from __future__ import annotations

from core.stages import Stage
from mlloop_gui.inspector.faces.base import Face

__all__ = ["FACES", "Face", "faces_of"]

FACES: tuple[type[Face], ...] = ()


def faces_of(stage: Stage) -> tuple[type[Face], ...]:
    """Return the faces of a stage."""
    return tuple(face for face in FACES if face.stage is stage)
