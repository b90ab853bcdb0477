"""What a chapter can ask a person to do, and how it sees that it was done: `CHECKS`.

A check looks at the present state alone, and at where the step began, not at who did it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol, Self

import numpy as np

from core.experiment import fields
from core.stages import Stage, StepSize
from mlloop_gui.frames import Frame, RunState
from mlloop_gui.guide import quantities
from mlloop_gui.guide.reading import Table
from mlloop_gui.guide.seeing import Progress, Situation, Start, edits_of, progress
from mlloop_gui.plots import numbers

PARTS = ("train", "validation", "batch")
TOLERANCE = 0.005


class Check(Protocol):
    """One kind of thing to do; `kind` is its name in a chapter."""

    kind: ClassVar[str]

    @classmethod
    def read(cls, table: Table) -> Self:
        """Read its own fields."""

    def asks(self) -> str:
        """What is to be done, in a few words."""

    def holds(self, now: Situation) -> bool:
        """Whether it is done."""

    def help(self, now: Situation) -> bool:
        """Do what is asked, or begin to; whether it is over for good, even if it cannot be."""


@dataclass(frozen=True)
class StageDone:
    """A stage has been done, in the turn in hand or a later one than the step began in."""

    kind: ClassVar[str] = "stage"
    stage: Stage

    @classmethod
    def read(cls, table: Table) -> StageDone:
        return cls(table.stage("stage"))

    def asks(self) -> str:
        return f"Step to stage {int(self.stage)}, {self.stage.key}"

    def _goal(self, start: Start) -> Progress:
        turn, stage = start.at
        return (turn, int(self.stage)) if stage < self.stage else (turn + 1, int(self.stage))

    def holds(self, now: Situation) -> bool:
        if self.stage is Stage.EVALUATE:
            return now.frame.check.update > now.start.update
        return progress(now.frame) >= self._goal(now.start)

    def help(self, now: Situation) -> bool:
        session, (turn, stage) = now.session, progress(now.frame)
        if self.stage is Stage.EVALUATE:
            session.step(StepSize.EPOCH)
            return False
        goal = self._goal(now.start)
        if turn < goal[0] - 1:
            session.reach(goal[0] - 1)
            stage = int(Stage.EVALUATE)
        left = goal[1] - stage if turn == goal[0] else goal[1]
        if turn < goal[0] and now.frame.next_stage is Stage.EVALUATE:
            left += 1
        elif now.frame.in_turn and turn < goal[0]:
            session.step(StepSize.UPDATE)
        for _ in range(left):
            session.step(StepSize.STAGE)
        return False


@dataclass(frozen=True)
class UpdateReached:
    """So many updates are made, in all or more than when the step began."""

    kind: ClassVar[str] = "update"
    at_least: int | None
    more: int | None

    @classmethod
    def read(cls, table: Table) -> UpdateReached:
        at_least, more = table.whole("at_least", 1, None), table.whole("more", 1, None)
        if (at_least is None) == (more is None):
            table.fail("", "needs one of two fields", "either at_least or more")
        return cls(at_least, more)

    def asks(self) -> str:
        if self.more is not None:
            return f"Make {numbers.count(self.more)} more update{'s' if self.more > 1 else ''}"
        return f"Reach update {numbers.count(self.at_least or 0)}"

    def _goal(self, start: Start) -> int:
        return start.update + self.more if self.more is not None else self.at_least or 0

    def holds(self, now: Situation) -> bool:
        return now.frame.position.update >= self._goal(now.start)

    def help(self, now: Situation) -> bool:
        left = self._goal(now.start) - now.frame.position.update
        if left > 0 and now.frame.state is not RunState.RUNNING:
            now.session.run(left)
        return False


@dataclass(frozen=True)
class Running:
    """The loop runs."""

    kind: ClassVar[str] = "running"

    @classmethod
    def read(cls, table: Table) -> Running:
        return cls()

    def asks(self) -> str:
        return "Press Run"

    def holds(self, now: Situation) -> bool:
        return now.frame.state is RunState.RUNNING

    def help(self, now: Situation) -> bool:
        now.session.run()
        return False


@dataclass(frozen=True)
class Setting:
    """A setting has a value, or lies below or above one."""

    kind: ClassVar[str] = "setting"
    field: str
    equals: object
    below: float | None
    above: float | None

    @classmethod
    def read(cls, table: Table) -> Setting:
        field = table.one_of("field", tuple(fields()))
        below, above = table.number("below", None), table.number("above", None)
        equals = table.any("equals", "a value") if table.has("equals") else None
        if sum(found is not None for found in (equals, below, above)) != 1:
            table.fail("", "needs one of three fields", "either equals, below or above")
        if equals is None and fields()[field].kind not in ("number", "integer"):
            table.fail("field", "not a number", "a setting that is a number", field)
        return cls(field, tuple(equals) if isinstance(equals, list) else equals, below, above)

    def asks(self) -> str:
        name = self.field.rpartition(".")[2].replace("_", " ")
        if self.below is not None:
            return f"Set {name} below {self.below:g}"
        if self.above is not None:
            return f"Set {name} above {self.above:g}"
        value = self.equals
        shown = ", ".join(map(str, value)) if isinstance(value, tuple) else value
        return f"Set {name} to {shown}"

    def holds(self, now: Situation) -> bool:
        value = now.frame.settings.get(self.field)
        if self.below is not None:
            return value is not None and value < self.below
        if self.above is not None:
            return value is not None and value > self.above
        return (tuple(value) if isinstance(value, list) else value) == self.equals

    def help(self, now: Situation) -> bool:
        value = self.equals
        whole = fields()[self.field].kind == "integer"
        if self.below is not None:
            value = int(self.below) - 1 if whole else self.below / 2
        if self.above is not None:
            value = int(self.above) + 1 if whole else 2 * self.above
        if self.field == "data.source":
            now.session.choose_source(str(value))  # with all that must follow from it
        else:
            now.session.set(self.field, list(value) if isinstance(value, tuple) else value)
        return False


@dataclass(frozen=True)
class Number:
    """A number is typed that is near one of the engine's own."""

    kind: ClassVar[str] = "number"
    of: str
    tolerance: float
    hint: str

    @classmethod
    def read(cls, table: Table) -> Number:
        of = table.text("of")
        if not quantities.known(of):
            table.fail("of", "unknown number", ", ".join(quantities.spelled()), of)
        hint = table.text("hint", "")
        return cls(of, table.number("tolerance", TOLERANCE, low=0.0), hint)

    def asks(self) -> str:
        return "Type the number"

    def holds(self, now: Situation) -> bool:
        value = quantities.value_of(self.of, now.frame)
        return (
            now.typed is not None and value is not None and abs(now.typed - value) <= self.tolerance
        )

    def help(self, now: Situation) -> bool:
        return True  # written into the field; where there is none, nobody can be asked for it

    def answer(self, frame: Frame | None) -> str:
        """Return the number as it would be typed."""
        return quantities.text_of(self.of, frame)


@dataclass(frozen=True)
class LossBelow:
    """The loss of a part has fallen below a value."""

    kind: ClassVar[str] = "loss"
    below: float
    part: str

    @classmethod
    def read(cls, table: Table) -> LossBelow:
        return cls(table.number("below", low=0.0), table.one_of("part", PARTS, "train"))

    def asks(self) -> str:
        return f"Bring the {self.part} loss below {self.below:g}"

    def holds(self, now: Situation) -> bool:
        name = "loss" if self.part == "batch" else f"{self.part}_loss"
        value = quantities.value_of(name, now.frame)
        return value is not None and value < self.below

    def help(self, now: Situation) -> bool:
        return _run_on(now)


@dataclass(frozen=True)
class AccuracyAbove:
    """The accuracy on a part has risen above a share."""

    kind: ClassVar[str] = "accuracy"
    above: float
    part: str

    @classmethod
    def read(cls, table: Table) -> AccuracyAbove:
        above = table.number("above", low=0.0)
        if above >= 1:
            table.fail("above", "no share", "a number from 0 to less than 1", above)
        return cls(above, table.one_of("part", PARTS[:2], "train"))

    def asks(self) -> str:
        return f"Bring the {self.part} accuracy above {numbers.percent(self.above, 0)}"

    def holds(self, now: Situation) -> bool:
        value = quantities.value_of(f"{self.part}_accuracy", now.frame)
        return value is not None and value > self.above

    def help(self, now: Situation) -> bool:
        return _run_on(now)


def _run_on(now: Situation) -> bool:
    """Run until the check holds; whoever asked for help pauses then."""
    if now.frame.state is not RunState.RUNNING:
        now.session.run()
    return False


@dataclass(frozen=True)
class SamplePicked:
    """Another sample is in hand: any, the dearest of the batch, or one without a vote."""

    kind: ClassVar[str] = "sample"
    which: str
    KINDS: ClassVar[dict[str, str]] = {
        "other": "Pick another sample",
        "dearest": "Pick the sample that costs most",
        "outside": "Pick a sample outside the batch",
    }

    @classmethod
    def read(cls, table: Table) -> SamplePicked:
        return cls(table.one_of("which", tuple(cls.KINDS), "other"))

    def asks(self) -> str:
        return self.KINDS[self.which]

    def _wanted(self, now: Situation) -> int | None:
        record = now.frame.record
        if self.which == "dearest":
            record = now.frame.record_of(Stage.LOSS)
            if record is None or record.price is None:
                return None
            return int(record.rows[int(record.price.argmax())])
        rows = now.frame.problem.parts.train
        if record is not None:
            inside = [row in record.rows for row in rows.tolist()]
            rows = rows[~np.array(inside)] if self.which == "outside" else record.rows
        others = [int(row) for row in rows[:2] if row != now.start.sample]
        return others[0] if others else None

    def holds(self, now: Situation) -> bool:
        if self.which == "dearest":
            return now.frame.sample == self._wanted(now)
        if self.which == "outside":
            return not now.frame.in_batch
        return now.frame.sample != now.start.sample

    def help(self, now: Situation) -> bool:
        now.session.select_sample(self._wanted(now))
        return False


@dataclass(frozen=True)
class Inspected:
    """A stage's inspector is open."""

    kind: ClassVar[str] = "inspected"
    stage: Stage

    @classmethod
    def read(cls, table: Table) -> Inspected:
        return cls(table.stage("stage"))

    def asks(self) -> str:
        return f"Open stage {int(self.stage)}, {self.stage.key} (key {int(self.stage)})"

    def holds(self, now: Situation) -> bool:
        return now.session.inspected is self.stage

    def help(self, now: Situation) -> bool:
        now.session.inspect(self.stage)
        return False


@dataclass(frozen=True)
class WentBack:
    """The run stands before where it has been since the step began."""

    kind: ClassVar[str] = "went_back"

    @classmethod
    def read(cls, table: Table) -> WentBack:
        return cls()

    def asks(self) -> str:
        return "Go back"

    def holds(self, now: Situation) -> bool:
        return progress(now.frame) < now.start.furthest

    def help(self, now: Situation) -> bool:
        now.session.step_back()
        return False


@dataclass(frozen=True)
class Edited:
    """A weight or bias has been set by hand."""

    kind: ClassVar[str] = "edited"

    @classmethod
    def read(cls, table: Table) -> Edited:
        return cls()

    def asks(self) -> str:
        return "Set a weight or bias by hand"

    def holds(self, now: Situation) -> bool:
        return edits_of(now.frame) > now.start.edits

    def help(self, now: Situation) -> bool:
        value = quantities.value_of("weight_0[0,0]", now.frame) or 0.0
        now.session.edit_parameter("weight_0[0,0]", value + 1.0)
        return False


CHECKS: dict[str, type[Check]] = {
    kind.kind: kind
    for kind in (
        StageDone, UpdateReached, Running, Setting, Number, LossBelow, AccuracyAbove,
        SamplePicked, Inspected, WentBack, Edited,
    )
}  # fmt: skip
