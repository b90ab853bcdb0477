"""The validation tab: how much of a score is the luck of one split, and what would change it."""

from __future__ import annotations

from functools import partial
from threading import Event

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.errors import InputError
from core.experiment import Experiment, fields
from mlloop_gui.edits import differences, same_data
from mlloop_gui.panels.fields.words import label_of
from mlloop_gui.panels.fields.words import message as error_message
from mlloop_gui.plots import numbers
from mlloop_gui.plots.spread import SETTING
from mlloop_gui.plots.validation_plot import ValidationPlot
from mlloop_gui.session import Session
from mlloop_gui.theme import Theme, font_px
from mlloop_gui.views import validation_words as words
from mlloop_gui.views.validation_controls import ValidationControls
from mlloop_gui.views.validation_work import Asked, Found, Measure, present

_NAMED = 2  # settings that are named where a result belongs to others


class ValidationView(QWidget):
    """Controls, picture and what it means; all is computed on the jobs thread, when asked for."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("validation")
        self.setAccessibleName("Validation")
        self.setProperty("sheet", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._found: Found | None = None
        self._cancelled: Event | None = None  # the job's at hand
        self.controls = ValidationControls()
        self.plot = ValidationPlot()
        self.plot.setObjectName("plot.validation")
        self.measure = QComboBox()
        self.measure.setObjectName("validation.measure")
        self.measure.setAccessibleName("Measured by")
        self.measure.setToolTip("By what the fits are judged")
        self.sentence = QLabel()
        self._lay_out()
        self.controls.start.connect(self.start)
        self.controls.cancel.connect(self.cancel)
        self.controls.kind.currentIndexChanged.connect(self._follow)
        self.measure.currentIndexChanged.connect(self._show)
        self.plot.chosen.connect(self.take)
        session.experiment_changed.connect(self._follow)
        session.run_started.connect(self._follow)
        session.loading_changed.connect(self._notice_displaced)
        self._follow()

    def _lay_out(self) -> None:
        self._words = QWidget()
        column = QVBoxLayout(self._words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.sentence.setObjectName("validation.sentence")
        self.sentence.setProperty("role", "muted")
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        # A longer text asks for no higher a window.
        self.sentence.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        column.addWidget(self.measure)
        column.addWidget(self.sentence, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 5, 8, 5)
        row.setSpacing(14)
        row.addWidget(self.controls)
        row.addWidget(self.plot, 1)
        row.addWidget(self._words)
        for part in (self.controls, self._words):
            part.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._set_widths()

    def _set_widths(self) -> None:
        unit = font_px("base") / 13.0
        self.controls.setFixedWidth(round(222 * unit))
        self._words.setFixedWidth(round(240 * unit))

    def sizeHint(self) -> QSize:
        """As wide as the dock, as low as the controls are."""
        return QSize(1180, 200)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self.plot.set_theme(theme)
        self._set_widths()

    # -- asking --------------------------------------------------------------------------------

    @Slot()
    def start(self) -> None:
        """Compute what is chosen for the settings on screen, on the jobs thread."""
        session, frame = self._session, self._session.frame
        if session.loading is not None:
            self.controls.say("A table is being loaded; start when that is done.")
            return
        if self.working:
            return
        try:
            choice = self.controls.choice()
        except InputError as error:
            self.controls.show_invalid(True)
            self.controls.say(error_message(error, error.field or ""))
            return
        experiment = session.experiment
        # While another run is on its way, the data on screen may be the last one's.
        same = frame is not None and same_data(experiment, frame.settings)
        dataset = frame.problem.dataset if frame is not None and same else None
        asked = Asked(choice.kind, experiment, dataset, *choice[1:])
        self._progress(asked, 0.0)
        job = session.jobs.start(asked, self._done, self._end, partial(self._progress, asked))
        self._cancelled = job.cancelled

    @Slot()
    def cancel(self) -> None:
        """Give up what is being computed; the picture stays."""
        if self._cancelled is not None:
            if not self._cancelled.is_set():
                self._session.jobs.cancel()
            self._end("Cancelled.")

    @property
    def working(self) -> bool:
        return self._cancelled is not None

    def _progress(self, asked: Asked, share: float) -> None:
        self.controls.show_progress(share, asked.doing(share).capitalize())

    def _end(self, said: str) -> None:
        self._cancelled = None
        self.controls.show_progress(None)
        self.controls.say(said)

    def _done(self, found: Found) -> None:
        self._end(words.failures(found))
        before = self.measure.currentData()
        self._found = found
        with QSignalBlocker(self.measure):
            self.measure.clear()
            for measure in found.spreads:
                self.measure.addItem(measure.label, measure.label)
            self.measure.setCurrentIndex(max(self.measure.findData(before), 0))
        self._show()

    @Slot()
    def _notice_displaced(self) -> None:
        """A table that is loaded takes the jobs thread without a word."""
        if self._cancelled is not None and self._cancelled.is_set():
            self._end("Given up, for a table is being loaded.")

    # -- showing -------------------------------------------------------------------------------

    @property
    def found(self) -> Found | None:
        """The last result."""
        return self._found

    def chosen_measure(self) -> Measure | None:
        """Return by what the fits are judged; None without a result."""
        if self._found is None:
            return None
        label = self.measure.currentData()
        return next(one for one in self._found.spreads if one.label == label)

    @Slot()
    def _follow(self) -> None:
        """Offer what there is, and say to which settings the result belongs."""
        self.controls.set_experiment(self._session.experiment, self._session.problem)
        self._show_state()

    @Slot()
    def _show(self) -> None:
        found, measure = self._found, self.chosen_measure()
        if found is not None and measure is not None:
            self.plot.set_spread(found.spreads[measure])
        self._show_state()

    def _show_state(self) -> None:
        found, measure = self._found, self.chosen_measure()
        self.measure.setVisible(found is not None)
        if found is None or measure is None:
            kind = self.controls.kind.currentData()
            self.plot.set_state("Validation", "", False, words.INTRODUCTIONS[kind])
            self.sentence.setText(words.SEALED)
            return
        asked, spread = found.asked, found.spreads[measure]
        others = belongs_to_others(asked, self._session.experiment)
        if asked.kind == SETTING:
            self.plot.set_now(present(self._session.experiment, asked.path))
        state = "of other settings" if others else ""
        self.plot.set_state(words.title(asked, measure), state, bool(others))
        meaning = words.meaning(found, measure, spread)
        self.sentence.setText(f"Of other settings ({others}). {meaning}" if others else meaning)
        self.sentence.setToolTip(self.sentence.text())

    @Slot(int)
    def take(self, place: int) -> None:
        """Take a value of the validation curve into the experiment."""
        if self._found is None or self._found.asked.kind != SETTING:
            return
        asked = self._found.asked
        try:
            self._session.set(asked.path, asked.values[place])
        except InputError as error:
            self.controls.say(error_message(error, asked.path))


def belongs_to_others(asked: Asked, experiment: Experiment) -> str:
    """Return the settings of a result that differ from those on screen; empty where none do."""
    changed = differences(asked.experiment, experiment)
    if asked.kind == SETTING:
        changed.pop(asked.path, None)
    told = []
    for path in list(changed)[:_NAMED]:
        value = asked.experiment.get(path)
        short = isinstance(value, int | float | str) and len(str(value)) < 20
        name = label_of(fields()[path])
        told.append(f"{words.within(name)} {words.plain(value)}" if short else words.within(name))
    if len(changed) > _NAMED:
        told.append(f"{numbers.count(len(changed) - _NAMED)} more")
    return ", ".join(told)
