"""The loss as one parameter moves, with a handle to move it, and the accuracy on the same axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.axes import Axis
from mlloop_gui.plots.base import Plot
from mlloop_gui.plots.header import Entry, line_glyph
from mlloop_gui.plots.keys import keeps
from mlloop_gui.plots.slice_layer import SliceLayer, accuracy_pen, loss_pen, tangent_pen
from mlloop_gui.theme import Theme

#: Shares of the height kept free under the lines, where the handle's grip is, and over them.
_UNDER, _OVER = 0.17, 0.08
_LARGE_STEP = 10
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}


@dataclass(frozen=True, eq=False)
class Slice:
    """What is drawn; arrays of one length n.

    Attributes
    ----------
    name : str
        Of the parameter.
    values : ndarray
        Of the parameter, rising.
    at : int
        Which of them is the present one.
    loss : ndarray
    accuracy : ndarray
        Shares from 0 to 1; all nan for numbers.
    tangent : ndarray, optional
        The straight line through the present point.
    nudges : tuple of (float, float)
        Values of the parameter that it was nudged to, with the loss there.
    whose : str
        ``"batch"``, ``"whole training part"``.
    """

    name: str
    values: NDArray[np.float64]
    at: int
    loss: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    tangent: NDArray[np.float64] | None = None
    nudges: tuple[tuple[float, float], ...] = ()
    whose: str = "batch"

    @property
    def has_accuracy(self) -> bool:
        return bool(np.isfinite(self.accuracy).any())

    def slope(self, index: int) -> float:
        """Return the slope of the loss at a place, from the points beside it."""
        below, above = max(index - 1, 0), min(index + 1, len(self.values) - 1)
        rise, run = self.loss[above] - self.loss[below], self.values[above] - self.values[below]
        return float(rise / run)


class ShareAxis(Axis):
    """An axis on the right whose 0 and 100 % stand at two heights of the axis on the left."""

    def __init__(self) -> None:
        super().__init__("right")
        self._ends = (0.0, 1.0)

    def set_ends(self, low: float, high: float) -> None:
        """Say where 0 and 100 % stand."""
        self._ends = (low, high)
        self.redraw()

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[float, list[float]]]:
        """Return round shares, as heights."""
        low, high = self._ends
        shares = (0.0, 0.5, 1.0) if size < 130 else (0.0, 0.25, 0.5, 0.75, 1.0)
        return [(high - low, [low + share * (high - low) for share in shares])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the shares in percent."""
        low, high = self._ends
        return [numbers.percent((value - low) / (high - low), 0) for value in values]


class SlicePlot(Plot):
    """Loss against one parameter, which a handle moves; accuracy in percent on the right.

    The handle goes from point to point: by the mouse, by the arrow keys (with Shift ten points),
    by Home and End to the ends.

    Signals
    -------
    moved : int
        Which of the values the handle is at.
    """

    moved = Signal(int)

    def __init__(
        self, title: str = "Loss along a parameter", parent: QWidget | None = None
    ) -> None:
        self.layer: SliceLayer | None = None
        self.shares = ShareAxis()
        self._slice: Slice | None = None
        self._index = 0
        super().__init__(title, x_label="parameter", parent=parent)
        self.plotItem.setAxisItems({"right": self.shares})
        self.plotItem.showAxis("right")
        self.layer = SliceLayer()
        self.addItem(self.layer, ignoreBounds=True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(260, 96)
        self._restyle()
        self.announce()

    def set_slice(self, made: Slice, index: int | None = None) -> None:
        """Show a slice with the handle at a place, by default at the present value."""
        self._slice = made
        self._index = made.at if index is None else min(max(index, 0), len(made.values) - 1)
        low, high = _range(made.loss)
        view = (low - _UNDER * (high - low), high + _OVER * (high - low))
        self.shares.set_ends(low, high)
        self.shares.setVisible(made.has_accuracy)
        ends = (float(made.values[0]), float(made.values[-1]))
        self.x_axis.end_text = made.name
        self.set_title(f"Loss of the {made.whose}")
        self.set_view(ends, view)
        if self.layer is not None:
            self.layer.set_slice(made, (low, high), view)
        self.x_axis.redraw()
        self._show()

    @property
    def shown(self) -> Slice | None:
        """The slice shown."""
        return self._slice

    @property
    def index(self) -> int:
        """Which of the values the handle is at."""
        return self._index

    def move_to(self, index: int) -> None:
        """Move the handle; `moved` is emitted if that changes anything."""
        if self._slice is None:
            return
        index = min(max(index, 0), len(self._slice.values) - 1)
        if index != self._index:
            self._index = index
            self._show()
            self.moved.emit(index)

    def _show(self) -> None:
        if self.layer is None or self.header is None or self._slice is None:
            return
        self.layer.set_handle(self._index)
        # What does not fit is left out from the end.
        entries = [Entry("loss", line_glyph(loss_pen), 22.0)]
        if self._slice.has_accuracy:
            entries.append(Entry("accuracy (right)", line_glyph(accuracy_pen), 22.0))
        if self._slice.tangent is not None:
            entries.append(Entry("tangent", line_glyph(tangent_pen), 22.0))
        if self._slice.nudges:
            entries.append(Entry("nudges", _nudge_glyph, 26.0))
        self.header.set_entries(entries)
        self.announce()

    def _restyle(self) -> None:
        if self.layer is not None:
            self.layer.set_theme(self.theme)
            self.shares.restyle(self.theme, False)
            self.shares.redraw()
        super()._restyle()

    # Words

    def value_text(self, index: int) -> str:
        """Return what the plot says of one of the values."""
        made = self._slice
        if made is None:
            return ""
        said = f"{made.name} = {numbers.short(float(made.values[index]))}: "
        said += f"loss {numbers.short(float(made.loss[index]), 4)}"
        if made.has_accuracy:
            said += f", accuracy {numbers.percent(float(made.accuracy[index]))}"
        return said

    def describe(self) -> str:
        """Return the curve and the handle in words."""
        made = self._slice
        if made is None:
            return f"{self.title()}: nothing to show yet."
        ends = f"{numbers.short(float(made.values[0]))} to {numbers.short(float(made.values[-1]))}"
        said = f"{self.title()} as {made.name} goes from {ends}."
        finite = np.flatnonzero(np.isfinite(made.loss))
        if len(finite):
            best = int(finite[made.loss[finite].argmin()])
            said += f" Least: {self.value_text(best)}."
        said += f" Now: {self.value_text(made.at)}."
        if self._index != made.at:
            said += f" Handle: {self.value_text(self._index)}."
        return said

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the lines as columns."""
        made = self._slice
        if made is None:
            return [], []
        headers, columns = [made.name, "loss"], [made.values, made.loss]
        if made.tangent is not None:
            headers.append("tangent")
            columns.append(made.tangent)
        if made.has_accuracy:
            headers.append("accuracy")
            columns.append(made.accuracy)
        return headers, columns

    # Mouse and keyboard

    def index_at(self, at: QPointF) -> int | None:
        """Return which of the values is nearest to a pixel; None without data."""
        if self._slice is None:
            return None
        x = self.box.mapSceneToView(self.mapToScene(at.toPoint())).x()
        return int(np.abs(self._slice.values - x).argmin())

    def press(self, at: QPointF) -> None:
        """Take the handle to where the click is."""
        index = self.index_at(at)
        if index is not None:
            self.move_to(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the handle while the button is down; read out what is under the cursor."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.press(event.position())
        super().mouseMoveEvent(event)

    def hover(self, at: QPointF) -> None:
        """Read out the value under the cursor."""
        index = self.index_at(at) if self.to_data(at) is not None else None
        self.set_readout("" if index is None else self.value_text(index))

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys, which are the window's shortcuts elsewhere."""
        return keeps(event, _KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the handle with the arrow keys, Home and End."""
        step, modifiers = _KEYS.get(Qt.Key(event.key())), event.modifiers()
        plain = modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if self._slice is None or not plain:
            super().keyPressEvent(event)
        elif step is not None:
            large = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            self.move_to(self._index + step * (_LARGE_STEP if large else 1))
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            home = event.key() == Qt.Key.Key_Home
            self.move_to(0 if home else len(self._slice.values) - 1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: Any) -> None:
        """Show that the keys move the handle."""
        super().focusInEvent(event)
        if self.layer is not None:
            self.layer.set_focused(True)

    def focusOutEvent(self, event: Any) -> None:
        """Show that they no longer do."""
        super().focusOutEvent(event)
        if self.layer is not None:
            self.layer.set_focused(False)


def _range(loss: NDArray[np.float64]) -> tuple[float, float]:
    """Return the least and the largest finite loss, apart in any case."""
    finite = loss[np.isfinite(loss)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    if high - low <= 1e-12 * max(1.0, abs(high)):
        return low - 0.5, high + 0.5
    return low, high


def _nudge_glyph(painter: QPainter, middle: QPointF, theme: Theme) -> None:
    SliceLayer.draw_nudges(painter, middle, theme, 1.0)
