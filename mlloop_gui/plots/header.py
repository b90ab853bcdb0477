"""The line above (or under) a plot: title, legend with drawn samples, values, read-out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.theme import Theme, current, current_scale, font

#: Draws a legend sample with its middle at a point, in the colours of a theme.
Glyph = Callable[[QPainter, QPointF, Theme], None]
_GAP = 10.0


@dataclass(frozen=True)
class Entry:
    """One entry of a legend: a drawn sample, a word and (bold) a value."""

    text: str = ""
    glyph: Glyph | None = None
    glyph_width: float = 14.0
    value: str = ""


def line_glyph(pen_of: Callable[[Theme], QPen]) -> Glyph:
    """Return a glyph that draws a short line with the pen that ``pen_of`` makes."""

    def draw(painter: QPainter, middle: QPointF, theme: Theme) -> None:
        painter.setPen(pen_of(theme))
        reach = QPointF(10.0 * current_scale(), 0.0)
        painter.drawLine(middle - reach, middle + reach)

    return draw


class Strip(QWidget):
    """A line of text over a plot: a bold title, a muted unit, then a legend or a read-out.

    What does not fit is left out from the front of the legend; a title or read-out that does
    not fit ends in an ellipsis. The whole text is the accessible name.
    """

    def __init__(self, parent: QWidget | None = None, align_right: bool = True) -> None:
        super().__init__(parent)
        self._title = ""
        self._unit = ""
        self._entries: tuple[Entry, ...] = ()
        self._readout = ""
        self._align_right = align_right
        self._theme = current()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def set_title(self, title: str, unit: str = "") -> None:
        """Set the title and the muted words after it."""
        if (title, unit) != (self._title, self._unit):
            self._title, self._unit = title, unit
            self.update()

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Set the legend."""
        made = tuple(entries)
        if made != self._entries:
            self._entries = made
            if not self._readout:
                self.update()

    def set_readout(self, text: str) -> None:
        """Show ``text`` in place of the legend; an empty text brings the legend back."""
        if text != self._readout:
            self._readout = text
            self.update()

    def readout(self) -> str:
        """Return the read-out shown, or an empty text."""
        return self._readout

    def legend_text(self) -> str:
        """Return the legend as one text."""
        return ", ".join(f"{entry.text} {entry.value}".strip() for entry in self._entries)

    def sizeHint(self) -> QSize:
        """Return a height that fits the tallest text."""
        return QSize(120, int(QFontMetricsF(font("base", bold=True)).height()) + 8)

    def minimumSizeHint(self) -> QSize:
        """Return the least height at any width."""
        return QSize(40, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._theme.panel))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = self._paint_title(painter)
        if self._readout:
            self._paint_readout(painter, left)
        else:
            self._paint_legend(painter, left)
        painter.end()

    def _paint_title(self, painter: QPainter) -> float:
        left = 0.0
        for text, face, color in (
            (self._title, font("base", bold=True), self._theme.text),
            (self._unit, font("small"), self._theme.muted),
        ):
            if not text:
                continue
            metrics = QFontMetricsF(face)
            room = self.width() - left
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            self._text(painter, left, shown, face, color)
            left += metrics.horizontalAdvance(shown) + (6.0 if face.bold() else 0.0)
        return left + (_GAP if left else 0.0)

    def _paint_readout(self, painter: QPainter, left: float) -> None:
        face = font("small")
        metrics = QFontMetricsF(face)
        room = self.width() - left
        shown = metrics.elidedText(self._readout, Qt.TextElideMode.ElideRight, room)
        at = self.width() - metrics.horizontalAdvance(shown) if self._align_right else left
        self._text(painter, at, shown, face, self._theme.text)

    def _paint_legend(self, painter: QPainter, left: float) -> None:
        room = self.width() - left
        widths = [self._entry_width(entry) for entry in self._entries]
        kept: list[int] = []
        for index in range(len(widths)):
            if sum(widths[i] for i in kept) + widths[index] + _GAP * len(kept) > room:
                break
            kept.append(index)
        total = sum(widths[i] for i in kept) + _GAP * max(len(kept) - 1, 0)
        at = self.width() - total if self._align_right else left
        for index in kept:
            self._paint_entry(painter, at, self._entries[index])
            at += widths[index] + _GAP

    def _entry_width(self, entry: Entry) -> float:
        width = entry.glyph_width * current_scale() + 4.0 if entry.glyph else 0.0
        width += QFontMetricsF(font("small")).horizontalAdvance(entry.text)
        if entry.value:
            bold = QFontMetricsF(font("small", bold=True))
            width += bold.horizontalAdvance(entry.value) + (4.0 if entry.text else 0.0)
        return width

    def _paint_entry(self, painter: QPainter, left: float, entry: Entry) -> None:
        if entry.glyph:
            painter.save()
            width = entry.glyph_width * current_scale()
            middle = QPointF(left + width / 2, self.height() / 2)
            entry.glyph(painter, middle, self._theme)
            painter.restore()
            left += width + 4.0
        face = font("small")
        self._text(painter, left, entry.text, face, self._theme.muted)
        if entry.value:
            left += QFontMetricsF(face).horizontalAdvance(entry.text)
            left += 4.0 if entry.text else 0.0
            self._text(painter, left, entry.value, font("small", bold=True), self._theme.text)

    def _text(self, painter: QPainter, left: float, text: str, face, color: str) -> None:
        painter.setFont(face)
        painter.setPen(QColor(color))
        box = QRectF(left, 0.0, self.width() - left + 40.0, self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
