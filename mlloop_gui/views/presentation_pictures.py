"""The one picture of the presentation: boundary, network, curves, loss or confusion matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from core.stages import Stage
from mlloop_gui.actions import Actions
from mlloop_gui.frames import Frame, RunState
from mlloop_gui.inspector.loss import loss_curve
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers
from mlloop_gui.plots.confusion import ConfusionMatrix
from mlloop_gui.plots.curves import CurvePlot
from mlloop_gui.plots.loss_view import LossCurveView
from mlloop_gui.session import Session
from mlloop_gui.theme import Theme
from mlloop_gui.views.boundary_view import BoundaryView
from mlloop_gui.views.card import Card
from mlloop_gui.views.network_view import NetworkView
from mlloop_gui.views.pace import PICTURES as PICTURE_SECONDS
from mlloop_gui.views.pace import Pace

#: A loss that has grown more than this from its first value has diverged: no linear axis shows it.
_DIVERGED = 100.0


@dataclass(frozen=True)
class Kind:
    """A picture: its key, what it is called, and what the frames must carry for it."""

    key: str
    title: str
    boundary: bool = False
    units: bool = False
    curves: bool = False


KINDS = {
    "boundary": Kind("B", "Boundary", boundary=True),
    "network": Kind("N", "Network", boundary=True, units=True),
    "curves": Kind("C", "Curves", curves=True),
    "loss": Kind("L", "Loss of a sample"),
    "confusion": Kind("M", "Confusion matrix"),
}


class _Boundary(BoundaryView):
    """The boundary alone, whatever the data; how well it does stands under the picture."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__(session, actions)
        for part in (self._train, self._validation, self._test):
            part.hide()

    @Slot()
    def _restart(self) -> None:
        super()._restart()
        self._beside.hide()
        self._axes.hide()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._restart()
        self._follow()


class _Picture(Card):
    """A plot that is filled when its turn comes."""

    def __init__(self, plot: Any, fill: Callable[[Any, Frame], None]) -> None:
        super().__init__()
        self.plot, self._fill = plot, fill
        self._pace = Pace(PICTURE_SECONDS)
        self.body.addWidget(plot)

    def follow(self, frame: Frame) -> None:
        """Show a frame, not more often than can be seen."""
        if self._pace.lets(frame):
            # The numbers of a run that diverges are shown as they are.
            with np.errstate(all="ignore"):
                self._fill(self.plot, frame)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the theme's colours."""
        self.plot.set_theme(theme)


class Pictures(QWidget):
    """One picture of five, each built when it is first asked for.

    Attributes
    ----------
    chosen : str
        One of `KINDS`.
    """

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._actions = session, actions
        self.chosen = "boundary"
        self._built: dict[str, Any] = {}
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    @property
    def view(self) -> Any:
        """The picture that is seen; None before the first was asked for."""
        return self._built.get(self.chosen)

    def choose(self, name: str) -> None:
        """Show another picture."""
        self.chosen = name
        if name not in self._built:
            self._built[name] = self._build(name)
            rename(self._built[name])
            self._stack.addWidget(self._built[name])
        self._stack.setCurrentWidget(self.view)
        self.follow()

    def wanted(self) -> dict[str, bool]:
        """Return what the frames must carry; see `View`."""
        kind = KINDS[self.chosen]
        return {"boundary": kind.boundary, "units": kind.units, "curves": kind.curves}

    def _build(self, name: str) -> QWidget:
        if name == "boundary":
            return _Boundary(self._session, self._actions)
        if name == "network":
            made = NetworkView(self._session)
            made._restructure()
            return made
        if name == "curves":
            plot = CurvePlot("Loss", y_label="mean loss")
            return _Picture(plot, fill_curves)
        if name == "loss":
            return _Picture(LossCurveView("Loss of this sample"), fill_loss)
        return _Picture(ConfusionMatrix("Confusion (validation)"), fill_confusion)

    def restart(self) -> None:
        """Another run: its curves begin anew."""
        if "curves" in self._built:
            self._built["curves"].plot.clear_series()

    def follow(self) -> None:
        """Show the session's frame in the picture that is seen."""
        frame = self._session.frame
        if frame is None or not self.isVisible():
            return
        if isinstance(self.view, _Picture):
            self.view.follow(frame)
        elif isinstance(self.view, NetworkView) and frame.state is not RunState.RUNNING:
            self.view.refresh(frame)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the theme's colours."""
        for view in self._built.values():
            view.set_theme(theme)


def rename(widget: QWidget, prefix: str = "presentation.") -> None:
    """Give a second copy of a view names of its own, so that the window's stay single."""
    for child in widget.findChildren(QWidget):
        name = child.objectName()
        if name and not name.startswith(("qt_", prefix)):
            child.setObjectName(prefix + name)


def fill_curves(plot: CurvePlot, frame: Frame) -> None:
    """Show the run's losses, logarithmically where they have diverged."""
    if frame.curves is None:
        return
    checks, updates = frame.curves.checks, frame.curves.updates
    batches = updates.envelope("batch_loss")
    losses = batches[1][np.isfinite(batches[1])]
    log = bool(len(losses) and losses.max() > _DIVERGED * abs(losses[0]))
    # Before the first epoch has ended there is no other line to see.
    alone = len(checks.x) < 2
    with plot.together():
        plot.remove_series("batches" if alone else "each batch")
        plot.set_series(
            "each batch" if alone else "batches", *batches, "accent" if alone else "fine"
        )
        plot.set_series("train", *checks.envelope("train_loss"), "train")
        x, y = checks.envelope("validation_loss")
        if len(y) and not np.isnan(y).all():
            plot.set_series("validation", x, y, "validation")
        behind = frame.position.update < frame.head
        plot.set_head(float(frame.position.update) if behind else None)
    if plot.is_log_y() != log:
        plot.set_log_y(log)


def fill_loss(plot: LossCurveView, frame: Frame) -> None:
    """Show where the sample in hand stands on the curve of its loss."""
    moment = Moment.of(frame, Stage.LOSS)
    if moment.record is None:
        return
    shown, at = moment.shown, moment.shown.chosen or 0
    if shown.price is None:
        return
    delta = moment.turn.settings.loss.delta
    x, y, here, name = loss_curve(moment.loss, shown.scores[at], shown.y[at], delta)
    price = float(shown.price[at])
    plot.set_curve(x, y, name)
    plot.set_sample(here, price, f"loss {numbers.short(price)}")


def fill_confusion(plot: ConfusionMatrix, frame: Frame) -> None:
    """Show which classes are taken for which, in the validation part."""
    found = frame.check.validation.confusion
    if found is not None:
        plot.set_matrix(found, frame.problem.dataset.class_names)
