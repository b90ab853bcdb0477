"""The decision boundary over two inputs, the curve over one, or the surface of a regression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPen
from PySide6.QtWidgets import QWidget

from mlloop_gui.plots import geometry, legends, markers, numbers
from mlloop_gui.plots.base import Plot
from mlloop_gui.plots.color_scale import ColorScale
from mlloop_gui.plots.header import Strip
from mlloop_gui.plots.layers import Extent, MapLayer, PointLayer, to_image
from mlloop_gui.plots.samples import Samples
from mlloop_gui.plots.stage_marks import LIVE, StageMarks
from mlloop_gui.theme import font

Mode = Literal["classes", "surface", "curve"]
#: How near, in pixels, a click must be to a sample to choose it.
REACH = 14.0


class BoundaryPlot(Plot):
    """Samples over what the model answers everywhere.

    Three modes: ``"classes"`` (a map of class colours, the side of class 1 hatched when there are
    two), ``"surface"`` (a regression over two inputs: a diverging map with a colour scale) and
    ``"curve"`` (a regression over one input: x against y).
    """

    sample_clicked = Signal(int)

    def __init__(self, title: str = "Decision boundary", parent: QWidget | None = None) -> None:
        self.footer: Strip | None = None
        self._y_row: Strip | None = None
        self._scale_bar: ColorScale | None = None
        self._mode: Mode = "classes"
        self._labels = ("x₁", "x₂")
        self._names: tuple[str, ...] = ()
        self._samples = Samples.none()
        self._given: tuple[Any, ...] = (None, None, None, None)
        self._batch: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._selected: int | None = None
        self._marks = LIVE
        self._extent: Extent = (-1.0, 1.0, -1.0, 1.0)
        self._values: NDArray[np.floating] | None = None
        self._labels_map: NDArray[np.integer] | None = None
        self._hatched_share: float | None = None
        self._curve = (np.empty(0), np.empty(0))
        super().__init__(title, grid=False, parent=parent)
        self.setObjectName("plot.boundary")
        self.footer = Strip(self, align_right=False)
        self._y_row = Strip(self, align_right=False)
        self._scale_bar = ColorScale(self)
        self._scale_bar.hide()
        self._map = MapLayer()
        self._points = PointLayer()
        self._line = pg.PlotCurveItem(antialias=True)
        self._line.setZValue(20)
        for item in (self._map, self._line, self._points):
            self.addItem(item, ignoreBounds=True)
        self.setMinimumSize(220, 170)
        self._set_range(self._extent)
        self._restyle()
        self._refresh_legend()

    # What is shown

    def set_mode(self, mode: Mode) -> None:
        """Choose between classes, surface and curve; what was shown goes away."""
        if mode == self._mode:
            return
        self._mode = mode
        self._values = self._labels_map = self._hatched_share = None
        self._map.set_map(self._extent, None, None, None)
        self._curve = (np.empty(0), np.empty(0))
        self._line.setData([], [])
        self.set_points(np.empty((0, 2)), [], [])
        self._grid = mode == "curve"
        self._restyle()

    def set_axis_labels(self, x: str, y: str) -> None:
        """Name the two axes (with the unit in brackets, where there is one)."""
        if (x, y) != self._labels:
            self._labels = (x, y)
            self._restyle()

    def set_classes(self, names: Sequence[str]) -> None:
        """Name the classes, in the order of their numbers."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            self._refresh_legend()

    def set_plane(
        self,
        extent: Extent,
        colors: NDArray[np.uint8],
        lut: NDArray[np.uint8] | None = None,
        *,
        values: NDArray[np.floating] | None = None,
        labels: NDArray[np.integer] | None = None,
    ) -> None:
        """Show what the model answers over the plane.

        Parameters
        ----------
        extent : tuple of float
            x0, x1, y0, y1 of the outer edges of the map.
        colors : array of uint8, shape (h, w, 3 or 4), or (h, w) with ``lut``
            Row 0 is the lowest y; a value stands for the middle of its cell. An index of at least
            128 is class 1, under it class 0 (classes), or a value above the middle (surface).
        lut : array of uint8, shape (256, 3 or 4), optional
        values : array, shape (h, w) or (h, w, K), optional
            For the read-out: the probability of class 1 (or of each class), or the predicted
            number. With K classes it also places the boundary between cells.
        labels : array of int, shape (h, w), optional
            The predicted class; needed for a boundary when ``colors`` are not indices.
        """
        if extent != self._extent:
            self._set_range(extent)
        self._values, self._labels_map = values, labels
        hatch = boundary = None
        self._hatched_share = None
        if self._mode == "classes":
            if values is not None and values.ndim == 2:
                # The numbers themselves: 256 colours are too coarse for a smooth line.
                hatch, boundary = self._lines_of(values, 0.5)
            elif lut is not None:
                hatch, boundary = self._lines_of(colors, 127.5)
            elif labels is not None and len(self._names) == 2:
                hatch, boundary = self._lines_of(np.asarray(labels, dtype=np.float32), 0.5)
            elif labels is not None:
                scores = values if values is not None and values.ndim == 3 else None
                crossings = geometry.label_crossings(labels, scores)
                boundary = geometry.boundary_segments(*crossings)
        self._map.set_map(extent, to_image(colors, lut), hatch, boundary)
        self.announce()

    def _lines_of(self, field: NDArray[Any], level: float) -> tuple[Any, Any]:
        self._hatched_share = float(np.mean(field >= level))
        hatch = geometry.hatch_segments(field, level, max(2, field.shape[0] // 32))
        return hatch, geometry.boundary_segments(*geometry.level_crossings(field, level))

    def set_points(
        self,
        xy: ArrayLike,
        classes: ArrayLike,
        part: ArrayLike,
        wrong: ArrayLike | None = None,
        ids: ArrayLike | None = None,
    ) -> None:
        """Show samples.

        Parameters
        ----------
        xy : array, shape (n, 2)
            Positions; in curve mode the input and the target. Samples with a value that is not
            finite are left out.
        classes : array, shape (n,)
            Class numbers; in surface mode the targets; not used in curve mode.
        part : array of int, shape (n,)
            0 train, 1 validation, 2 test.
        wrong : array of bool, shape (n,), optional
            Which are misclassified.
        ids : array of int, shape (n,), optional
            What `sample_clicked` gives; by default 0, 1, 2 ...
        """
        given = (xy, classes, part, ids)
        if all(new is old for new, old in zip(given, self._given, strict=True)):
            # Frames share their arrays, so that drawing the samples anew is seldom needed.
            self.set_wrong(np.zeros(self._samples.given, dtype=bool) if wrong is None else wrong)
            return
        self._given = given
        self._samples = Samples.of(xy, classes, part, wrong, ids)
        self._show_samples()
        self._refresh_legend()

    def _show_samples(self) -> None:
        if self._mode == "classes":
            kind, kinds = "class", self._samples.kinds.astype(np.int64)
        elif self._mode == "surface":
            kind, kinds = "target", self._target_steps()
        else:
            kind, kinds = "ink", np.zeros(len(self._samples), dtype=np.int64)
        self._points.set_points(self._samples.xy, kinds, self._samples.part, kind)
        self._points.set_wrong(np.flatnonzero(self._samples.wrong))
        self.set_selected(self._selected)
        self._show_marks()

    def set_wrong(self, wrong: ArrayLike) -> None:
        """Say anew which of the samples of `set_points` are misclassified."""
        self._samples = self._samples.with_wrong(wrong)
        self._points.set_wrong(np.flatnonzero(self._samples.wrong))

    def set_selected(self, sample: int | None) -> None:
        """Ring the sample with this id."""
        self._selected = sample
        self._points.set_selected(self._samples.row_of(sample))

    def set_batch(self, samples: ArrayLike | None) -> None:
        """Outline the samples with these ids, the batch at hand; None outlines none."""
        self._batch = np.asarray([] if samples is None else samples, dtype=np.int64)
        rows = np.flatnonzero(np.isin(self._samples.ids, self._batch))
        self._points.set_outlined(rows)

    def set_marks(self, marks: StageMarks) -> None:
        """Show what a stage adds to the samples; `stage_marks.LIVE` takes it away."""
        if marks is not self._marks:
            self._marks, self._batch = marks, marks.outlined
            self._show_marks()
            self._refresh_legend()

    def _show_marks(self) -> None:
        self.set_batch(self._batch)
        self._points.set_emphasised(self._marks.rows(self._samples.ids))
        self._points.set_rings(*self._marks.radii(self._samples.ids))

    def selected(self) -> int | None:
        """Return the id of the ringed sample."""
        return self._selected

    def set_curve(self, x: ArrayLike, y: ArrayLike) -> None:
        """Show the model's curve (curve mode)."""
        self._curve = (np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
        self._line.setData(*self._curve, connect="finite")
        self.announce()

    def set_range(self, extent: Extent) -> None:
        """Set the part of the plane in view (curve mode, where no map says it)."""
        if extent != self._extent:
            self._set_range(extent)

    def set_target_scale(self, low: float, high: float) -> None:
        """Set the targets at the two ends of the colours (surface mode)."""
        if self._scale_bar is not None and (low, high) != self._scale_bar.limits():
            self._scale_bar.set_limits(low, high)
            if self._mode == "surface":
                self._show_samples()

    def _target_steps(self) -> NDArray[np.int64]:
        low, high = self._scale_bar.limits() if self._scale_bar else (0.0, 1.0)
        share = (self._samples.kinds - low) / ((high - low) or 1.0)
        last = markers.TARGET_STEPS - 1
        return np.rint(np.clip(np.nan_to_num(share, nan=0.5), 0.0, 1.0) * last).astype(np.int64)

    # Words

    def describe(self) -> str:
        """Return what the plot shows, in words."""
        return legends.describe_boundary(
            self.title(), self._mode, self._labels, self._extent, self._samples, self._names,
            self._hatched_share,
        ) + self._marks.words()  # fmt: skip

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the samples as columns, in curve mode followed by the model's curve."""
        headers, columns = self._samples.as_table(self._labels, self._names, self._mode)
        if self._mode == "curve" and len(self._curve[0]):
            headers += [f"curve {self._labels[0]}", "curve prediction"]
            columns += list(self._curve)
        return headers, columns

    def _refresh_legend(self) -> None:
        if self.header is None or self.footer is None:
            return
        parts = legends.parts_legend(self._samples, self._mode)
        self.header.set_entries(self._marks.entries() + parts)
        self.footer.set_entries(legends.class_legend(self._names, self._mode))
        self.announce()

    # Mouse and keys

    def hover(self, at: QPointF) -> None:
        """Read out the coordinates, the model's answer there, and the sample under the cursor."""
        where = self.to_data(at)
        if where is None:
            self.unhover()
            return
        x, y = where.x(), where.y()
        shown = f"{self._labels[0]} {numbers.short(x)}, {self._labels[1]} {numbers.short(y)}"
        answer = self._answer(x, y)
        self.set_readout(f"{shown}: {answer}" if answer else shown)
        if self.footer is not None:
            row = self.nearest(at)
            named = (self._mode, self._names)
            self.footer.set_readout("" if row is None else self._samples.words(row, *named))

    def unhover(self) -> None:
        """Take the read-outs away."""
        self.set_readout("")
        if self.footer is not None:
            self.footer.set_readout("")

    def _answer(self, x: float, y: float) -> str:
        if self._mode == "curve":
            if not len(self._curve[0]):
                return ""
            return f"predicts {numbers.short(float(np.interp(x, *self._curve)))}"
        given = self._values if self._values is not None else self._labels_map
        if given is None:
            return ""
        cell = legends.cell_of(given.shape, self._extent, x, y)
        return legends.answer(given[cell], self._mode, self._names, self._values is None)

    def nearest(self, at: QPointF) -> int | None:
        """Return the row of the sample nearest to a pixel, None if none is within reach."""
        if not len(self._samples):
            return None
        origin, unit = self.to_pixel(0.0, 0.0), self.to_pixel(1.0, 1.0)
        scale = np.array([unit.x() - origin.x(), unit.y() - origin.y()])
        pixels = self._samples.xy * scale + (origin.x(), origin.y())
        distance = np.hypot(pixels[:, 0] - at.x(), pixels[:, 1] - at.y())
        row = int(np.argmin(distance))
        return row if distance[row] <= REACH else None

    def press(self, at: QPointF) -> None:
        """Choose the sample under the cursor."""
        row = self.nearest(at) if self.to_data(at) is not None else None
        if row is not None:
            self._choose(row)

    def _choose(self, row: int) -> None:
        sample = int(self._samples.ids[row])
        self.set_selected(sample)
        self.sample_clicked.emit(sample)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the next or previous sample with Right and Left, in the window with Shift."""
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if step is None or not len(self._samples):
            super().keyPressEvent(event)
            return
        row = self._samples.row_of(self._selected)
        self._choose(0 if row is None else (row + step) % len(self._samples))

    # Looks

    def _set_range(self, extent: Extent) -> None:
        self._extent = extent
        self.set_view(extent[:2], extent[2:])
        self._points.set_extent(extent)

    def _restyle(self) -> None:
        if self._y_row is None or self.footer is None or self._scale_bar is None:
            super()._restyle()
            return
        self.x_axis.end_text = self._labels[0]
        room = self.y_axis.width() - 6.0
        short = QFontMetricsF(font("small")).horizontalAdvance(self._labels[1]) <= room
        self.y_axis.end_text = self._labels[1] if short else ""
        self._y_row.set_title("", "" if short else f"{self._labels[1]} ↑")
        self._y_row.setVisible(not short)
        self._scale_bar.setVisible(self._mode == "surface")
        for child in (self.footer, self._y_row, self._scale_bar):
            child.set_theme(self.theme)
        for layer in (self._map, self._points):
            layer.set_theme(self.theme)
        pen = QPen(self.theme.accent)
        pen.setWidthF(2.0)
        pen.setCosmetic(True)
        self._line.setPen(pen)
        super()._restyle()

    def margins(self) -> tuple[float, float, float, float]:
        """Keep the plane square, in the middle of the room there is."""
        left, top, right, bottom = super().margins()
        if self.footer is None or self._y_row is None or self._scale_bar is None:
            return left, top, right, bottom
        bottom += self.footer.sizeHint().height()
        top += 0 if self._y_row.isHidden() else self._y_row.sizeHint().height() - 6
        right += 0 if self._scale_bar.isHidden() else self._scale_bar.sizeHint().width()
        if self._mode == "curve":
            return left, top, right, bottom
        free_x = self.width() - left - right - self.y_axis.width()
        free_y = self.height() - top - bottom - self.x_axis.height()
        spare = max(free_x - free_y, 0.0) // 2.0
        return left + spare, top, right + spare, bottom + max(free_y - free_x, 0.0)

    def _arrange(self) -> None:
        super()._arrange()
        if self.footer is None or self._y_row is None or self._scale_bar is None:
            return
        if self.closed or self.plotItem is None:
            return
        left, top, right, bottom = (int(edge) for edge in self.margins())
        height = self.footer.sizeHint().height()
        self.footer.setGeometry(left, self.height() - bottom, self.width() - left, height)
        row = self._y_row.sizeHint().height() - 4
        above = self.header.sizeHint().height() if self.header is not None else 0
        self._y_row.setGeometry(left + 4, above - 2, self.width() - left - 4, row)
        bar = self._scale_bar.sizeHint().width()
        axis = int(self.x_axis.height())
        free = self.height() - top - bottom - axis
        self._scale_bar.setGeometry(self.width() - right + 8, top, bar - 8, free)
