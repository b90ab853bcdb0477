"""What a view of a stage needs beyond the stage's explanation: one lens a file, by name.

A lens takes a `Case` and returns named arrays, read-only. Arrays may hold numbers that are not
finite; a lens never raises for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.explain.case import ArrayTable, Case
from core.explain.lenses.epoch import epoch
from core.explain.lenses.leap import leap
from core.explain.lenses.losses import losses
from core.explain.lenses.moved import moved
from core.explain.lenses.neuron import neuron
from core.explain.lenses.shares import shares
from core.explain.lenses.slice import along_parameter
from core.explain.lenses.step import step
from core.explain.lenses.warp import warp
from core.explain.lenses.wrong import wrong
from core.stages import Stage

__all__ = ["LENSES", "Lens"]


@dataclass(frozen=True)
class Lens:
    """One lens; called with a `Case` of a turn that has done its stage.

    Parameters
    ----------
    stage : Stage
    make : callable
        From a `Case` to named arrays.
    """

    stage: Stage
    make: Callable[[Case], ArrayTable]

    def __call__(self, case: Case) -> ArrayTable:
        """The lens's arrays, read-only.

        Raises
        ------
        ValueError
            If the turn has not done the lens's stage.
        """
        if self.stage is not Stage.EVALUATE and case.record.done < self.stage:
            raise ValueError(f"turn {case.record.turn} has not done stage {int(self.stage)} yet")
        with np.errstate(all="ignore"):
            arrays = self.make(case)
        for array in arrays.values():
            array.setflags(write=False)
        return arrays


LENSES: dict[str, Lens] = {
    "warp": Lens(Stage.TRANSFORM, warp),
    "losses": Lens(Stage.LOSS, losses),
    "slice": Lens(Stage.GRADIENTS, along_parameter),
    "shares": Lens(Stage.GRADIENTS, shares),
    "neuron": Lens(Stage.BACKPROPAGATE, neuron),
    "step": Lens(Stage.UPDATE, step),
    "leap": Lens(Stage.UPDATE, leap),
    "moved": Lens(Stage.ITERATE, moved),
    "epoch": Lens(Stage.ITERATE, epoch),
    "wrong": Lens(Stage.EVALUATE, wrong),
}
