"""Stage 9: what is kept aside, when a run ends, and the sealed test."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton, QWidget

from core.experiment import Experiment
from mlloop_gui.panels.base import Panel


class EvaluationPanel(Panel):
    """The parts of the data, the end of a run, and a button that opens the test part."""

    title = "9 Evaluation"
    name = "evaluation"
    basic = ("evaluation.validation_fraction", "evaluation.test_fraction")
    more = (
        "stop.epochs",
        "stop.updates",
        "stop.target_loss",
        "stop.target_metric",
        "stop.patience",
    )

    def __init__(self, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        session.frame_changed.connect(self._count)

    def add_body(self) -> None:
        self.test = QPushButton(self)
        self.test.setObjectName("open_test_button")
        self.test.setToolTip(
            "Look at the test part once. Each look is counted: what was chosen after it"
            " is no longer unseen."
        )
        self.test.clicked.connect(self.session.open_test)
        self.body.addWidget(self.test)

    def applies(self, path: str, experiment: Experiment) -> bool:
        if path == "evaluation.test_fraction":
            return experiment.data.test_path is None
        return True

    @Slot()
    def refresh(self) -> None:
        """Show the fields that apply and the count of openings."""
        super().refresh()
        self._count()

    @Slot()
    def _count(self) -> None:
        openings = self.session.test_openings
        state = "sealed" if not openings else "opened"
        text = f"Test {state} · opened {openings}×" if not openings else f"Test opened {openings}×"
        if text != self.test.text():
            self.test.setText(text)
            self.test.setAccessibleName(f"Open the test part; opened {openings} times")
