"""Samples in one plane after another, side by side: the plane as a network's layers bend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import markers, numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.samples import class_name
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import current_scale, font

_GAP, _REACH = 14.0, 12.0
_MOVES = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}


@dataclass(frozen=True, eq=False)
class Plane:
    """One panel.

    Attributes
    ----------
    title, note : str
        The line above it, bold, and the muted words after that.
    points : ndarray of shape (n, 2)
    labels : tuple of str
        What is counted across and up.
    grid : ndarray of shape (lines, points, 2), optional
        Lines that were straight in the first plane.
    told : str
        The line under it.
    """

    title: str
    points: NDArray[np.float64]
    labels: tuple[str, str]
    note: str = ""
    grid: NDArray[np.float64] | None = None
    told: str = ""


@dataclass(frozen=True, eq=False)
class Crowd:
    """Who the points of every panel are, arrays of one length n.

    Attributes
    ----------
    kinds : ndarray
        Class numbers, or targets where `names` is empty.
    source_rows : ndarray of int
        What a person calls them.
    wrong : ndarray of bool, optional
        Which are crossed; None where nothing is said of that.
    chosen : int
        Which one is ringed.
    names : sequence of str
        Of the classes.
    """

    kinds: NDArray[Any]
    source_rows: NDArray[np.integer]
    wrong: NDArray[np.bool_] | None
    chosen: int
    names: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.kinds)

    def words(self, at: int) -> str:
        """Return a sample in a few words."""
        said = f"row {numbers.count(int(self.source_rows[at]))}: "
        if not self.names:
            return said + f"target {numbers.short(float(self.kinds[at]))}"
        said += class_name(self.names, int(self.kinds[at]))
        return said + (", misclassified" if self.wrong is not None and self.wrong[at] else "")


class PlanePanels(Canvas):
    """Panels in a row, each with all samples; a click or an arrow key picks one of them.

    Parameters
    ----------
    title : str
        Its name for the screen reader.
    shape : float
        How much wider than high a panel is.

    Signals
    -------
    picked : int
        The place of a sample in the crowd.
    """

    own_keys = _MOVES

    picked = Signal(int)

    def __init__(self, title: str = "", shape: float = 1.8, parent: QWidget | None = None) -> None:
        self._shape = shape
        self._planes: tuple[Plane, ...] = ()
        none = np.empty(0, dtype=np.int64)
        self._crowd = Crowd(none, none, None, 0)
        self._limits: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
        super().__init__("", parent)
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.refresh()

    def set_planes(self, planes: Sequence[Plane], crowd: Crowd) -> None:
        """Show panels, all of one crowd."""
        self._planes, self._crowd = tuple(planes), crowd
        self._limits = [_limits(plane) for plane in planes]
        self.refresh()

    @property
    def planes(self) -> tuple[Plane, ...]:
        """The panels shown."""
        return self._planes

    # Words

    def describe(self) -> str:
        """Return the panels in words."""
        if not self._planes or not len(self._crowd):
            return f"{self.accessibleName()}: no samples yet."
        said = f"{numbers.count(len(self._crowd))} samples."
        for plane in self._planes:
            parts = [part for part in (plane.note, plane.told) if part]
            said += f" {plane.title}: {'; '.join(parts)}." if parts else f" {plane.title}."
        return f"{said} Chosen: {self._crowd.words(self._crowd.chosen)}."

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the samples as columns, two a panel."""
        crowd = self._crowd
        headers: list[str] = ["row"]
        columns: list[Any] = [crowd.source_rows]
        if crowd.names:
            headers.append("class")
            columns.append([class_name(crowd.names, int(kind)) for kind in crowd.kinds.tolist()])
        else:
            headers.append("target")
            columns.append(crowd.kinds)
        if crowd.wrong is not None:
            headers.append("misclassified")
            columns.append(crowd.wrong)
        for plane in self._planes:
            for side, label in enumerate(plane.labels):
                headers.append(f"{plane.title}: {label}")
                columns.append(plane.points[:, side])
        return headers, columns

    def tip(self, at: QPointF) -> str:
        """Return the sample under the cursor in words, with its place in that panel."""
        found = self.nearest(at)
        if found is None:
            return ""
        panel, row = found
        plane = self._planes[panel]
        x, y = plane.points[row].tolist()
        said = self._crowd.words(row)
        return f"{said}\n{plane.labels[0]} {x!r}, {plane.labels[1]} {y!r}"

    # Geometry

    def sizeHint(self) -> QSize:
        """Return the room for every panel at the present height."""
        wide = max(len(self._planes), 1) * (self._panel_width(float(self.height())) + _GAP)
        return QSize(int(wide - _GAP) + 2, 190)

    def minimumSizeHint(self) -> QSize:
        """Return the least width that all panels take, to be scrolled where there is less."""
        wide = max(len(self._planes), 1) * (self._least_width() + _GAP) - _GAP
        return QSize(int(wide) + 2, int(3.0 * self.line_height()) + 60)

    def _least_width(self) -> float:
        texts = [self.text_width(plane.told) for plane in self._planes]
        texts += [
            self.text_width(plane.title, bold=True) + 6.0 + self.text_width(plane.note)
            for plane in self._planes
        ]
        return max([120.0 * current_scale(), *texts]) + 2.0

    def _panel_width(self, height: float) -> float:
        return max(self._shape * (height - self._lines() - 6.0), self._least_width())

    def _lines(self) -> float:
        """The height of the lines of text over and under a panel."""
        told = any(plane.told for plane in self._planes)
        return (3.0 if told else 2.0) * self.line_height()

    def area(self, panel: int) -> QRectF:
        """Return where the points of a panel are drawn."""
        line, count = self.line_height(), max(len(self._planes), 1)
        room = (self.width() - 2.0 - _GAP * (count - 1)) / count
        wide = min(room, self._panel_width(float(self.height())))
        left = 1.0 + panel * (wide + _GAP)
        return QRectF(left, line + 2.0, wide, self.height() - self._lines() - 6.0)

    def pixels(self, panel: int, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where places (..., 2) of a panel stand."""
        area, (low, high) = self.area(panel), self._limits[panel]
        share = (points - low) / (high - low)
        x = area.left() + share[..., 0] * area.width()
        y = area.bottom() - share[..., 1] * area.height()
        return np.stack([x, y], axis=-1)

    def nearest(self, at: QPointF) -> tuple[int, int] | None:
        """Return the panel under a pixel and its nearest sample, None if none is in reach."""
        for panel, plane in enumerate(self._planes):
            if not self.area(panel).adjusted(-4, -4, 4, 4).contains(at):
                continue
            away = np.hypot(*(self.pixels(panel, plane.points) - (at.x(), at.y())).T)
            away = np.where(np.isfinite(away), away, np.inf)
            row = int(away.argmin()) if len(away) else 0
            return (panel, row) if len(away) and away[row] <= _REACH else None
        return None

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint every panel."""
        if not self._planes or not len(self._crowd):
            self.write(painter, QRectF(self.rect()), "no samples yet", self.theme.muted)
            return
        for panel, plane in enumerate(self._planes):
            self._draw_plane(painter, panel, plane)

    def _draw_plane(self, painter: QPainter, panel: int, plane: Plane) -> None:
        area, line, left = self.area(panel), self.line_height(), Qt.AlignmentFlag.AlignLeft
        head = QRectF(area.left(), 0.0, area.width(), line)
        self.write(painter, head, plane.title, self.theme.text, left, font("small", bold=True))
        head.setLeft(area.left() + self.text_width(plane.title, bold=True) + 6.0)
        self.write(painter, head, plane.note, self.theme.muted, left)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QColor(self.theme.border))
        painter.setBrush(QColor(self.theme.paper))
        painter.drawRect(area)
        painter.save()
        painter.setClipRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if plane.grid is not None:
            self._paint_grid(painter, panel, plane.grid)
        self._paint_points(painter, panel, plane)
        painter.restore()
        self._write_limits(painter, panel, plane)
        under = QRectF(area.left(), area.bottom() + line + 3.0, area.width(), line)
        self.write(painter, under, plane.told, self.theme.text, left)

    def _paint_grid(self, painter: QPainter, panel: int, grid: NDArray[np.float64]) -> None:
        color = QColor(mix(self.theme.muted, self.theme.paper, 0.5))
        half = len(grid) // 2
        for at, line in enumerate(self.pixels(panel, grid)):
            good = line[np.isfinite(line).all(axis=1) & (np.abs(line) < 1e5).all(axis=1)]
            # The two families differ by their stroke, so that the eye can follow one.
            stroke = Qt.PenStyle.SolidLine if at < half else Qt.PenStyle.DotLine
            painter.setPen(QPen(color, 1.0, stroke))
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in good.tolist()]))

    def _paint_points(self, painter: QPainter, panel: int, plane: Plane) -> None:
        crowd, ratio = self._crowd, self.devicePixelRatioF()
        good = np.flatnonzero(np.isfinite(plane.points).all(axis=1))
        pixels = self.pixels(panel, plane.points)
        scale = 0.62 * current_scale()
        kind = "class" if crowd.names else "target"
        kinds = crowd.kinds.astype(np.int64) if crowd.names else _steps(crowd.kinds)
        parts = np.zeros(len(good), dtype=np.int64)
        markers.draw_stamps(
            painter, pixels[good], kinds[good], parts, kind, self.theme, ratio, scale
        )
        crossed = good[crowd.wrong[good]].tolist() if crowd.wrong is not None else []
        for at in crossed:
            markers.draw_cross(painter, QPointF(*pixels[at]), self.theme, scale)
        if crowd.chosen in good:
            at = QPointF(*pixels[crowd.chosen])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for color, wide in ((self.theme.paper, 5.0), (self.theme.accent, 2.5)):
                painter.setPen(QPen(QColor(color), wide))
                painter.drawEllipse(at, 8.0 * current_scale(), 8.0 * current_scale())

    def _write_limits(self, painter: QPainter, panel: int, plane: Plane) -> None:
        area, (low, high) = self.area(panel), self._limits[panel]
        under = QRectF(area.left(), area.bottom() + 1.0, area.width(), self.line_height())
        ends = [
            f"{label} {numbers.short(a, 2)} to {numbers.short(b, 2)}"
            for label, a, b in zip(plane.labels, low.tolist(), high.tolist(), strict=True)
        ]
        across, up = f"{ends[0]} →", f"{ends[1]} ↑"
        muted, right = self.theme.muted, Qt.AlignmentFlag.AlignRight
        self.write(painter, under, across, muted, Qt.AlignmentFlag.AlignLeft)
        if self.text_width(across) + self.text_width(up) + 12.0 <= area.width():
            self.write(painter, under, up, muted, right)

    # Mouse and keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the sample under the cursor."""
        found = self.nearest(event.position())
        if found is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.picked.emit(found[1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick the sample before or after the chosen one with the arrow keys."""
        by = _MOVES.get(Qt.Key(event.key()))
        if by is None or event.modifiers() or not len(self._crowd):
            super().keyPressEvent(event)
            return
        self.picked.emit((self._crowd.chosen + by) % len(self._crowd))


def _limits(plane: Plane) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lowest and highest place in view, with a margin; the grid is in view too."""
    places = [plane.points.reshape(-1, 2)]
    if plane.grid is not None:
        places.append(plane.grid.reshape(-1, 2))
    every = np.concatenate(places)
    every = every[np.isfinite(every).all(axis=1)]
    if not len(every):
        return np.zeros(2), np.ones(2)
    low, high = every.min(axis=0), every.max(axis=0)
    pad = np.where(high > low, 0.06 * (high - low), 0.5)
    return low - pad, high + pad


def _steps(targets: NDArray[Any]) -> NDArray[np.int64]:
    """Return targets as steps of colour, the middle one where all are alike."""
    floats = targets.astype(np.float64)
    low, high = float(floats.min()), float(floats.max())
    share = (floats - low) / (high - low) if high > low else np.full(len(floats), 0.5)
    return np.rint(share * (markers.TARGET_STEPS - 1)).astype(np.int64)
