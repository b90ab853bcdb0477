"""The list of chapters, with how far each has been gone through."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.stages import Stage
from mlloop_gui.theme import Theme, current

INTRODUCTION = (
    "Nine short chapters, one a stage. Each runs the window beside it, and asks you to"
    " predict before it shows."
)


class Contents(QScrollArea):
    """A button a chapter.

    Signals
    -------
    wanted : Stage
    """

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guide.contents")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setProperty("scrolled", True)
        column = QVBoxLayout(inside)
        column.setContentsMargins(2, 2, 8, 2)
        column.setSpacing(3)
        told = QLabel(INTRODUCTION)
        told.setWordWrap(True)
        told.setProperty("role", "muted")
        column.addWidget(told)
        column.addSpacing(2)
        self.buttons: dict[Stage, QPushButton] = {}
        for stage in Stage:
            button = QPushButton()
            button.setObjectName(f"guide.chapter.{stage.key}")
            button.setAutoDefault(True)
            button.clicked.connect(lambda checked=False, stage=stage: self.wanted.emit(stage))
            self.buttons[stage] = button
            column.addWidget(button)
        column.addStretch(1)
        self.setWidget(inside)
        self.set_theme(current())

    def set_chapters(self, told: dict[Stage, tuple[str, int, int, int]]) -> None:
        """Show title, minutes, steps and steps done of each."""
        begun = False
        for stage, (title, minutes, steps, done) in told.items():
            button = self.buttons[stage]
            if done >= steps:
                mark, said = "✓", "done"
            elif done:
                mark, said = f"{done}/{steps}", f"step {done + 1} of {steps} comes next"
            else:
                mark, said = f"{minutes} min", f"about {minutes} minutes"
            button.setText(f"{int(stage)}  {title}   · {mark}")
            button.setToolTip(f"{stage.question} ({said})")
            button.setAccessibleName(f"chapter {int(stage)}, {title}: {said}")
            # The one to go on with is lit.
            lit = done < steps and not begun
            begun = begun or lit
            if button.property("primary") is not lit:
                button.setProperty("primary", lit)
                button.style().unpolish(button)
                button.style().polish(button)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        for button in self.buttons.values():
            button.setStyleSheet("QPushButton { text-align: left; }")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
