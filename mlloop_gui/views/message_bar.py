"""One line under the ring for what went wrong or followed, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mlloop_gui.frames import Frame
from mlloop_gui.session import Session

CLIP = 1.0
SIGNS = {"error": "✕", "warning": "!", "note": "i"}


class MessageBar(QFrame):
    """Hidden until there is something to say."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message_bar")
        self._session = session
        self._failure: object = None
        self._loading = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        above = QHBoxLayout()
        self.text = QLabel()
        self.text.setObjectName("message")
        self.text.setWordWrap(True)
        # The style's padding does not reach wrapped text.
        self.text.setIndent(10)
        above.addWidget(self.text, 1)
        column.addLayout(above)
        self._row = QHBoxLayout()
        self._row.addStretch(1)
        column.addLayout(self._row)
        self._buttons: list[QPushButton] = []
        self._close = QToolButton()
        self._close.setText("✕")
        self._close.setAccessibleName("Close the message")
        self._close.setToolTip("Close the message")
        self._close.clicked.connect(self.clear)
        above.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()
        session.message.connect(self.say)
        session.frame_changed.connect(self._follow)
        session.run_started.connect(self.clear)
        session.loading_changed.connect(self._follow_loading)

    @Slot(str, str)
    def say(self, severity: str, text: str) -> None:
        """Show a message of severity ``"error"``, ``"warning"`` or ``"note"``."""
        self._offer({})
        self._show(severity, text)

    def _show(self, severity: str, text: str) -> None:
        self.text.setProperty("message", severity)
        self.text.style().unpolish(self.text)
        self.text.style().polish(self.text)
        self.text.setText(f"{SIGNS[severity]}  {text}")
        self.text.setAccessibleName(f"{severity}: {text}")
        self.show()

    @Slot()
    def clear(self) -> None:
        """Nothing to say any more."""
        self._offer({})
        self.hide()

    def _offer(self, choices: dict[str, tuple[str, Callable[[], object]]]) -> None:
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        for name, (text, act) in choices.items():
            button = QPushButton(text)
            button.setObjectName(name)
            button.clicked.connect(lambda checked=False, act=act: act())
            self._row.insertWidget(len(self._buttons), button)
            self._buttons.append(button)

    @Slot()
    def _follow_loading(self) -> None:
        share = self._session.loading
        if share is None:
            if self._loading:
                self._loading = False
                self.clear()
            return
        if not self._loading:
            self._loading = True
            self._offer({"cancel_loading": ("Cancel", self._session.cancel_loading)})
        path = self._session.experiment.data.path or ""
        self._show("note", f"Loading {Path(path).name}: {100 * share:.0f} %")

    @Slot()
    def _follow(self) -> None:
        frame = self._session.frame
        failure = frame.failure if frame else None
        if failure is self._failure:
            return
        self._failure = failure
        if frame is None or failure is None:
            self.clear()
            return
        self._offer(self._cures(frame))
        good = frame.position.update
        self._show(
            "error",
            f"Turn {failure.turn} broke in stage {int(failure.stage)}"
            f" ({failure.stage.label.lower()}): {failure.message.split(', in stage')[0]}."
            f" The run stands at update {good}, the last good one.",
        )

    def _cures(self, frame: Frame) -> dict[str, tuple[str, Callable[[], object]]]:
        session, settings = self._session, frame.settings
        rate = settings.optimizer.learning_rate or 1.0
        lower = float(f"{rate / 10:.3g}")
        found: dict[str, tuple[str, Callable[[], object]]] = {
            "cure.back": (f"Back to update {frame.position.update}", session.step_back),
            "cure.rate": (
                f"Start again with rate {lower:g}",
                lambda: session.restart_with({"optimizer.learning_rate": lower}),
            ),
        }
        if settings.optimizer.clip_norm is None:
            found["cure.clip"] = (
                f"Clip gradients at {CLIP:g}, start again",
                lambda: session.restart_with({"optimizer.clip_norm": CLIP}),
            )
        if settings.representation.scaling == "none":
            found["cure.scaling"] = (
                "Scale the inputs, start again",
                lambda: session.restart_with({"representation.scaling": "standard"}),
            )
        return found
