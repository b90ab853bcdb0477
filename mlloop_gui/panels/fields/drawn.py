"""Fields of points drawn by hand, and what is done to the test part."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property
from PySide6.QtWidgets import QPushButton, QWidget

from core.errors import InputError
from core.experiment import Field
from core.settings.shift import ShiftSettings
from mlloop_gui.panels.fields.binding import ANY, Binding, Session
from mlloop_gui.panels.fields.choice import Menu, Option
from mlloop_gui.panels.fields.line import LineEditor

NOTHING, OWN = "nothing", "own"
#: Ready-made shifts: name, label, tooltip and the shift; others are written into the file.
SHIFTS = (
    (NOTHING, "Nothing", "The test part is as it was drawn.", None),
    ("moved", "Moved", "Inputs move by half a spread: covariate shift.", {"move": (0.5,)}),
    ("turned", "Turned", "Inputs turn by 30 degrees: covariate shift.", {"turn": 30.0}),
    ("noisy", "Noisier", "Inputs get noise of 0.3 spreads: covariate shift.", {"noise": 0.3}),
    ("flipped", "Labels flipped", "20 % of the labels are wrong: concept shift.",
     {"label_flips": 0.2}),
    ("concept", "Concept changed", "On one side the classes change places: concept shift.",
     {"concept": 0.3}),
)  # fmt: skip


class PointsEditor(QPushButton):
    """Says how many points are drawn; pressing it asks for the drawing."""

    def __init__(self, session: Session, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.binding = Binding(session, field, self, "Space opens the drawing.")
        self.binding.begin()

    def _value(self) -> Any:
        return self.binding.value

    def _set_value(self, value: Any) -> None:
        self.binding.edit(value)

    value = Property(ANY, _value, _set_value, user=True)

    def show_value(self, value: Any) -> None:
        """Show `value` without telling anyone."""
        self.setText(f"{len(value):,} drawn…" if value else "Draw…")


class NamesEditor(LineEditor):
    """A list of names, separated by commas."""

    def written(self, value: Any) -> str:
        return ", ".join(value)

    def read(self, text: str) -> Any:
        names = [name.strip() for name in text.split(",")]
        if not all(names):
            raise InputError("a name is empty", value=text, allowed=self.field.allowed)
        return names


class ShiftEditor(Menu):
    """What is done to the test part: one of a few, or what the file says."""

    def __init__(self, session: Session, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.binding = Binding(session, field, self)
        self.chosen.connect(self._choose)
        self.binding.begin()

    def _value(self) -> Any:
        return self.binding.value

    def _set_value(self, value: Any) -> None:
        self.binding.edit(value)

    value = Property(ANY, _value, _set_value, user=True)

    def show_value(self, value: Any) -> None:
        """Show `value` without telling anyone."""
        options = [Option(name, label, tip) for name, label, tip, _ in SHIFTS]
        name = next((name for name, *_, shift in SHIFTS if _made(shift) == value), OWN)
        if name == OWN:
            options.append(Option(OWN, "As the file says", ", ".join(value.kinds)))
        self.set_sections([("", options)])
        self.show_name(name)

    def _choose(self, name: str) -> None:
        if name != OWN:
            self.binding.commit(next(_made(shift) for known, *_, shift in SHIFTS if known == name))


def _made(shift: dict[str, Any] | None) -> ShiftSettings | None:
    return None if shift is None else ShiftSettings(**shift)
