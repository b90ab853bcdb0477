"""The curves on the right: loss, metric, gradient norms, histogram, update-to-weight ratio."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.history import CurveView
from mlloop_gui.frames import CurvesFrame, Frame, RunState
from mlloop_gui.plots.curves import CurvePlot
from mlloop_gui.plots.histogram import HistogramPlot
from mlloop_gui.plots.loop_curves import gradient_plot, loss_plot, metric_plot, ratio_plot
from mlloop_gui.session import Session
from mlloop_gui.theme import Theme, font_px
from mlloop_gui.views.card import Card

BINS = 31
TREND_POINTS = 80
# Heights at which the third and the fourth row come, in pixels at the normal size of text.
ROOM_FOR_THREE, ROOM_FOR_FOUR = 310, 380


def _card(plot: QWidget) -> Card:
    card = Card()
    card.body.addWidget(plot)
    return card


class CurvesView(QWidget):
    """Five plots, each refreshed in its turn, so that no frame pays for all of them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.loss, self.quality = loss_plot(), metric_plot()
        self.gradients, self.ratio = gradient_plot(), ratio_plot()
        self.histogram = HistogramPlot("Histogram", "gradient")
        self.histogram.setObjectName("plot.histogram")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for plot in (*self.plots, self.histogram):
            plot.setMinimumSize(110, 60)
        small = QWidget()
        beside = QHBoxLayout(small)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(_card(self.ratio), 1)
        beside.addWidget(_card(self.histogram), 1)
        self._rows = (_card(self.loss), _card(self.quality), _card(self.gradients), small)
        for row, stretch in zip(self._rows, (5, 4, 4, 4), strict=True):
            column.addWidget(row, stretch)
        self._shown: CurvesFrame | None = None
        self._due: list[Callable[[Frame], None]] = []
        self._drawn: tuple[object, ...] = ()
        session.run_started.connect(self._restart)
        session.frame_changed.connect(self._follow)
        session.reference.changed.connect(self._show_reference)
        self._restart()  # the run may be on screen already
        self._show_reference()

    def sizeHint(self) -> QSize:
        """Wide enough for a curve's shape to be seen."""
        return QSize(340, 480)

    def minimumSizeHint(self) -> QSize:
        """Room for loss and metric; the other rows come where there is room for them."""
        return QSize(220, 168 * font_px() // 13)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many rows as the height has room for."""
        super().resizeEvent(event)
        height = self.height() * 13 // font_px()
        rows = 2 + (height >= ROOM_FOR_THREE) + (height >= ROOM_FOR_FOUR)
        for number, row in enumerate(self._rows):
            row.setVisible(number < rows)

    @property
    def plots(self) -> tuple[CurvePlot, ...]:
        return self.loss, self.quality, self.gradients, self.ratio

    @Slot()
    def _restart(self) -> None:
        frame = self._session.frame
        if frame is None:
            return
        for plot in self.plots:
            plot.clear_series()
        self.quality.set_title("Accuracy" if frame.problem.classes else "R²")
        self.quality.set_percent(bool(frame.problem.classes))
        self._shown, self._drawn = None, ()

    @Slot()
    def _follow(self) -> None:
        frame = self._session.frame
        if frame is None or not self.isVisible():
            return
        refreshers: list[Callable[[Frame], None]] = [
            self._refresh_loss,
            self._refresh_metric,
            self._refresh_gradients,
            self._refresh_ratio,
            self._refresh_histogram,
        ]
        if frame.state is not RunState.RUNNING:
            self._rest(frame, refreshers)
            return
        self._drawn = ()
        if frame.curves is not self._shown and not self._due:
            self._shown = frame.curves
            self._due = refreshers
        if self._due:
            self._due.pop(0)(frame)

    def _rest(self, frame: Frame, refreshers: list[Callable[[Frame], None]]) -> None:
        """Show a still frame; where only the place in the run is another, only that moves."""
        curves = frame.curves
        drawn: tuple[object, ...] = ()
        if curves is not None:
            others = [run.curves for run in frame.runs if run.number != frame.run]
            drawn = (curves.updates, curves.checks, frame.experiment, *others)
        if drawn and list(map(id, drawn)) == list(map(id, self._drawn)):
            for plot in self.plots:
                self._marks(plot, frame)
            self._refresh_histogram(frame)
        else:
            for refresh in refreshers:
                refresh(frame)
        self._due, self._shown, self._drawn = [], curves, drawn

    @Slot()
    def _show_reference(self) -> None:
        """Level lines of what no model can do better, where that is known."""
        found = self._session.reference.found
        best, floor = [], []
        if found is not None:
            if found.bayes is not None:
                best.append((found.headline, "best possible"))
            if found.twins.loss_floor > 0.0:
                floor.append((found.twins.loss_floor, "floor that twins force"))
        self.quality.set_guides(best)
        self.loss.set_guides(floor)

    # -- one plot each -------------------------------------------------------------------------

    def _refresh_loss(self, frame: Frame) -> None:
        curves = frame.curves
        if curves is None:
            return
        with self.loss.together():
            self._pale(self.loss, "train_loss", "validation_loss")
            self.loss.set_series("batches", *curves.updates.envelope("batch_loss"), "fine")
            self._checks(self.loss, curves.checks, "train_loss", "validation_loss")
            self._marks(self.loss, frame)

    def _refresh_metric(self, frame: Frame) -> None:
        curves = frame.curves
        if curves is None:
            return
        with self.quality.together():
            self._pale(self.quality, "train_metric", "validation_metric")
            self._checks(self.quality, curves.checks, "train_metric", "validation_metric")
            self._marks(self.quality, frame)

    def _refresh_gradients(self, frame: Frame) -> None:
        curves = frame.curves
        if curves is None:
            return
        with self.gradients.together():
            for layer in range(frame.layout.layers):
                name = "output" if layer == frame.layout.layers - 1 else f"hidden {layer + 1}"
                x, y = medians(curves.updates.x, curves.updates.last[f"gradient_{layer}"])
                self.gradients.set_series(name, x, y, f"layer {layer}")
            self._marks(self.gradients, frame)

    def _refresh_ratio(self, frame: Frame) -> None:
        curves = frame.curves
        if curves is None:
            return
        # No step has led to update 0.
        x, y = curves.checks.x[1:], curves.checks.last["ratio"][1:]
        with self.ratio.together():
            self.ratio.set_series("ratio", x, y, "accent")
            self._marks(self.ratio, frame)

    def _refresh_histogram(self, frame: Frame) -> None:
        record = frame.failure.record if frame.failure else frame.record
        if record is None or record.gradient is None:
            record = frame.previous
        if record is not None and record.gradient is not None and self.histogram.isVisible():
            self.histogram.set_values(record.gradient + record.penalty_gradient, bins=BINS)

    # -- shared --------------------------------------------------------------------------------

    def _checks(self, plot: CurvePlot, checks: CurveView, train: str, validation: str) -> None:
        plot.set_series("train", *checks.envelope(train), "train")
        x, y = checks.envelope(validation)
        if len(y) and not np.isnan(y).all():
            plot.set_series("validation", x, y, "validation")

    def _pale(self, plot: CurvePlot, train: str, validation: str) -> None:
        """The other runs that are kept, the newest first."""
        live = self._session.frame.run if self._session.frame else 0
        older = [run.curves.checks for run in self._session.runs if run.number != live]
        for k in range(8):
            name = f"earlier {k + 1}"
            if k < len(older):
                checks = older[-1 - k]
                plot.set_series(name, checks.x, checks.last[train], "pale")
                plot.set_series(
                    f"{name} validation", checks.x, checks.last[validation], "pale dashed"
                )
            else:
                plot.remove_series(name)
                plot.remove_series(f"{name} validation")

    def _marks(self, plot: CurvePlot, frame: Frame) -> None:
        events = [
            (float(event.update), f"{event.field} = {event.value}")
            for event in frame.experiment.change
        ]
        plot.set_events(events)
        behind = frame.position.update < frame.head
        plot.set_head(float(frame.position.update) if behind else None)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the theme's colours."""
        for plot in (*self.plots, self.histogram):
            plot.set_theme(theme)


def medians(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The median of each stretch of a noisy curve, so that its trend can be seen."""
    size = len(y) // TREND_POINTS
    if size < 2:
        return x, y
    whole = len(y) // size * size
    return x[:whole].reshape(-1, size)[:, -1], np.median(y[:whole].reshape(-1, size), axis=1)
