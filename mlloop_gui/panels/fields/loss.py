"""The loss: the source's suggestion first, and only those that fit the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from core.experiment import Field
from core.registry import registry
from core.settings.rules import suggested_loss
from mlloop_gui.panels.fields.binding import Session
from mlloop_gui.panels.fields.choice import ChoiceEditor, Section, sections_of


def task(session: Session) -> str | None:
    """``"classification"``, ``"regression"``, or None while a table is not yet read."""
    problem = session.problem
    found: str | None = session.experiment.task
    return found or (problem.dataset.task if problem is not None else None)


class LossEditor(ChoiceEditor):
    """A menu that follows the data."""

    def __init__(self, session: Session, field: Field, parent: QWidget | None = None) -> None:
        self._session = session
        super().__init__(session, field, parent)
        self.setPlaceholderText("suggested")
        session.experiment_changed.connect(self.follow)
        session.run_started.connect(self.follow)
        self.follow()

    @Slot()
    def follow(self) -> None:
        """List what fits the data of the session."""
        self.set_sections(self._fitting())
        self.show_value(self.binding.value)
        self.binding.shown_changed.emit()

    def show_value(self, value: Any) -> None:
        """Show `value`; none stands for the loss that the data suggest."""
        problem = self._session.problem
        if value is None and problem is not None:
            value = problem.dataset.suggested_loss
        super().show_value(value)

    def _fitting(self) -> Sequence[Section]:
        kind = task(self._session)
        data = self._session.experiment.data
        first = [suggested_loss(data)] if self._session.experiment.task else []
        found: list[Section] = []
        for title, options in sections_of(self.field, first):
            losses = [(registry("losses")[option.name], option) for option in options]
            kept = [
                option
                for loss, option in losses
                if kind is None
                or (loss.for_classes if kind == "classification" else loss.for_numbers)
            ]
            if kept:
                found.append((title, kept))
        return found
