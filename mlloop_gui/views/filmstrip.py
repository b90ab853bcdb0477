"""The filmstrip: the boundary at updates 0, 1, 3, 10, 30, ..., each a way back there."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.problem import Problem
from mlloop_gui.frames import FilmFrame, Frame, RunState
from mlloop_gui.plots.film import Film, FilmScroll
from mlloop_gui.plots.film_picture import FilmPicture
from mlloop_gui.plots.header import Entry, Strip
from mlloop_gui.plots.legends import class_legend
from mlloop_gui.plots.markers import TRAIN, sample_glyph
from mlloop_gui.session import Session
from mlloop_gui.theme import Theme
from mlloop_gui.views.pace import NUMBERS, Pace

SENTENCE = "Learning does not happen in one step, it emerges."
SHOWN_POINTS = 60


class Filmstrip(QWidget):
    """Small pictures of the run, the one on screen framed; a click travels.

    Its pictures come with frames while `View.film` is set.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filmstrip")
        self.setAccessibleName("Filmstrip")
        self.setProperty("sheet", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._shown: object = None
        self._made: dict[int, tuple[FilmFrame, FilmPicture]] = {}
        self._problem: Problem | None = None
        self._points = np.empty((0, 2))
        self._pace = Pace(NUMBERS)
        self.film = Film()
        self.film.setObjectName("film")
        self.film.chosen.connect(self._travel)
        self.strip = FilmScroll(self.film)
        sentence = QLabel(SENTENCE)
        sentence.setProperty("role", "title")
        self._legend = Strip()
        above = QHBoxLayout()
        above.setSpacing(12)
        above.addWidget(sentence)
        above.addWidget(self._legend, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 6, 0)
        column.setSpacing(0)
        column.addLayout(above)
        column.addWidget(self.strip, 1)
        session.frame_changed.connect(self._follow)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what came while it was hidden."""
        super().showEvent(event)
        self._follow()

    @Slot(object)
    def _travel(self, update: int) -> None:
        if self._session.state is RunState.RUNNING:
            self._session.pause()
        self._session.go_to(update)

    @Slot()
    def _follow(self) -> None:
        frame = self._session.frame
        if frame is None or not self.isVisible() or not self._pace.lets(frame):
            return
        if frame.film is not None and frame.film is not self._shown:
            self._show(frame, frame.film)
        before = self.film.nearest()
        self.film.set_here(frame.position.update)
        place = self.film.nearest()
        if place is not None and place != before:
            self.strip.bring(place)

    def _show(self, frame: Frame, found: tuple[FilmFrame, ...]) -> None:
        self._shown = found
        problem = frame.problem
        if problem is not self._problem:
            self._problem = problem
            rows = problem.parts.train[:SHOWN_POINTS]
            inputs, target = problem.dataset.inputs[rows], problem.dataset.target[rows]
            self._points = np.column_stack([inputs[:, 0], target])
            self._legend.set_entries(_legend(problem, found))
        pictures = tuple(self._picture(each) for each in found)
        self._made = {
            each.update: (each, picture) for each, picture in zip(found, pictures, strict=True)
        }
        if pictures != self.film.pictures():
            self.film.set_pictures(pictures, "accuracy" if problem.classes else "R²", self._points)

    def _picture(self, found: FilmFrame) -> FilmPicture:
        """The same object for the same frame, so that it is painted once."""
        made = self._made.get(found.update)
        if made is not None and made[0] is found:
            return made[1]
        m = found.map
        return FilmPicture(
            found.update, found.loss, found.metric, m.mode, m.extent, m.index, m.values,
            m.labels, m.curve,
        )  # fmt: skip

    def set_theme(self, theme: Theme) -> None:
        """Paint in the theme's colours."""
        self.film.set_theme(theme)
        self._legend.set_theme(theme)


def _legend(problem: Problem, found: tuple[FilmFrame, ...]) -> list[Entry]:
    mode = found[0].map.mode if found else ""
    if mode == "curve":
        samples = Entry("training samples", sample_glyph("outline", 0, TRAIN))
        return [samples, Entry("model", sample_glyph("model"), 22.0)]
    return class_legend(problem.dataset.class_names, mode)
