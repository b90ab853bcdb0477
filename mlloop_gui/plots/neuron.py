"""One neuron in the backward pass: the blame that comes from the right, its slope, its input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.theme import font

HIDDEN = "?"


@dataclass(frozen=True)
class Above:
    """A unit above: its name, its δ and the weight that leads to it; both None for a sum."""

    name: str
    delta: float | None
    weight: float | None
    product: float = 0.0


@dataclass(frozen=True)
class NeuronView:
    """What is shown of a neuron; what is None is hidden.

    Attributes
    ----------
    name, input_name : str
    above : tuple of Above
        Empty for an output, whose blame comes from the loss.
    loss_slope : float or None
        The blame of an output.
    slope, given : float
        The unit's own slope, and the input that is asked for.
    delta, gradient : float or None
    vote, share : str
        The factor of the batch's mean, and what the gradient becomes by it.
    """

    name: str
    input_name: str
    above: tuple[Above, ...]
    loss_slope: float | None
    slope: float
    given: float
    delta: float | None
    gradient: float | None
    vote: str
    share: str


class NeuronPicture(Canvas):
    """Right to left: the units above with their δ, the weights, the neuron, its input."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        self._view: NeuronView | None = None
        super().__init__(title, parent)
        self.setObjectName("plot.neuron")
        self.setAccessibleName("the neuron")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.refresh()

    def set_neuron(self, view: NeuronView) -> None:
        """Show a neuron."""
        self._view = view
        self.refresh()

    def describe(self) -> str:
        """Return what is known of the neuron, in words."""
        view = self._view
        if view is None:
            return "No neuron yet."
        said = [f"{view.name}."]
        for above in view.above:
            if above.delta is None:
                said.append(f"{above.name}: together {numbers.short(above.product)}.")
            else:
                weight = numbers.short(above.weight or 0.0)
                said.append(f"{above.name}: δ {numbers.short(above.delta)}, weight {weight}.")
        if view.loss_slope is not None:
            said.append(f"Slope of the loss {numbers.short(view.loss_slope)}.")
        said.append(f"Own slope {numbers.short(view.slope)}.")
        said.append(f"Input {view.input_name} {numbers.short(view.given)}.")
        said += [f"{name} {_shown(value)}." for name, value in self._asked(view)]
        return " ".join(said)

    @staticmethod
    def _asked(view: NeuronView) -> tuple[tuple[str, float | None], ...]:
        return ("δ", view.delta), ("gradient", view.gradient)

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return all that is shown, as names and numbers."""
        view = self._view
        if view is None:
            return ["name", "value"], [[], []]
        rows: list[tuple[str, Any]] = []
        for above in view.above:
            if above.delta is None:
                rows.append((above.name, above.product))
            else:
                rows += [
                    (f"δ of {above.name}", above.delta),
                    (f"weight to {above.name}", above.weight),
                ]
        if view.loss_slope is not None:
            rows.append(("slope of the loss", view.loss_slope))
        rows += [("own slope", view.slope), (f"input {view.input_name}", view.given)]
        rows += [(name, "hidden" if v is None else v) for name, v in self._asked(view)]
        return ["name", "value"], [[name for name, _ in rows], [value for _, value in rows]]

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(560, 150)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(400, 110)

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint the neuron with what comes to it from both sides."""
        view = self._view
        if view is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        line, width, height = self.line_height(), float(self.width()), float(self.height())
        middle = height / 2.0
        radius = min(max(height * 0.2, 24.0), 42.0)
        at = QPointF(0.46 * width, middle)
        self._paint_above(painter, view, at, radius)
        left = QRectF(2.0, middle - 0.5 * line - 8.0, 0.2 * width, line + 16.0)
        self._arrow(painter, QPointF(at.x() - radius, middle), QPointF(left.right() + 3.0, middle))
        self._box(painter, left, numbers.short(view.given))
        head = QRectF(left.left(), left.top() - line - 2.0, left.width() + 40.0, line)
        where = Qt.AlignmentFlag.AlignLeft
        self.write(painter, head, f"input: {view.input_name}", self.theme.muted, where)
        self._paint_gradient(painter, view, left, at.x() - radius)
        painter.setPen(QPen(QColor(self.theme.text), 1.5))
        painter.setBrush(QColor(self.theme.raised))
        painter.drawEllipse(at, radius, radius)
        self._write_at(painter, QPointF(at.x(), middle - 0.6 * line), "slope", self.theme.muted)
        self._write_at(painter, QPointF(at.x(), middle + 0.5 * line), numbers.short(view.slope),
                       self.theme.text, bold=True)  # fmt: skip
        self._write_at(painter, QPointF(at.x(), middle - radius - 0.6 * line - 1.0), view.name,
                       self.theme.text, bold=True)  # fmt: skip
        color = self.theme.accent if view.delta is None else self.theme.text
        self._write_at(painter, QPointF(at.x(), middle + radius + 0.6 * line + 1.0),
                       f"δ = {_shown(view.delta)}", color, bold=True)  # fmt: skip

    def _paint_gradient(
        self, painter: QPainter, view: NeuronView, left: QRectF, end: float
    ) -> None:
        """Write the weight's gradient under its edge, and what the mean makes of it."""
        line = self.line_height()
        color = self.theme.accent if view.gradient is None else self.theme.text
        text = f"gradient of the weight = {_shown(view.gradient)}"
        box = QRectF(left.left(), left.bottom() + 3.0, end - left.left(), line)
        where = Qt.AlignmentFlag.AlignLeft
        self.write(painter, box, text, color, where, font("small", bold=True))
        self.write(painter, box.translated(0.0, line + 1.0), view.vote, self.theme.muted, where)
        self.write(
            painter, box.translated(0.0, 2.0 * line + 1.0), view.share, self.theme.muted, where
        )

    def _paint_above(self, painter: QPainter, view: NeuronView, at: QPointF, radius: float) -> None:
        line, width, height = self.line_height(), float(self.width()), float(self.height())
        count = max(len(view.above), 1)
        row = min(height / count, 46.0)
        top = (height - row * count) / 2.0
        where = Qt.AlignmentFlag.AlignLeft
        left = 0.72 * width
        number = self.text_width("−0.00000", "mono", True) + 6.0
        if not view.above:
            box = QRectF(left, height / 2.0 - 0.5 * line - 8.0, 0.16 * width, line + 16.0)
            self._arrow(
                painter,
                QPointF(left - 2.0, height / 2.0),
                QPointF(at.x() + radius + 2.0, height / 2.0),
            )
            self._box(painter, box, numbers.short(view.loss_slope or 0.0))
            head = QRectF(left, box.top() - line - 2.0, width - left, line)
            self.write(painter, head, "slope of the loss", self.theme.muted, where)
            return
        for index, above in enumerate(view.above):
            y = top + (index + 0.5) * row
            start, end = QPointF(left - 2.0, y), at + self._rim(at, QPointF(left, y), radius + 2.0)
            box = QRectF(left, y - 0.5 * line - 2.0, number, line + 4.0)
            if above.delta is None:
                self._arrow(painter, start, end, dashed=True)
                text = f"{numbers.short(above.product)}  {above.name}"
                box.setRight(width)
                self.write(painter, box, text, self.theme.muted, where)
                continue
            self._box(painter, box, numbers.short(above.delta))
            name = QRectF(box.right() + 6.0, box.top(), width - box.right() - 6.0, box.height())
            self.write(painter, name, f"δ {above.name}", self.theme.muted, where)
            self._paint_weight(painter, start, end, above.weight or 0.0)

    def _paint_weight(self, painter: QPainter, start: QPointF, end: QPointF, weight: float) -> None:
        """Write the weight into a gap of the line."""
        text = f"w {numbers.short(weight)}"
        way = end - start
        wide, line = self.text_width(text) + 8.0, self.line_height()
        # As much of the line as lies in the box of the text.
        half = 0.5 * min(wide / max(abs(way.x()), 1.0), line / max(abs(way.y()), 1.0), 0.6)
        middle = 0.42
        at = start + way * middle
        painter.setPen(QPen(QColor(self.theme.muted), 1.2))
        painter.drawLine(start, start + way * (middle - half))
        self._arrow(painter, start + way * (middle + half), end)
        box = QRectF(at.x() - wide / 2.0, at.y() - line / 2.0, wide, line)
        self.write(painter, box, text, self.theme.text)

    @staticmethod
    def _rim(at: QPointF, towards: QPointF, radius: float) -> QPointF:
        way = towards - at
        length = (way.x() ** 2 + way.y() ** 2) ** 0.5 or 1.0
        return way * (radius / length)

    def _arrow(self, painter: QPainter, start: QPointF, end: QPointF, dashed: bool = False) -> None:
        pen = QPen(QColor(self.theme.muted), 1.2)
        if dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(start, end)
        way = self._rim(start, end, 1.0)
        back, side = end - way * 8.0, QPointF(-way.y(), way.x()) * 3.5
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.muted))
        painter.drawPolygon(QPolygonF([end, back + side, back - side]))

    def _box(self, painter: QPainter, box: QRectF, text: str) -> None:
        painter.setPen(QPen(QColor(self.theme.border), 1.0))
        painter.setBrush(QColor(self.theme.raised))
        painter.drawRoundedRect(box, 3.0, 3.0)
        self.write(painter, box, text, self.theme.text, face=font("mono", bold=True))

    def _write_at(
        self, painter: QPainter, at: QPointF, text: str, color: str, bold: bool = False
    ) -> None:
        wide, line = self.text_width(text, bold=bold) + 8.0, self.line_height()
        box = QRectF(at.x() - wide / 2.0, at.y() - line / 2.0, wide, line)
        self.write(painter, box, text, color, face=font("small", bold=bold))


def _shown(value: float | None) -> str:
    return HIDDEN if value is None else numbers.short(value)
