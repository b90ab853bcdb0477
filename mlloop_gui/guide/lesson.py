"""A chapter as it is gone through: which step, what was predicted, what is done."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from mlloop_gui.frames import RunState
from mlloop_gui.guide.chapter import Chapter, Doing, Step
from mlloop_gui.guide.checks import AccuracyAbove, LossBelow, Number, Running, UpdateReached
from mlloop_gui.guide.doing import Doer
from mlloop_gui.guide.seeing import Situation, Start
from mlloop_gui.plots.numbers import MINUS
from mlloop_gui.session import Session

#: What is done by a run that goes on; everything else is done from a standstill.
BY_RUNNING = (Running, UpdateReached, LossBelow, AccuracyAbove)


class Lesson(QObject):
    """Walks through a chapter; knows no widget.

    Attributes
    ----------
    chapter : Chapter
    index : int
        The step on the card, from 0.
    reached : int
        Steps that were finished, now or earlier.
    typed : str
        What stands in the number field.
    missed : bool
        Whether the number typed last was not the right one.

    Signals
    -------
    step_changed
        Another step is on the card.
    changed
        Something of this step is otherwise.
    progressed(int)
        So many steps are finished.
    """

    step_changed = Signal()
    changed = Signal()
    progressed = Signal(int)

    def __init__(
        self,
        session: Session,
        doer: Doer,
        chapter: Chapter,
        at: int = 0,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._doer, self.chapter = session, doer, chapter
        self.reached = min(at, len(chapter.steps))
        self.index = self.reached if self.reached < len(chapter.steps) else 0
        self.typed, self.missed = "", False
        self._chosen: dict[int, int] = {}
        self._done = set(range(self.reached))
        self._start: Start | None = None
        self._run_from: Start | None = None
        self._doing = Doing()
        self._awaited: int | None = None
        self._beginning = self._helping = self._driving = False
        session.frame_changed.connect(self._look)
        for heard in (session.sample_changed, session.inspected_changed):
            heard.connect(self._look)
        session.message.connect(self._hear)

    # -- reading -------------------------------------------------------------------------------

    @property
    def step(self) -> Step:
        return self.chapter.steps[self.index]

    @property
    def waiting(self) -> bool:
        """Whether what the program does for this step is still under way."""
        return self._beginning or self._awaited is not None

    @property
    def chosen(self) -> int | None:
        """What was predicted in this step."""
        return self._chosen.get(self.index)

    @property
    def revealed(self) -> bool:
        """Whether there is nothing left to predict."""
        return self.step.predict is None or self.chosen is not None or self.index < self.reached

    @property
    def done(self) -> bool:
        """Whether this step's check has held; true where it has none."""
        return self.step.check is None or self.index in self._done

    @property
    def can_go_on(self) -> bool:
        return not self._beginning and self.revealed and self.done

    @property
    def last(self) -> bool:
        return self.index == len(self.chapter.steps) - 1

    # -- going through it ----------------------------------------------------------------------

    def begin(self) -> None:
        """Begin the chapter's run, then the step that was reached."""
        self._beginning = True
        self._doer.begin(self.chapter.experiment)
        self._awaited = self._session.sent
        self.step_changed.emit()
        self._look()

    def choose(self, choice: int) -> None:
        """Predict; then the program shows what comes of it."""
        if self.step.predict is None or self.chosen is not None:
            return
        self._chosen[self.index] = choice
        self._perform(self.step.show)
        self.changed.emit()

    def type_in(self, text: str) -> None:
        """Look at a number that was typed."""
        self.typed = text
        value = number_of(text)
        self.missed = value is None or not self._holds(value)
        if not self.missed:
            self._done.add(self.index)
        self.changed.emit()

    def help(self) -> None:
        """Do what the check asks, so that nobody is stuck."""
        check, frame = self.step.check, self._session.frame
        if check is None or frame is None or self._start is None or self.done:
            return
        if isinstance(check, Number):
            self.typed = check.answer(frame)
            self.missed = False
            self._done.add(self.index)
            self.changed.emit()
            return
        if frame.state is RunState.RUNNING and not isinstance(check, BY_RUNNING):
            self._helping = True
            self._session.pause()
            return
        # Who had the program run has it pause, too, once that is enough.
        self._driving = isinstance(check, (LossBelow, AccuracyAbove))
        check.help(Situation(self._session, frame, self._start))
        self._look()

    def next(self) -> None:
        """Finish this step, and open the next where there is one."""
        if not self.can_go_on:
            return
        self.reached = max(self.reached, self.index + 1)
        self._done.add(self.index)
        self.progressed.emit(self.reached)
        if not self.last:
            self._turn_to(self.index + 1)

    def back(self) -> None:
        """Open the step before."""
        if self.index:
            self._turn_to(self.index - 1)

    def end(self) -> None:
        """Listen no more."""
        self._session.frame_changed.disconnect(self._look)
        self._session.sample_changed.disconnect(self._look)
        self._session.inspected_changed.disconnect(self._look)
        self._session.message.disconnect(self._hear)

    def _turn_to(self, index: int) -> None:
        self.index = index
        self.typed, self.missed = "", False
        self._helping = self._driving = False
        self._open()
        self.step_changed.emit()

    def _open(self) -> None:
        self._perform(self.step.do)

    def _perform(self, doing: Doing) -> None:
        """Do it; the step begins where that has led."""
        before, frame = self._session.sent, self._session.frame
        self._doing = doing
        # A run that the program begins counts from where it began.
        self._run_from = Start.of(frame) if frame is not None and doing.run is not None else None
        self._doer.do(doing)
        self._awaited = self._session.sent if self._session.sent > before else None
        if self._awaited is None:
            self._arrive()

    def _arrive(self) -> None:
        frame = self._session.frame
        self._awaited = None
        self._doer.arrive(self._doing)
        self._doing = Doing()
        if frame is None:
            self._start = None
        else:
            self._start = self._run_from.seen(frame) if self._run_from else Start.of(frame)
            if self.revealed and not self.done:
                self._check(frame.state)

    # -- looking -------------------------------------------------------------------------------

    def _holds(self, typed: float | None = None) -> bool:
        frame, check = self._session.frame, self.step.check
        if frame is None or check is None or self._start is None:
            return False
        return check.holds(Situation(self._session, frame, self._start, typed))

    @Slot()
    def _look(self) -> None:
        """Look at what a frame, a click or a key has changed."""
        frame = self._session.frame
        if frame is None:
            return
        if self._awaited is not None:
            if self._session.loading is not None or frame.command < self._awaited:
                return
            if self._beginning:
                self._beginning = False
                self._open()
            else:
                self._arrive()
        elif self._start is not None:
            self._start = self._start.seen(frame)
        if not self.waiting and self.revealed and not self.done:
            self._check(frame.state)
        self.changed.emit()

    def _check(self, state: RunState) -> None:
        if self._holds():
            self._done.add(self.index)
            if self._driving and state is RunState.RUNNING:
                self._session.pause()
            self._helping = self._driving = False
        elif self._helping and state is not RunState.RUNNING:
            self._helping = False
            self.help()

    @Slot(str, str)
    def _hear(self, severity: str, text: str) -> None:
        """Wait no longer for what was refused."""
        if severity == "error" and self.waiting:
            self._beginning = False
            self._arrive()
            self.changed.emit()


def number_of(text: str) -> float | None:
    """Return a number as people type it, None for anything else."""
    cleaned = text.replace(MINUS, "-").replace(",", ".").replace(" ", "").replace("\u202f", "")
    try:
        return float(cleaned)
    except ValueError:
        return None
