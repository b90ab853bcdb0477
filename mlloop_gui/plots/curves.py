"""Curves over the updates: loss, metric, gradient norm by layer, update-to-weight ratio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolTip, QWidget

from mlloop_gui.plots import numbers, ranges
from mlloop_gui.plots.base import Plot
from mlloop_gui.plots.header import Entry
from mlloop_gui.plots.lines import Line, Lines
from mlloop_gui.plots.overlay import Overlay
from mlloop_gui.plots.series import THINNED, Series, glyph_for, layer_number, pen_for, thin

#: More layers than this are named in the read-out and the table, not beside their lines.
_MOST_LABELS = 5


class CurvePlot(Plot):
    """Lines over a count that only grows.

    Parameters
    ----------
    title : str
    x_label : str
        What the x axis counts, in the singular: ``"update"``.
    y_label : str
        What the lines measure; for the description and the table.
    unit : str
        ``"%"`` takes shares from 0 to 1 and shows percentages; another text stands after the
        title.
    log_y, log_x : bool
        Whether to begin with a logarithmic scale.
    guides : sequence of (float, str)
        Level lines and their texts.
    """

    def __init__(
        self,
        title: str,
        x_label: str = "update",
        y_label: str = "",
        unit: str = "",
        log_y: bool = False,
        log_x: bool = False,
        guides: Sequence[tuple[float, str]] = (),
        parent: QWidget | None = None,
    ) -> None:
        self._overlay: Overlay | None = None
        self._series: dict[str, Series] = {}
        self._items: dict[str, Line] = {}
        self._drawn: Lines | None = None
        self._events: tuple[tuple[float, str], ...] = ()
        self._dots: tuple[tuple[float, float, str], ...] = ()
        self._head: float | None = None
        self._guides = tuple(guides)
        self._x_name, self._y_name = x_label, y_label or title
        self._percent = unit == "%"
        self._log_x = self._log_y = False
        self._range_x: ranges.Range | None = None
        self._range_y: ranges.Range | None = None
        self._cursor: float | None = None
        super().__init__(title, "" if self._percent else unit, x_label, parent=parent)
        self.y_axis.percent = self._percent
        self._drawn, self._overlay = Lines(), Overlay(self.box)
        for layer in (self._drawn, self._overlay):
            self.addItem(layer, ignoreBounds=True)
        self._log_y_action = self._check_action("Logarithmic values", self.set_log_y)
        self._log_x_action = self._check_action(f"Logarithmic {x_label}s", self.set_log_x)
        self.setMinimumSize(200, 96)
        self.set_log_y(log_y)
        self.set_log_x(log_x)
        self._restyle()
        self._fit()
        self.announce()

    def _check_action(self, text: str, slot: Any) -> QAction:
        action = QAction(text, self)
        action.setCheckable(True)
        action.toggled.connect(slot)
        return action

    # Data

    def set_series(self, name: str, x: ArrayLike, y: ArrayLike, style: str = "train") -> None:
        """Add a line, or give a line new points.

        Parameters
        ----------
        name : str
        x, y : arrays of one length
            x rises. Values that are not finite leave gaps, and a mark where they begin.
        style : str
            See `series.pen_for`.
        """
        line = Series.of(name, style, x, y)
        before = self._series.get(name)
        self._series[name] = line
        item = self._items.get(name)
        if item is None:
            assert self._drawn is not None
            item = self._items[name] = self._drawn.add()
        if before is None or before.style != style:
            item.setPen(pen_for(style, self.theme))
            item.setZValue({"fine": 1, "pale": 2}.get(style.split(" ")[0], 5))
        self._draw(line)
        self.settle()

    def remove_series(self, name: str) -> None:
        """Take a line away; an unknown name is no error."""
        if name in self._series:
            self._remove(name)
            self.settle()

    def _remove(self, name: str) -> None:
        assert self._drawn is not None
        self._drawn.remove(self._items.pop(name))
        del self._series[name]

    def set_percent(self, percent: bool) -> None:
        """Write values as shares of 100 %, or as plain numbers."""
        self._percent = self.y_axis.percent = percent

    def clear_series(self) -> None:
        """Take every line, event and dot away, as at the start of a new run."""
        for name in list(self._series):
            self._remove(name)
        self._events, self._dots, self._head = (), (), None
        self._range_x = self._range_y = None
        self.settle()

    def series_names(self) -> list[str]:
        """Return the names of the lines, in the order they came."""
        return list(self._series)

    def set_head(self, update: float | None) -> None:
        """Mark the update on screen, when it is not the end of the lines."""
        if update != self._head:
            self._head = update
            self._place_marks()

    def set_events(self, events: Sequence[tuple[float, str]]) -> None:
        """Mark changes: (update, text); the text shows when the cursor is at the mark."""
        made = tuple((float(at), str(text)) for at, text in events)
        if made != self._events:
            self._events = made
            self.settle()

    def set_guides(self, guides: Sequence[tuple[float, str]]) -> None:
        """Draw level lines: (value, text)."""
        if tuple(guides) != self._guides:
            self._guides = tuple(guides)
            self.settle()

    def set_dots(self, dots: Sequence[tuple[float, float, str]]) -> None:
        """Mark points: (x, y, label)."""
        self._dots = tuple(dots)
        self._place_marks()

    def set_log_y(self, on: bool) -> None:
        """Draw the values on a logarithmic scale; values not above 0 leave gaps."""
        self._log_y = bool(on)
        self._log_y_action.setChecked(self._log_y)
        self.y_axis.set_log(self._log_y)
        self._range_y = None
        self._redraw_all()

    def set_log_x(self, on: bool) -> None:
        """Draw the count on a logarithmic scale; 0 stands where 1 does."""
        self._log_x = bool(on)
        self._log_x_action.setChecked(self._log_x)
        self.x_axis.set_log(self._log_x)
        self._range_x = None
        self._redraw_all()

    def is_log_y(self) -> bool:
        """Return whether the values are on a logarithmic scale."""
        return self._log_y

    def menu_actions(self) -> Sequence[QAction]:
        """Return the two switches of scale."""
        return (self._log_y_action, self._log_x_action)

    # Drawing

    def _redraw_all(self) -> None:
        if self._overlay is None:
            return
        for line in self._series.values():
            self._draw(line)
        self.settle()

    def _draw(self, line: Series) -> None:
        x, y = thin(line.x, line.y) if len(line.x) > THINNED else (line.x, line.y)
        self._items[line.name].setData(self._across(x), self._up(y))

    def _across(self, x: Any) -> NDArray[np.float64]:
        return np.log10(np.maximum(x, 1.0)) if self._log_x else x

    def _up(self, y: Any) -> NDArray[np.float64]:
        return np.log10(np.where(np.asarray(y) > 0.0, y, np.nan)) if self._log_y else y

    def x_limits(self) -> ranges.Range:
        """Return the range that the lines need along x, keeping the present one while it fits."""
        ends = [line.x[-1] for line in self._series.values() if len(line.x)]
        return ranges.x_range(float(max(ends, default=0.0)), self._range_x, self._log_x)

    def _fit(self) -> None:
        """Set the ranges; they change in round steps, so most calls change nothing."""
        lines = list(self._series.values())
        across = self.x_limits()
        if self._log_y:
            up = ranges.log_y_range(lines, self._range_y, [at for at, _ in self._guides])
        else:
            up = ranges.y_range(lines, self._range_y, self._percent)
        if (across, up) != (self._range_x, self._range_y):
            self._range_x, self._range_y = across, up
            self.set_view(across, up)
            rect = QRectF(across[0], up[0], across[1] - across[0], up[1] - up[0])
            for layer in (self._drawn, self._overlay):
                if layer is not None:
                    layer.set_rect(rect)

    def settle(self) -> None:
        """Have ranges, marks, legend and description follow the lines."""
        if not self.held:
            self._fit()
            self._refresh()

    def _refresh(self) -> None:
        self._place_marks()
        if self.header is not None:
            self.header.set_entries(self._entries())
        if self._cursor is not None:
            self._read_out(self._cursor)
        self.announce()

    def _place_marks(self) -> None:
        if self._overlay is None:
            return
        marks = self._overlay.marks
        lines = self._series.values()
        marks.guides = [(float(self._up(at)), text) for at, text in self._guides]
        marks.events = [float(self._across(at)) for at, _ in self._events]
        broken = {float(at) for line in lines if line.prominent for at in line.broken_at()[:3]}
        marks.broken = [float(self._across(at)) for at in sorted(broken)[:3]]
        layers = [line for line in lines if layer_number(line.style) is not None]
        marks.labels = self._end_labels(layers) if 1 < len(layers) <= _MOST_LABELS else []
        marks.dots = [(float(self._across(x)), float(self._up(y)), t) for x, y, t in self._dots]
        marks.head = None if self._head is None else float(self._across(self._head))
        self._overlay.update()

    def _end_labels(self, layers: list[Series]) -> list[tuple[float, float, str]]:
        labels = []
        for line in layers:
            good = np.flatnonzero(np.isfinite(self._up(line.y)))
            if len(good):
                x, y = line.x[good[-1]], line.y[good[-1]]
                labels.append((float(self._across(x)), float(self._up(y)), line.name))
        return labels

    def _restyle(self) -> None:
        for name, item in self._items.items():
            item.setPen(pen_for(self._series[name].style, self.theme))
        if self._overlay is not None:
            self._overlay.set_theme(self.theme)
        super()._restyle()

    # Words

    def value_text(self, value: float) -> str:
        """Return a value as the plot writes it."""
        if np.isnan(value):
            return "NaN"
        return numbers.percent(value) if self._percent else numbers.short(value)

    def _prominent(self) -> list[Series]:
        return [line for line in self._series.values() if line.prominent]

    def _entries(self) -> list[Entry]:
        lines = self._prominent()
        if not any(len(line.x) for line in lines):
            return [Entry("no values yet")]
        if any(layer_number(line.style) is not None for line in lines):
            return [Entry(f"{len(lines)} layers, logarithmic" if self._log_y else "")]
        entries = []
        for line in lines:
            last = line.last()
            value = "" if last is None else self.value_text(last)
            entries.append(Entry(line.name, glyph_for(line.style), 22.0, value))
        if any(line.style.startswith("pale") for line in self._series.values()):
            entries.append(Entry("earlier run", glyph_for("pale"), 22.0))
        return entries

    def describe(self) -> str:
        """Return what the plot shows, in words."""
        scale = ", logarithmic" if self._log_y else ""
        said = f"{self.title()}: {self._y_name} over {self._x_name}s{scale}."
        lines = [line for line in self._prominent() if len(line.x)]
        if not lines:
            return said + " No values yet."
        for line in lines[:12]:
            first, last = self.value_text(float(line.y[0])), self.value_text(float(line.y[-1]))
            said += f" {line.name}: {first} at {self._x_name} {numbers.place(line.x[0])}"
            if len(line.x) > 1:
                said += f", {last} at {numbers.place(line.x[-1])}"
            said += "."
        if self._events:
            said += f" Changes: {len(self._events)}."
        return said

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return two columns a line: the count and the value."""
        headers: list[str] = []
        columns: list[Any] = []
        for line in sorted(self._series.values(), key=lambda each: not each.prominent):
            headers += [f"{line.name}: {self._x_name}", f"{line.name}: {self._y_name}"]
            columns += [line.x, line.y]
        if self._events:
            headers += [f"change: {self._x_name}", "change"]
            columns += [[at for at, _ in self._events], [text for _, text in self._events]]
        return headers, columns

    # Mouse

    def hover(self, at: QPointF) -> None:
        """Read the lines out at the cursor; name the event that is under it."""
        where = self.to_data(at)
        if where is None:
            self.unhover()
            return
        self._cursor = 10.0 ** where.x() if self._log_x else where.x()
        self._read_out(self._cursor)
        text = self._event_at(at)
        if text:
            QToolTip.showText(self.viewport().mapToGlobal(at.toPoint()), text, self)
        elif QToolTip.isVisible():
            QToolTip.hideText()

    def unhover(self) -> None:
        """Take the crosshair and the read-out away."""
        self._cursor = None
        super().unhover()
        if self._overlay is not None and self._overlay.marks.cross:
            self._overlay.marks.cross = []
            self._overlay.update()

    def _read_out(self, x: float) -> None:
        points = [(line.name, line.at(x)) for line in self._prominent()]
        found = [(name, point) for name, point in points if point is not None]
        if not found or self._overlay is None:
            self.set_readout("")
            return
        nearest = min((point for _, point in found), key=lambda point: abs(point[0] - x))
        said = ", ".join(f"{name} {self.value_text(point[1])}" for name, point in found)
        self.set_readout(f"{self._x_name} {numbers.place(nearest[0])}: {said}")
        places = [(float(self._across(px)), float(self._up(py))) for _, (px, py) in found]
        self._overlay.marks.cross = [place for place in places if np.isfinite(place).all()]
        self._overlay.update()

    def _event_at(self, at: QPointF) -> str:
        texts = [
            f"{self._x_name} {numbers.place(x)}: {text}"
            for x, text in self._events
            if abs(self.to_pixel(float(self._across(x)), 0.0).x() - at.x()) <= 6.0
        ]
        return "\n".join(texts)
