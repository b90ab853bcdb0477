"""The views of a stage beside its page of numbers, in the order of their buttons.

Each is imported when its stage is first inspected: the start waits for none of them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from core.stages import Stage
from mlloop_gui.inspector.faces.base import Face

__all__ = ["FACES", "Face", "faces_of"]

#: By stage, the modules of this package with their classes.
FACES: dict[Stage, tuple[tuple[str, str], ...]] = {
    Stage.REPRESENT: (("own", "OwnFace"),),
    Stage.TRANSFORM: (("warp", "WarpFace"),),
    Stage.PREDICT: (("embedding", "EmbeddingFace"),),
    Stage.LOSS: (("compare", "CompareFace"), ("price", "PriceFace")),
    Stage.GRADIENTS: (("drag", "DragFace"), ("shares", "SharesFace")),
    Stage.BACKPROPAGATE: (("neuron", "NeuronFace"),),
    Stage.UPDATE: (("step", "StepFace"), ("leap", "LeapFace")),
    Stage.ITERATE: (("epoch", "EpochFace"), ("moved", "MovedFace")),
    Stage.EVALUATE: (
        ("wrong", "WrongFace"),
        ("threshold", "ThresholdFace"),
        ("classes", "ClassesFace"),
        ("calibration", "CalibrationFace"),
        ("residuals", "ResidualsFace"),
        ("shift", "ShiftFace"),
    ),
}


@cache
def faces_of(stage: Stage) -> tuple[type[Face], ...]:
    """Return the faces of a stage."""
    return tuple(
        getattr(import_module(f"{__name__}.{module}"), name)
        for module, name in FACES.get(stage, ())
    )
