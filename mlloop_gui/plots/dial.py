"""A dial for a loss: from the lowest that can be reached to the highest, a mark to get below."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.theme import font

_SWEEP = 190.0  # degrees from the lowest to the highest
_BAND = 9.0  # pixels


class LossDial(Canvas):
    """A gauge with one needle or two; the first one's number is printed.

    The scale goes with the cube root of what is lost beyond the lowest, so that the last small
    gains can be seen as well as the first large ones.

    Parameters
    ----------
    title : str
    """

    def __init__(self, title: str = "Loss", parent: QWidget | None = None) -> None:
        self._range = (0.1, 10.0)
        self._mark = 1.0
        self._value = math.nan
        self._other: tuple[float, str] | None = None
        super().__init__(title, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.refresh()

    def set_range(self, lowest: float, highest: float, mark: float) -> None:
        """Set both ends, above 0, and the mark between them."""
        if not 0.0 < lowest < mark < highest:
            raise ValueError(f"not in order: 0, {lowest}, {mark}, {highest}")
        self._range, self._mark = (lowest, highest), mark
        self.refresh()

    def set_value(self, value: float) -> None:
        """Turn the needle to a loss."""
        if value != self._value:
            self._value = value
            self.refresh()

    def set_other(self, value: float | None, name: str = "") -> None:
        """Show a second needle with its name, or none."""
        other = None if value is None else (value, name)
        if other != self._other:
            self._other = other
            self.refresh()

    def share(self, value: float) -> float:
        """Return where a loss stands, from 0 at the lowest to 1 at the highest."""
        low, high = self._range
        if math.isnan(value):
            return 1.0
        return min(max((value - low) / (high - low), 0.0), 1.0) ** (1.0 / 3.0)

    # Words

    def describe(self) -> str:
        """Return the dial in words."""
        low, high = (numbers.fixed(end, 2) for end in self._range)
        said = f"{self._title}: {numbers.fixed(self._value, 2)}, between {low} (the lowest there"
        said += f" is) and {high}; the mark is {numbers.fixed(self._mark, 2)}"
        said += f", {'reached' if self._value < self._mark else 'not reached'}."
        if self._other is not None:
            said += f" {self._other[1]}: {numbers.fixed(self._other[0], 2)}."
        return said

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return what stands on the dial."""
        names = ["needle", "lowest", "mark", "highest"]
        values = [self._value, self._range[0], self._mark, self._range[1]]
        if self._other is not None:
            names.append(self._other[1])
            values.append(self._other[0])
        return ["what", "loss"], [names, values]

    def tip(self, at: QPointF) -> str:
        """Return the losses at full precision."""
        names, values = self.as_table()[1]
        return "\n".join(
            f"{name} {numbers.short(value, 6)}" for name, value in zip(names, values, strict=True)
        )

    # Geometry

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(230, 150)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(190, 108)

    def _circle(self) -> tuple[QPointF, float]:
        """The dial's middle and radius: texts stand left, right and above."""
        line, top = self.line_height(), self.title_height()
        side = self.text_width(f"{numbers.fixed(self._range[1], 2)}") + 6.0
        below = math.sin(math.radians((_SWEEP - 180.0) / 2)) + 0.02
        high = self.height() - top - line - 4.0
        radius = max(min((self.width() - 2 * side) / 2, high / (1.0 + below)), 20.0)
        return QPointF(self.width() / 2, top + line + 2.0 + radius), radius

    def _at(self, share: float, radius: float) -> QPointF:
        middle, _ = self._circle()
        angle = math.radians(180.0 + (_SWEEP - 180.0) / 2 - _SWEEP * share)
        return middle + QPointF(radius * math.cos(angle), -radius * math.sin(angle))

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint the band, its marks, the needles and the number."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self.theme
        middle, radius = self._circle()
        goal = self.share(self._mark)
        self._arc(painter, 0.0, goal, theme.accent, _BAND)
        self._arc(painter, goal, 1.0, theme.border, 0.55 * _BAND)
        for value in (0.5, 1.0, 2.0, 5.0):
            if self._mark < value < self._range[1]:
                self._tick(painter, value, theme.muted, 4.0)
                self._write_tick(painter, value)
        self._tick(painter, self._mark, theme.text, 7.0)
        self._write_ends(painter, radius)
        if self._other is not None:
            self._needle(painter, self._other[0], theme.accent, hollow=True)
        self._needle(painter, self._value, theme.text, hollow=False)
        face = font("formula", bold=True)
        line = 1.3 * face.pixelSize()
        box = QRectF(middle.x() - radius, middle.y() - 0.5 * line, 2 * radius, line)
        plate = box.adjusted(radius - 0.9 * line * 1.6, 0.0, -(radius - 0.9 * line * 1.6), 0.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(plate, 4.0, 4.0)
        self.write(painter, box, numbers.fixed(self._value, 2), theme.text, face=face)

    def _arc(self, painter: QPainter, first: float, last: float, color: str, width: float) -> None:
        middle, radius = self._circle()
        pen = QPen(QColor(color), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inner = radius - _BAND / 2
        box = QRectF(middle.x() - inner, middle.y() - inner, 2 * inner, 2 * inner)
        begin = 180.0 + (_SWEEP - 180.0) / 2 - _SWEEP * first
        painter.drawArc(box, round(16 * begin), round(-16 * _SWEEP * (last - first)))

    def _tick(self, painter: QPainter, value: float, color: str, length: float) -> None:
        _, radius = self._circle()
        share = self.share(value)
        painter.setPen(QPen(QColor(color), 1.4))
        first, last = self._at(share, radius - _BAND - 1.0), self._at(share, radius + length - 4.0)
        painter.drawLine(first, last)

    def _write_tick(self, painter: QPainter, value: float) -> None:
        _, radius = self._circle()
        share, line = self.share(value), self.line_height()
        text = numbers.short(value, 1)
        width = self.text_width(text) + 2.0
        at = self._at(share, radius + 2.0)
        # Left of the top a number ends at its tick, right of it it begins there.
        x = at.x() - width * min(max(1.0 - 1.6 * (share - 0.18), 0.0), 1.0)
        box = QRectF(x, at.y() - 0.9 * line, width, line)
        self.write(painter, box, text, self.theme.muted)

    def _write_ends(self, painter: QPainter, radius: float) -> None:
        theme, line = self.theme, self.line_height()
        left, right = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
        for share, value, where in ((0.0, self._range[0], left), (1.0, self._range[1], right)):
            at = self._at(share, radius)
            text = numbers.fixed(value, 2)
            width = self.text_width(text) + 2.0
            x = at.x() - width - 3.0 if where is left else at.x() + 3.0
            self.write(painter, QRectF(x, at.y() - line, width, line), text, theme.muted, where)
        at = self._at(self.share(self._mark), radius + 4.0)
        text = f"mark {numbers.fixed(self._mark, 2)}"
        width = self.text_width(text) + 4.0
        x = max(0.0, at.x() - width - 2.0)
        self.write(painter, QRectF(x, at.y() - line, width, line), text, theme.text, left)

    def _needle(self, painter: QPainter, value: float, color: str, hollow: bool) -> None:
        middle, radius = self._circle()
        if math.isnan(value):
            return
        tip = self._at(self.share(value), radius - 2.0)
        way = tip - middle
        length = math.hypot(way.x(), way.y())
        across = QPointF(-way.y(), way.x()) * (4.0 / length)
        shape = QPolygonF([middle + across, tip, middle - across])
        painter.setPen(QPen(QColor(color), 1.4))
        painter.setBrush(QColor(self.theme.panel) if hollow else QColor(color))
        painter.drawPolygon(shape)
