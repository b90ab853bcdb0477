"""Formula, the formula with numbers, and the sentence, in a column that is wide and short."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from mlloop_gui.plots.formula import FormulaLabel
from mlloop_gui.theme import Theme


class Words(QScrollArea):
    """The words of an inspector; what is higher than the column is scrolled to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("explanation of the stage")
        self._inside = FormulaLabel()
        self._inside.setProperty("scrolled", True)
        self.setWidget(self._inside)

    def set_text(self, formula: str, numbers: str = "", sentence: str = "") -> None:
        """Set the three texts; an empty one takes no room."""
        before = self._inside.describe()
        self._inside.set_text(formula, numbers, sentence)
        self._fit()
        if before != self._inside.describe():
            self.verticalScrollBar().setValue(0)
        self.setAccessibleDescription(self._inside.describe())

    def describe(self) -> str:
        """Return the three texts as one."""
        return self._inside.describe()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self._inside.set_theme(theme)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the formula to the width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give the texts the width there is, and the height that they need at it."""
        width, height = self.width(), self.height()
        needed = self._inside.needed(width)
        if needed > height:
            width -= self.verticalScrollBar().sizeHint().width() + 2
            needed = self._inside.needed(width)
        self._inside.resize(width, max(needed, height))
