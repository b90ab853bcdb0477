"""Formula, the formula with numbers, and the sentence, in a column that is wide and short."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from mlloop_gui.plots.formula import FormulaLabel, formula_font
from mlloop_gui.theme import Theme, font_px

_GAP = 4


class _Formula(FormulaLabel):
    """A formula label whose formula is written smaller where it is long."""

    def needed(self, width: int) -> int:
        """Return the height that the texts take at a width."""
        self._write(width)
        self._column.invalidate()
        return self._column.totalHeightForWidth(width)

    def _write(self, width: int) -> None:
        """Choose the formula's size: the largest at which it stands on one line."""
        face = formula_font()
        advance = QFontMetricsF(face).horizontalAdvance(self._formula.text())
        fits = advance <= width - 6
        pixels = face.pixelSize() if fits else font_px("title") + 1
        if pixels != self._pixels:
            self._pixels = pixels
            sheet = self._formula.styleSheet()
            head, _, tail = sheet.partition("font-size: ")
            self._formula.setStyleSheet(f"{head}font-size: {pixels}px{tail[tail.index(';') :]}")

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        super().set_theme(theme)
        self._column.setSpacing(_GAP)
        self._pixels = formula_font().pixelSize()

    _pixels = 0


class Words(QScrollArea):
    """The words of an inspector; what is higher than the column is scrolled to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("explanation of the stage")
        self._inside = _Formula()
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
