"""Changes of settings that can be undone, and what differs between two experiments."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import isfinite
from typing import Any

from core.data.dataset import Dataset
from core.errors import InputError
from core.experiment import Experiment, fields, weight_place
from core.network.layout import Layout
from mlloop_gui.frames import Frame

UNDO_STEPS = 200


@dataclass(frozen=True)
class Edit:
    """A change of settings."""

    before: Experiment
    after: Experiment
    text: str


@dataclass(frozen=True)
class WeightChange:
    """A weight or bias that was set by hand; `token` is its name in the driver."""

    token: int
    path: str
    value: float

    @property
    def text(self) -> str:
        return f"{self.path} = {self.value:g}"


Travel = tuple[Experiment, Experiment] | WeightChange
_Edits = deque[Edit | WeightChange]


class Edits:
    """What can be undone and redone, newest last."""

    def __init__(self) -> None:
        self._done: deque[Edit | WeightChange] = deque(maxlen=UNDO_STEPS)
        self._undone: deque[Edit | WeightChange] = deque()
        self._travelled: tuple[_Edits, _Edits] | None = None
        self._tokens = 0

    def add(
        self, before: Experiment, after: Experiment, text: str, continued: bool = False
    ) -> None:
        """Remember a change; what was undone can no longer be redone.

        One that is `continued`, such as a drag, is taken back together with the last of its text.
        """
        last = self._done[-1] if continued and self._done else None
        if isinstance(last, Edit) and last.text == text:
            before = last.before
            self._done.pop()
        self._done.append(Edit(before, after, text))
        self._undone.clear()
        self._travelled = None

    def add_weight(self, path: str, value: float) -> int:
        """Remember that a parameter was set by hand; the token of this edit."""
        self._tokens += 1
        self._done.append(WeightChange(self._tokens, path, value))
        self._undone.clear()
        self._travelled = None
        return self._tokens

    def forget(self, before: Experiment) -> None:
        """Take the last change, undo or redo back: it was refused."""
        if self._travelled is not None:
            came_from, went_to = self._travelled
            came_from.append(went_to.pop())
            self._travelled = None
            return
        last = self._done[-1] if self._done else None
        if isinstance(last, WeightChange) or (last is not None and last.before == before):
            self._done.pop()

    def settle(self) -> None:
        """What was asked for last has come to pass."""
        self._travelled = None

    def undo(self) -> Travel | None:
        """What takes the last change back: settings from and to, or a parameter's edit."""
        edit = self._move(self._done, self._undone)
        return (edit.after, edit.before) if isinstance(edit, Edit) else edit

    def redo(self) -> Travel | None:
        """What makes the change undone last again; None when there is none."""
        edit = self._move(self._undone, self._done)
        return (edit.before, edit.after) if isinstance(edit, Edit) else edit

    def _move(self, source: _Edits, target: _Edits) -> Edit | WeightChange | None:
        if not source:
            return None
        target.append(source.pop())
        self._travelled = source, target
        return target[-1]

    @property
    def undo_text(self) -> str:
        """What undo would take back; empty when there is nothing."""
        return self._done[-1].text if self._done else ""

    @property
    def redo_text(self) -> str:
        """What redo would make again; empty when there is nothing."""
        return self._undone[-1].text if self._undone else ""


def require_parameter(layout: Layout, path: str, value: float) -> None:
    """Refuse what is no parameter of a network, or no number; raises `InputError`."""
    place = weight_place(path)
    if place is None:
        raise InputError("no such parameter", field=path, allowed="weight_0[1,3] or bias_0[3]")
    layout.index(*place)
    if not isfinite(value):
        raise InputError("not possible", field=path, value=value, allowed="a finite number")


def differences(old: Experiment, new: Experiment) -> dict[str, Any]:
    """The settings in which `new` differs from `old`, with the new values."""
    return {path: new.get(path) for path in fields() if old.get(path) != new.get(path)}


def same_data(a: Experiment, b: Experiment) -> bool:
    """Whether both make the same problem of their data."""
    return (
        a.data == b.data
        and a.data_seed == b.data_seed
        and a.representation == b.representation
        and a.evaluation == b.evaluation
        and a.loss == b.loss
        and a.model.dtype == b.model.dtype
        and a.directory == b.directory
    )


def same_table(a: Dataset, b: Dataset) -> bool:
    """Whether rows and columns of one are rows and columns of the other too."""
    return a.name == b.name and a.columns == b.columns and len(a.target) == len(b.target)


def data_key(experiment: Experiment) -> str:
    """The same text for the same data and split, whatever is done to a copy of the test part."""
    points = experiment.data.points  # thousands, of which writing out each takes long
    data = experiment.data.model_copy(
        update={"seed": experiment.data_seed, "shift": None, "points": hash(points)}
    )
    return f"{data!r} {experiment.evaluation!r} {experiment.directory}"


def found_loss(before: Frame | None, frame: Frame) -> list[str]:
    """What to say of the loss that a table was found to need."""
    name = frame.settings.loss.name
    if before is None or before.settings.loss.name == name:
        return []
    return [f"The loss is now {name}, which suits {frame.problem.dataset.target_name}."]
