"""The views of a stage beside its page of numbers, in the order of their buttons."""

from __future__ import annotations

from core.stages import Stage
from mlloop_gui.inspector.faces.base import Face
from mlloop_gui.inspector.faces.compare import CompareFace
from mlloop_gui.inspector.faces.drag import DragFace
from mlloop_gui.inspector.faces.embedding import EmbeddingFace
from mlloop_gui.inspector.faces.epoch import EpochFace
from mlloop_gui.inspector.faces.leap import LeapFace
from mlloop_gui.inspector.faces.moved import MovedFace
from mlloop_gui.inspector.faces.neuron import NeuronFace
from mlloop_gui.inspector.faces.price import PriceFace
from mlloop_gui.inspector.faces.shares import SharesFace
from mlloop_gui.inspector.faces.step import StepFace
from mlloop_gui.inspector.faces.warp import WarpFace
from mlloop_gui.inspector.faces.wrong import WrongFace

__all__ = ["FACES", "Face", "faces_of"]

FACES: tuple[type[Face], ...] = (
    WarpFace,
    EmbeddingFace,
    DragFace,
    SharesFace,
    CompareFace,
    PriceFace,
    NeuronFace,
    StepFace,
    LeapFace,
    EpochFace,
    MovedFace,
    WrongFace,
)


def faces_of(stage: Stage) -> tuple[type[Face], ...]:
    """Return the faces of a stage."""
    return tuple(face for face in FACES if face.stage is stage)
