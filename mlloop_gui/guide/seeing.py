"""Where a run stands, where a step of a chapter began, and how far the run has been since."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.experiment import weight_place
from core.stages import Stage
from mlloop_gui.frames import Frame
from mlloop_gui.session import Session

Progress = tuple[int, int]


def progress(frame: Frame) -> Progress:
    """Return the turn that a run is in, or has ended, and the last stage done of it."""
    if not frame.in_turn:
        stage = frame.position.stage if frame.position.update else Stage.EVALUATE
        return frame.position.update, int(stage)
    record = frame.record
    return (record.turn, int(record.done)) if record else (frame.position.update + 1, 0)


def edits_of(frame: Frame) -> int:
    """Return how many weights and biases were set by hand in this run."""
    return sum(weight_place(event.field) is not None for event in frame.experiment.change)


@dataclass(frozen=True)
class Start:
    """Where a step of a chapter began, and how far the run has been since.

    Attributes
    ----------
    run, update, edits : int
    at, furthest : tuple of (int, int)
        Turn and stage; see `progress`.
    sample : int
        The sample in hand.
    """

    run: int
    update: int
    at: Progress
    furthest: Progress
    sample: int
    edits: int

    @staticmethod
    def of(frame: Frame) -> Start:
        """The start of a step that begins here."""
        at = progress(frame)
        update = frame.position.update
        return Start(frame.run, update, at, at, frame.sample, edits_of(frame))

    def seen(self, frame: Frame) -> Start:
        """The same start, once the run has come to a frame; another run begins anew."""
        if frame.run != self.run:
            return replace(Start.of(frame), update=0, at=(0, int(Stage.EVALUATE)))
        return replace(self, furthest=max(self.furthest, progress(frame)))


@dataclass(frozen=True)
class Situation:
    """What a check looks at: the moment, where the step began, and what was typed."""

    session: Session
    frame: Frame
    start: Start
    typed: float | None = None
