"""Where a loop stands, and why it may stand still."""

from __future__ import annotations

from dataclasses import dataclass

from core.record import TurnRecord
from core.stages import Stage


@dataclass(frozen=True)
class Position:
    """Where the loop stands: `update` updates made, `stage` just done.

    `layer` counts the layers done of a stage that is half-way (2 or 6), else it is 0; `stage` is
    then still the stage before.
    """

    update: int = 0
    epoch: int = 0
    stage: Stage = Stage.EVALUATE
    layer: int = 0


@dataclass(frozen=True, eq=False)
class Failure:
    """Why a run stopped: the first tensor that was not finite, and the turn up to there."""

    turn: int
    stage: Stage
    tensor: str
    message: str
    record: TurnRecord
