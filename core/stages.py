"""The nine stages of the loop and the sizes of a step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Stage(IntEnum):
    """One turn is stages 1 to 8; 9 looks at unseen data now and then."""

    REPRESENT = 1
    TRANSFORM = 2
    PREDICT = 3
    LOSS = 4
    GRADIENTS = 5
    BACKPROPAGATE = 6
    UPDATE = 7
    ITERATE = 8
    EVALUATE = 9

    @property
    def key(self) -> str:
        """The name in files and widgets, e.g. ``"represent"``."""
        return self.name.lower()

    @property
    def label(self) -> str:
        return self.key.capitalize()

    @property
    def question(self) -> str:
        return STAGE_TEXTS[self].question

    @property
    def group(self) -> str:
        """Its step in the short form of the loop."""
        return STAGE_TEXTS[self].group


@dataclass(frozen=True)
class StageText:
    """A stage's question, and its step in the short form of the loop."""

    question: str
    group: str


STAGE_TEXTS = {
    Stage.REPRESENT: StageText("What is the input, as numbers?", "represent"),
    Stage.TRANSFORM: StageText("What does the model do to it?", "transform"),
    Stage.PREDICT: StageText("What does it guess?", "transform"),
    Stage.LOSS: StageText("How wrong is the guess?", "measure error"),
    Stage.GRADIENTS: StageText(
        "Which parameters caused this error, and by how much?", "assign responsibility"
    ),
    Stage.BACKPROPAGATE: StageText(
        "How is all that found in one pass, locally?", "assign responsibility"
    ),
    Stage.UPDATE: StageText("How do the parameters change?", "update"),
    Stage.ITERATE: StageText("Again, on what?", "repeat"),
    Stage.EVALUATE: StageText("Structure learned, or noise memorised?", "evaluate on reality"),
}


class StepSize(StrEnum):
    """How far one step goes."""

    STAGE = "stage"
    LAYER = "layer"
    UPDATE = "update"
    EPOCH = "epoch"
