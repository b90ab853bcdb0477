"""What the plane shows of a stage while the loop is stepped; live while it runs or rests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.stages import Stage
from mlloop_gui.frames import Frame, RunState
from mlloop_gui.plots import numbers
from mlloop_gui.plots.stage_marks import LIVE, StageMarks


class StageView:
    """Whether the loop is being stepped, frame by frame, and what the plane shows then."""

    def __init__(self) -> None:
        self._last: tuple[int, int] | None = None

    def marks(self, frame: Frame) -> StageMarks:
        """Return the marks of a frame, given in order as they come.

        A turn's end is a stage of its own where it was stepped to; after a run it is only the
        place where the loop rests.
        """
        run, turn = self._last or (0, 0)
        beside = frame.run == run and abs(frame.turn - turn) <= 1
        stepping = frame.state is not RunState.RUNNING and (frame.in_turn or beside)
        self._last = (frame.run, frame.turn) if stepping else None
        return stage_marks(frame) if stepping else LIVE


def stage_marks(frame: Frame) -> StageMarks:
    """Return what the stage just done adds to the samples of the plane."""
    record = frame.failure.record if frame.failure else frame.record
    if record is None:
        return LIVE
    stage = frame.failure.stage if frame.failure else frame.position.stage
    if stage is Stage.EVALUATE and not frame.in_turn:
        held = frame.problem.rows("validation")
        return StageMarks("validation, the wrong ones crossed", held) if len(held) else LIVE
    if stage is Stage.ITERATE:
        if record.next_rows is None:
            return LIVE
        return StageMarks("the next batch", outlined=np.asarray(record.next_rows, np.int64))
    rows = np.asarray(record.rows, np.int64)
    if stage is Stage.LOSS and record.price is not None:
        marks = StageMarks("", rows, rows, record.price.astype(np.float64))
        return replace(marks, said=f"ring area: loss, up to {numbers.short(marks.top())}")
    return StageMarks(f"batch of turn {record.turn}", rows)
