"""A few losses as bars under each other, each with its name and its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.style_sheet import mix


@dataclass(frozen=True)
class Outcome:
    """One bar: a value, not a number where it broke off, and whether it is the one that matters."""

    name: str
    value: float
    strong: bool = False


class Outcomes(Canvas):
    """Bars from 0; one that is far longer than the others ends in an arrow, its number says it."""

    def __init__(self, title: str = "Whole training loss", parent: QWidget | None = None) -> None:
        self._outcomes: tuple[Outcome, ...] = ()
        super().__init__(title, parent)
        self.setObjectName("plot.outcomes")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    def set_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Show values that are at least 0."""
        self._outcomes = tuple(outcomes)
        self.refresh()

    def values(self) -> dict[str, float]:
        """Return the values by their names."""
        return {outcome.name: outcome.value for outcome in self._outcomes}

    def describe(self) -> str:
        """Return the bars in words."""
        said = [f"{each.name}: {self._number(each.value)}" for each in self._outcomes]
        return f"{self._title}. {'; '.join(said)}." if said else "Nothing has been tried yet."

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the values."""
        return [self._title], [[each.value for each in self._outcomes]]

    def row_names(self) -> list[str] | None:
        """Return the names."""
        return [each.name for each in self._outcomes]

    def tip(self, at: QPointF) -> str:
        """Return the value under the cursor."""
        place = int((at.y() - self.title_height()) / self._row_height())
        if at.y() < self.title_height() or not 0 <= place < len(self._outcomes):
            return ""
        return f"{self._outcomes[place].name}: {self._outcomes[place].value!r}"

    @staticmethod
    def _number(value: float) -> str:
        return "broke off" if np.isnan(value) else numbers.short(value, 4)

    def _row_height(self) -> float:
        return self.line_height() + 5.0

    def sizeHint(self) -> QSize:
        """Return the height of the bars."""
        rows = max(len(self._outcomes), 1)
        return QSize(300, int(self.title_height() + rows * self._row_height() + 2.0))

    def minimumSizeHint(self) -> QSize:
        """Return the least width at that height."""
        return QSize(200, self.sizeHint().height())

    def draw(self, painter: QPainter) -> None:
        """Paint names, bars and numbers."""
        if not self._outcomes:
            return
        finite = sorted(each.value for each in self._outcomes if np.isfinite(each.value))
        # One that is out of all proportion must not make the others invisible.
        middle = finite[len(finite) // 2] if finite else 1.0
        top = min(finite[-1], 12.0 * middle) if finite and middle > 0.0 else 1.0
        names = max(self.text_width(each.name) for each in self._outcomes) + 8.0
        room = max(self.width() - names - self.text_width("0.00000 × 10⁻⁰⁰") - 12.0, 20.0)
        row, left = self._row_height(), Qt.AlignmentFlag.AlignLeft
        for place, each in enumerate(self._outcomes):
            y = self.title_height() + place * row
            color = self.theme.text if each.strong else self.theme.muted
            self.write(painter, QRectF(0.0, y, names, row), each.name, color, left)
            share = each.value / (top or 1.0) if np.isfinite(each.value) else 0.0
            bar = QRectF(names, y + 3.0, max(min(share, 1.0) * room, 1.0), row - 6.0)
            painter.fillRect(bar, QColor(mix(color, self.theme.panel, 0.35)))
            text = self._number(each.value)
            if share > 1.0 + 1e-9:
                text = f"→ {text}"
            box = QRectF(bar.right() + 6.0, y, self.width() - bar.right() - 6.0, row)
            self.write(painter, box, text, color, left)
