"""The landscape tab: the loss round the present place, and how near the rate is to too much."""

from __future__ import annotations

from functools import partial
from threading import Event
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.landscape import (
    STABLE,
    Request,
    Survey,
    gauge_sentence,
    optimizer_sentence,
    own_limit,
    rate_in_force,
    survey,
)
from mlloop_gui.frames import Frame, RunState
from mlloop_gui.plots import numbers
from mlloop_gui.plots.gauge import Gauge
from mlloop_gui.plots.landscape import LandscapePicture
from mlloop_gui.plots.loss_map import LossMap
from mlloop_gui.session import Session
from mlloop_gui.theme import Theme, font_px
from mlloop_gui.views.landscape_controls import Choice, LandscapeControls

UNDRAWN = (
    "The loss depends on every parameter at once. Draw it over two directions, with the place"
    " where the run stands in the middle."
)


class Asked(NamedTuple):
    """One drawing that was asked for: of which moment, and what of it."""

    run: int
    update: int
    choice: Choice
    request: Request


class LandscapeView(QWidget):
    """Controls, picture and gauge; all is computed on the jobs thread, and only when asked for."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("landscape")
        self.setAccessibleName("Landscape of the loss")
        self._session = session
        self._asked: Asked | None = None
        self._drawn: Asked | None = None
        self._found: Survey | None = None
        self._waiting = False
        self.controls = LandscapeControls()
        self.picture = LandscapePicture()
        self.picture.setObjectName("plot.landscape")
        self.gauge = Gauge("Rate times the largest eigenvalue of the Hessian", STABLE)
        self.gauge.setObjectName("landscape.gauge")
        self.product, self.sentence = QLabel(), QLabel()
        self._lay_out()
        self._cancelled: Event | None = None  # the job's at hand
        self.controls.draw.connect(self.draw)
        self.controls.cancel.connect(self.cancel)
        self.controls.changed.connect(self._consider)
        session.frame_changed.connect(self._follow)
        session.run_started.connect(self._restart)
        session.loading_changed.connect(self._notice_displaced)
        self._restart()

    def _lay_out(self) -> None:
        self._gauge_column = QWidget()
        column = QVBoxLayout(self._gauge_column)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        title = QLabel("Rate × largest curvature")
        title.setProperty("role", "title")
        title.setToolTip(
            "The learning rate in force, times the largest eigenvalue of the Hessian of the"
            " training loss. Past 2, a plain step overshoots by more than it was off."
        )
        self.product.setObjectName("landscape.product")
        self.product.setProperty("role", "muted")
        self.sentence.setObjectName("landscape.sentence")
        self.sentence.setProperty("role", "muted")
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(title)
        column.addWidget(self.product)
        column.addWidget(self.gauge)
        column.addWidget(self.sentence, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 5, 8, 5)
        row.setSpacing(14)
        row.addWidget(self.controls)
        row.addWidget(self.picture, 1)
        row.addWidget(self._gauge_column)
        for part in (self.controls, self._gauge_column):
            part.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._set_widths()

    def _set_widths(self) -> None:
        unit = font_px("base") / 13.0
        self.controls.setFixedWidth(round(232 * unit))
        self._gauge_column.setFixedWidth(round(248 * unit))

    def sizeHint(self) -> QSize:
        """As wide as the dock, as low as the controls are."""
        return QSize(1180, 200)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self.picture.set_theme(theme)
        self.gauge.set_theme(theme)
        self._set_widths()

    # -- asking --------------------------------------------------------------------------------

    @Slot()
    def draw(self) -> None:
        """Compute what is chosen for the moment on screen, on the jobs thread."""
        session, frame = self._session, self._session.frame
        if session.loading is not None:
            self.controls.say("A table is being loaded; draw when that is done.")
            return
        self.cancel()
        session.show(trajectory=True)
        # The way comes with a frame that was asked for it.
        self._waiting = frame is None or frame.trajectory is None
        if frame is None or self._waiting:
            self.controls.say("Waiting for the run's way.")
            return
        self._asked = asked = _ask(frame, self.controls.choice())
        self.controls.say("")
        self.controls.show_progress(0.0)
        job = session.jobs.start(
            partial(survey, asked.request), partial(self._done, asked), self._failed,
            self.controls.show_progress,
        )  # fmt: skip
        self._cancelled = job.cancelled

    @Slot()
    def cancel(self) -> None:
        """Give up what is being computed; the picture stays."""
        self._waiting = False
        if self._cancelled is not None:
            if not self._cancelled.is_set():
                self._session.jobs.cancel()
            self._end("Cancelled.")

    @property
    def working(self) -> bool:
        return self._cancelled is not None

    def _end(self, said: str) -> None:
        self._cancelled = None
        self.controls.show_progress(None)
        self.controls.say(said)

    def _done(self, asked: Asked, found: Survey) -> None:
        self._drawn, self._found = asked, found
        self._end("")
        seen = found.landscape
        self.picture.set_map(
            LossMap(
                seen.x, seen.y, seen.losses, seen.plane.names, (*seen.plane.start, seen.here),
                seen.updates, seen.places,
            )
        )  # fmt: skip
        self._follow()

    def _failed(self, why: str) -> None:
        self._end(why)

    @Slot()
    def _notice_displaced(self) -> None:
        """A table that is loaded takes the jobs thread without a word."""
        if self._cancelled is not None and self._cancelled.is_set():
            self._end("Given up, for a table is being loaded.")

    # -- following the run ---------------------------------------------------------------------

    @Slot()
    def _restart(self) -> None:
        self.cancel()
        self._asked = self._drawn = self._found = None
        self.picture.set_map(None)
        self.controls.say("")
        self._follow()

    @Slot()
    def _follow(self) -> None:
        frame = self._session.frame
        if frame is None:
            self.picture.set_state("Landscape of the loss", "", False, UNDRAWN)
            return
        self.controls.set_layout(frame.layout)
        if not self.isVisible() and self._drawn is None:
            self.picture.set_state("Landscape of the loss", "", False, UNDRAWN)
            return
        self.controls.set_places(len(frame.trajectory or ()))
        if self._waiting and frame.trajectory is not None:
            self.draw()
        self._show_state(frame)
        self._consider()

    @Slot()
    def _consider(self) -> None:
        """Draw by itself, if a person wants that and there is something new to draw."""
        frame = self._session.frame
        at_rest = frame is not None and frame.state is not RunState.RUNNING
        wanted = self.controls.auto.isChecked() and self.isVisible() and not self.working
        if frame is None or not at_rest or not wanted or self._session.loading is not None:
            return
        asked = self._asked
        if asked is None or asked.choice != self.controls.choice() or _moved_on(asked, frame):
            self.draw()

    def _show_state(self, frame: Frame) -> None:
        optimizer = frame.settings.optimizer
        if self._found is None or self._drawn is None:
            self.picture.set_state("Landscape of the loss", "", False, UNDRAWN)
            self.gauge.set_value(None)
            self.product.setText("not measured yet")
            self.sentence.setText(
                "Tells how near the learning rate is to the one at which plain gradient descent"
                " is thrown out of the sharpest valley."
            )
            return
        pale = _moved_on(self._drawn, frame)
        label = self._found.landscape.plane.label.replace(",", numbers.THIN_SPACE)
        detail = _detail(self._drawn, self._found, frame, pale)
        self.picture.set_state(label, detail, pale)
        rate = rate_in_force(optimizer, frame.position.epoch)
        sharp = self._found.sharpness
        product, limit = sharp.gauge(rate), own_limit(optimizer)
        own = (optimizer.name, limit) if limit is not None and limit != STABLE else None
        self.gauge.set_value(product, own, pale)
        about = "" if sharp.converged else "about "
        said = [numbers.short(value) for value in (rate, sharp.eigenvalue, product)]
        finite = bool(np.isfinite(sharp.eigenvalue))
        found = f"{said[0]} × {about}{said[1]} = {said[2]}" if finite else "cannot be measured"
        self.product.setText(found)
        self.product.setToolTip(f"At update {numbers.count(self._drawn.update)}")
        words = f"{gauge_sentence(product)} {optimizer_sentence(optimizer)}".strip()
        self.sentence.setText(words)
        self.sentence.setToolTip(words)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the run's way while the tab is in sight."""
        super().showEvent(event)
        self._session.show(trajectory=True)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for it no more."""
        super().hideEvent(event)
        if not self._waiting:
            self._session.show(trajectory=False)


def _ask(frame: Frame, choice: Choice) -> Asked:
    update = frame.position.update
    way = [(at, theta) for at, theta in frame.trajectory or () if at < update]
    request = Request(
        frame.problem, frame.layout, frame.settings, frame.theta, choice.kind, choice.parameters,
        choice.reach, choice.points, (*way, (update, frame.theta)), choice.seed,
    )  # fmt: skip
    return Asked(frame.run, update, choice, request)


def _moved_on(asked: Asked, frame: Frame) -> bool:
    """Whether the run is no longer where, or of the loss of which, a picture was asked for."""
    then = asked.request
    return (
        asked.run != frame.run
        or asked.update != frame.position.update
        or then.settings.loss != frame.settings.loss
        or (then.theta is not frame.theta and not np.array_equal(then.theta, frame.theta))
    )


def _detail(drawn: Asked, found: Survey, frame: Frame, pale: bool) -> str:
    seen = found.landscape
    said = f"of update {numbers.count(drawn.update)}"
    if pale:
        said += f" (now at {numbers.count(frame.position.update)})"
    said += f" · {numbers.count(seen.rows)}"
    if seen.sampled:
        said += f" of {numbers.count(len(drawn.request.problem.parts.train))}"
    said += " samples"
    if len(seen.updates) > 1 and np.isfinite(seen.share):
        said += f" · shows {numbers.percent(seen.share, 0)} of the way"
    return said
