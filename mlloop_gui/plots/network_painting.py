"""How the units of a network are painted: the still part, the heat maps, the numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen, QPixmap

from mlloop_gui import theme as themes
from mlloop_gui.plots.network_edges import Edges, Values
from mlloop_gui.plots.network_layout import NetworkLayout
from mlloop_gui.plots.network_text import Array, Structure, brief
from mlloop_gui.plots.numbers import count
from mlloop_gui.theme import Theme

#: At most this many numbers stand on the edges.
MOST_EDGE_NUMBERS = 8

_CENTER = Qt.AlignmentFlag.AlignCenter


class UnitMaps:
    """Heat maps of all units, one image a column, coloured when first painted in a theme."""

    def __init__(
        self,
        maps: Sequence[NDArray[np.uint8] | None],
        luts: Sequence[NDArray[np.uint8] | None] | None,
    ) -> None:
        self._maps = list(maps)
        self._luts = list(luts) if luts is not None else [None] * len(self._maps)
        self._theme: Theme | None = None
        self._images: list[QImage | None] = []
        self._pixels: list[NDArray[np.uint32]] = []

    def images(self, theme: Theme) -> list[QImage | None]:
        """Return the image of each column, its units' maps one below the other."""
        if theme is not self._theme:
            self._theme = theme
            self._images, self._pixels = [], []
            for indices, lut in zip(self._maps, self._luts, strict=True):
                if indices is None or indices.size == 0:
                    self._images.append(None)
                    continue
                table = themes.diverging_lut(theme) if lut is None else lut
                # Indexing keeps the order of the indices in memory; a QImage reads row by row.
                pixels = np.ascontiguousarray(_packed(table)[indices])
                units, high, wide = pixels.shape
                # A QImage borrows the array's memory, so the array is kept beside it.
                self._pixels.append(pixels)
                self._images.append(
                    QImage(pixels.data, wide, units * high, 4 * wide, QImage.Format.Format_RGB32)
                )
        return self._images

    def rows(self, column: int) -> tuple[int, int, int]:
        """Return units, height and width of a column's maps."""
        indices = self._maps[column]
        if indices is None:
            return 0, 0, 0
        units, high, wide = indices.shape
        return units, high, wide


def _packed(table: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return a table of (256, 3 or 4) colours as 0xffRRGGBB."""
    wide = table.astype(np.uint32)
    packed = (wide[:, 0] << 16) | (wide[:, 1] << 8) | wide[:, 2] | 0xFF000000
    return packed.astype(np.uint32)


def paint_still(
    pixmap: QPixmap,
    layout: NetworkLayout,
    edges: Edges,
    structure: Structure,
    theme: Theme,
    title: str,
    edge_title: str,
) -> None:
    """Paint what stays from frame to frame: background, titles, names, notes."""
    pixmap.fill(QColor(theme.panel))
    painter = QPainter(pixmap)
    size = pixmap.deviceIndependentSize()
    wide, line = size.width(), layout.line
    top = 0.0
    if title:
        _paint_header(painter, structure, theme, title, wide)
        top = line + 6.0
    small = themes.font("small")
    metrics = QFontMetrics(small)
    painter.setFont(small)
    painter.setPen(QColor(theme.muted))
    for column, x in enumerate(layout.centers):
        room = min(layout.column_pitch - 4.0, 2 * min(x, wide - x))
        text = _fitting(
            metrics, room, structure.title(column), structure.column(column),
            f"h{column}" if 0 < column < len(layout.centers) - 1 else structure.column(column)[:3],
        )  # fmt: skip
        painter.drawText(QRectF(x - room / 2.0, top + 2.0, room, line), _CENTER, text)
        if layout.hidden(column):
            hidden = count(layout.hidden(column))
            more = _fitting(metrics, room, f"… {hidden} more", f"+ {hidden}", f"+{hidden}")
            painter.drawText(layout.more_row(column), _CENTER, more)
    _paint_output_names(painter, layout, structure, theme, metrics, wide)
    notes = [edge_title]
    if edges.drawn_count() < edges.total:
        notes.append(
            f"{count(edges.drawn_count())} of {count(edges.total)} edges drawn"
            + (", the strongest" if edges.drawn_count() < edges.between_shown else "")
        )
    painter.setPen(QColor(theme.muted))
    y = size.height() - len(notes) * line - 3.0
    for note in notes:
        text = metrics.elidedText(note, Qt.TextElideMode.ElideRight, int(wide) - 8)
        painter.drawText(QRectF(4.0, y, wide - 8.0, line), _CENTER, text)
        y += line
    painter.end()


def _paint_header(
    painter: QPainter, structure: Structure, theme: Theme, title: str, wide: float
) -> None:
    bold = themes.font(bold=True)
    painter.setFont(bold)
    painter.setPen(QColor(theme.text))
    metrics = QFontMetrics(bold)
    painter.drawText(
        QPointF(2.0, 1.0 + metrics.ascent()),
        metrics.elidedText(title, Qt.TextElideMode.ElideRight, int(wide) - 4),
    )
    free = wide - metrics.horizontalAdvance(title) - 16.0
    small = themes.font("small")
    text = _fitting(QFontMetrics(small), free, structure.summary(), structure.total(), "")
    painter.setFont(small)
    painter.setPen(QColor(theme.muted))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(wide - free - 2.0, 1.0, free, metrics.height()), right, text)


def _paint_output_names(
    painter: QPainter,
    layout: NetworkLayout,
    structure: Structure,
    theme: Theme,
    metrics: QFontMetrics,
    wide: float,
) -> None:
    """Write the outputs' names beside their squares."""
    painter.setPen(QColor(theme.text))
    last = len(layout.sizes) - 1
    if last == 0 or len(structure.outputs) < 2:
        return
    for unit in range(min(layout.shown(last), len(structure.outputs))):
        square = layout.squares[last][unit]
        left = square.right() + 5.0
        free = int(wide - left - 2.0)
        name = metrics.elidedText(structure.outputs[unit], Qt.TextElideMode.ElideRight, free)
        row = QRectF(left, square.center().y() - layout.line / 2.0, free, layout.line)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, name)


def _fitting(metrics: QFontMetrics, room: float, *choices: str) -> str:
    """Return the first of ``choices`` that is no wider than ``room`` px, else the last."""
    for text in choices:
        if metrics.horizontalAdvance(text) <= room:
            return text
    return choices[-1]


class UnitPainter:
    """Paints what changes from frame to frame on top of the edges."""

    def __init__(
        self, painter: QPainter, layout: NetworkLayout, structure: Structure, theme: Theme
    ) -> None:
        self._painter, self._layout = painter, layout
        self._structure, self._theme = structure, theme
        self._font = themes.font("small")
        self._metrics = QFontMetrics(self._font)
        veil = QColor(theme.panel)
        veil.setAlpha(205)
        self._veil = veil
        self._taken: list[QRectF] = []
        self._widths: dict[str, int] = {}

    def squares(
        self,
        maps: UnitMaps | None,
        values: Sequence[Array | None] | None,
        selected: tuple[int, int] | None,
        focus: bool,
    ) -> None:
        """Draw each unit: its heat map, or the colour of its value, and its outline."""
        painter, layout, theme = self._painter, self._layout, self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        images = maps.images(theme) if maps is not None else []
        for column, squares in enumerate(layout.squares):
            image = images[column] if column < len(images) else None
            if image is not None and maps is not None:
                units, high, wide = maps.rows(column)
                for unit, square in enumerate(squares[:units]):
                    painter.drawImage(square, image, QRectF(0, unit * high, wide, high))
            else:
                array = values[column] if values is not None and column < len(values) else None
                for square, color in zip(squares, self._fills(array, len(squares)), strict=True):
                    painter.fillRect(square, color)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(themes.mix(theme.border, theme.muted, 0.35)), 1.0))
        painter.drawRects([square for squares in layout.squares for square in squares])
        if selected is not None and selected[0] < len(layout.squares):
            column, unit = selected
            if unit < len(layout.squares[column]):
                self._outline(layout.squares[column][unit], focus)

    def _fills(self, array: Array | None, shown: int) -> list[QColor]:
        if array is None:
            return [QColor(self._theme.raised)] * shown
        part = np.nan_to_num(np.asarray(array[:shown], dtype=np.float64), posinf=0.0, neginf=0.0)
        largest = float(np.max(np.abs(part), initial=0.0)) or 1.0
        table = themes.diverging_lut(self._theme)
        at = np.rint(127.5 + 127.5 * part / largest).astype(int)
        return [QColor(*table[index].tolist()) for index in at]

    def _outline(self, square: QRectF, focus: bool) -> None:
        painter = self._painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.accent), 3.0))
        painter.drawRoundedRect(square.adjusted(-2, -2, 3, 3), 3.0, 3.0)
        if focus:
            pen = QPen(QColor(self._theme.text), 1.0)
            pen.setDashPattern([2.0, 2.0])
            painter.setPen(pen)
            painter.drawRoundedRect(square.adjusted(-5, -5, 6, 6), 5.0, 5.0)

    def input_names(self) -> None:
        """Write the inputs' names under (or above) their squares."""
        layout = self._layout
        self._painter.setFont(self._font)
        room = int(layout.text_room(0))
        for unit in range(layout.shown(0)):
            row = layout.below(0, unit) if layout.two_lines else layout.above(0, unit)
            name = self._structure.unit(0, unit)
            # Columns made of one categorical column differ at their end.
            side = Qt.TextElideMode.ElideMiddle if " = " in name else Qt.TextElideMode.ElideRight
            text = self._metrics.elidedText(name, side, room)
            self._write(row, text, self._theme.text)

    def numbers(
        self,
        biases: Sequence[Array],
        values: Sequence[Array | None] | None,
        symbol: str,
        selected: tuple[int, int] | None,
    ) -> None:
        """Write every bias above its unit, and the unit's value below it."""
        self._painter.setFont(self._font)
        for column in range(len(self._layout.sizes)):
            shown = self._layout.shown(column)
            array = values[column] if values is not None and column < len(values) else None
            bias = biases[column - 1][:shown].tolist() if column else [None] * shown
            value = array[:shown].tolist() if array is not None else [None] * shown
            signs = self._signs(column, symbol, array is not None)
            for unit in range(shown):
                strong = selected == (column, unit)
                self._unit_numbers(column, unit, bias[unit], value[unit], signs, strong)

    def _unit_numbers(
        self,
        column: int,
        unit: int,
        bias: float | None,
        value: float | None,
        signs: tuple[str, str, bool],
        strong: bool,
    ) -> None:
        layout, theme = self._layout, self._theme
        above, below = layout.above(column, unit), layout.below(column, unit)
        bias_sign, value_sign, both = signs
        value_text = "" if value is None else f"{value_sign}{brief(value)}"
        if bias is not None:
            text = f"{bias_sign}{brief(bias)}"
            if both:
                text = f"{text}  {value_text}"
            self._write(above, text, theme.muted)
        if value is not None and layout.two_lines:
            ink = theme.accent if strong else theme.text
            self._write(above if column == 0 else below, value_text, ink, bold=strong)

    def _signs(self, column: int, symbol: str, valued: bool) -> tuple[str, str, bool]:
        """Return what stands before biases and values of a column, and if both share a line.

        It depends on the room and on no number, so that a column's texts are all of one form.
        """
        room = self._layout.text_room(column)
        widest = self._metrics.horizontalAdvance
        if not self._layout.two_lines:
            if valued and widest(f"b −0.00  {symbol} −0.00") <= room:
                return "b ", f"{symbol} ", True
            return ("b " if widest("b −0.00") <= room else ""), "", False
        return (
            "b " if widest("b −0.00") <= room else "",
            f"{symbol} " if widest(f"{symbol} −0.00") <= room else "",
            False,
        )

    def _advance(self, text: str) -> int:
        """Return the width of a text in pixels; a letter's is asked for once a frame."""
        known = self._widths
        for letter in text:
            if letter not in known:
                known[letter] = self._metrics.horizontalAdvance(letter)
        return sum(known[letter] for letter in text)

    def _write(self, row: QRectF, text: str, color: str, bold: bool = False) -> None:
        """Write over a veil, so that the edges below do not cross the number."""
        painter = self._painter
        wide = self._advance(text) * (1.1 if bold else 1.0) + 4.0
        box = QRectF(row.center().x() - wide / 2.0, row.top(), wide, row.height())
        painter.fillRect(box, self._veil)
        self._taken.append(box)
        painter.setPen(QColor(color))
        if bold:
            painter.setFont(themes.font("small", bold=True))
        painter.drawText(box, _CENTER, text)
        if bold:
            painter.setFont(self._font)

    def edge_numbers(
        self,
        edges: Edges,
        values: Values,
        symbol: str,
        selected: tuple[int, int] | None,
    ) -> None:
        """Write numbers on the edges of a lone or chosen unit, where they do not collide."""
        room = self._layout.column_pitch - self._layout.side
        for layer, i, j, part in self._edges_to_tell(edges, selected):
            array = values[layer]
            if array is None:
                continue
            text = f"{symbol} {brief(float(array[i, j]))}".strip()
            wide = self._metrics.horizontalAdvance(text) + 6.0
            if wide + 24.0 > room:
                continue
            middle = edges.point_on(layer, i, j, part)
            high = self._layout.line
            box = QRectF(middle.x() - wide / 2.0, middle.y() - high / 2.0, wide, high)
            squares = (square for column in self._layout.squares for square in column)
            if any(box.intersects(other) for other in (*self._taken, *squares)):
                continue
            self._write(box, text, self._theme.text)

    def _edges_to_tell(
        self, edges: Edges, selected: tuple[int, int] | None
    ) -> list[tuple[int, int, int, float]]:
        if not edges.curved:
            return []
        told: dict[tuple[int, int, int], float] = {}
        column, unit = selected if selected is not None else (-1, -1)
        for layer, (a, b) in enumerate(edges.shape):
            if b == 1 and a <= MOST_EDGE_NUMBERS:
                told |= {(layer, i, 0): 0.3 for i in range(a)}
            elif column == layer + 1 and unit < b and a <= MOST_EDGE_NUMBERS:
                told |= {(layer, i, unit): 0.3 for i in range(a)}
            elif column == layer and unit < a and b <= MOST_EDGE_NUMBERS:
                told |= {(layer, unit, j): 0.7 for j in range(b)}
        return [(*edge, part) for edge, part in told.items()]
