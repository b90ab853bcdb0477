"""The views of a stage beside its page of numbers, in the order of their buttons."""

from __future__ import annotations

from core.stages import Stage
from mlloop_gui.inspector.faces.base import Face
from mlloop_gui.inspector.faces.compare import CompareFace
from mlloop_gui.inspector.faces.drag import DragFace
from mlloop_gui.inspector.faces.embedding import EmbeddingFace
from mlloop_gui.inspector.faces.neuron import NeuronFace
from mlloop_gui.inspector.faces.price import PriceFace
from mlloop_gui.inspector.faces.shares import SharesFace
from mlloop_gui.inspector.faces.warp import WarpFace

__all__ = ["FACES", "Face", "faces_of"]

FACES: tuple[type[Face], ...] = (
    WarpFace,
    EmbeddingFace,
    DragFace,
    SharesFace,
    CompareFace,
    NeuronFace,
    PriceFace,
)


def faces_of(stage: Stage) -> tuple[type[Face], ...]:
    """Return the faces of a stage."""
    return tuple(face for face in FACES if face.stage is stage)
