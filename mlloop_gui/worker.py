"""The worker thread: takes commands, trains between them, leaves frames in a one-slot mailbox."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event
from time import perf_counter
from typing import Any

from PySide6.QtCore import QThread, Signal

from core.errors import InputError
from core.flights import Stop
from mlloop_gui.driver import Driver
from mlloop_gui.frames import Frame, RunState

FRAME_SECONDS = 1 / 60
# A little more often than a display shows them: a frame that is late once is made up for.
APART_SECONDS = 1 / 64
TRAINING_SECONDS = 0.008
PATIENCE_WITH_PAINTING = 0.05
CHEAP_UPDATE = 3e-4
MANY = 2**40
IDLE_SECONDS = 0.5
PATIENCE_WITH_PREPARING = 0.8
# All other commands may make turns.
WITHOUT_TURNS = {
    "new",
    "look",
    "set_speed",
    "spare_runs",
    "limit_memory",
    "pause",
    "rename",
    "forget",
}


@dataclass(frozen=True)
class Trouble:
    """Something that went wrong with a command.

    Attributes
    ----------
    command : int
        Number of the command.
    text : str
        One line for the person.
    """

    command: int
    text: str


class Worker(QThread):
    """Runs a `Driver`; all its methods but `run` are called by the GUI thread.

    Signals
    -------
    frame_ready
        A frame lies in the mailbox. Emitted once until it is taken.
    troubled
        A `Trouble` lies in its queue.
    preparing
        The share done of compiling the arithmetic, where one has to wait for it.
    """

    frame_ready = Signal()
    troubled = Signal()
    preparing = Signal(float)

    def __init__(self, driver: Driver | None = None) -> None:
        super().__init__()
        self._driver = driver or Driver()
        self._commands: SimpleQueue[tuple[int, str, tuple[Any, ...]]] = SimpleQueue()
        self._mailbox: deque[Frame] = deque(maxlen=1)
        self._troubles: deque[Trouble] = deque()
        self._painted = Event()
        self._wanted = Stop()
        self._announced = False
        self._due = self._begun = self._took = 0.0
        self._sent = 0
        self._answered = 0

    # -- for the GUI thread --------------------------------------------------------------------

    def send(self, name: str, *arguments: Any) -> int:
        """Have the driver's method `name` called; the command's number."""
        self._sent += 1
        if name == "pause":
            # A long way or a leap that is being made ends here too.
            self._driver.over.set()
        self._commands.put((self._sent, name, arguments))
        self._wanted.set()
        self._painted.set()
        return self._sent

    @property
    def sent(self) -> int:
        """The number of the newest command."""
        return self._sent

    def take(self) -> Frame | None:
        """The latest frame, once."""
        self._announced = False
        return self._mailbox.pop() if self._mailbox else None

    def take_trouble(self) -> Trouble | None:
        """The oldest trouble, once."""
        return self._troubles.popleft() if self._troubles else None

    def painted(self) -> None:
        """The frame taken last is on the screen."""
        self._took = perf_counter() - self._begun
        self._painted.set()

    def finish(self, milliseconds: int = 5000) -> bool:
        """Stop and wait; False if the thread is still busy after that time."""
        self.requestInterruption()
        self.send("pause")
        return self.wait(milliseconds)

    # -- the thread ----------------------------------------------------------------------------

    def run(self) -> None:
        """Commands first; between them, slices of training."""
        pause: float | None = None
        while not self.isInterruptionRequested():
            running = self._driver.state is RunState.RUNNING
            if running:
                self._obey(pause)
            elif self._driver.prepared:
                self._obey(None)
            elif not self._obey(IDLE_SECONDS):
                # What needs no turn is not kept waiting; what is made by then stays made.
                self._prepare(lambda: not self._commands.empty())
            if self.isInterruptionRequested():
                break
            if self._driver.state is RunState.RUNNING:
                pause = self._train()

    def _obey(self, seconds: float | None) -> bool:
        """Carry out what is waiting; wait for up to `seconds` (None: for ever) for the first.

        Whether there was anything.
        """
        number = 0
        try:
            # A wait of 0 still looks into the queue.
            item = (
                self._commands.get(timeout=seconds) if seconds != 0 else self._commands.get(False)
            )
            while True:
                number = item[0]
                if item[1] == "go_to" and not self._commands.empty():
                    # Of several places asked for while the bar is dragged, the last counts.
                    following = self._commands.get(False)
                    if following[1] != "go_to":
                        self._carry_out(*item)
                    item = following
                    continue
                self._carry_out(*item)
                self._wanted.clear()
                item = self._commands.get(False)
        except Empty:
            self._wanted.clear()
        if number and not self.isInterruptionRequested():
            self._post(number)
        return bool(number)

    def _prepare(self, otherwise: Callable[[], bool] = lambda: False) -> None:
        """Have the code of a turn at hand unless there is something else to do.

        It is told where that takes long.
        """
        started, told = perf_counter(), False

        def tell(share: float) -> None:
            nonlocal told
            if perf_counter() - started > PATIENCE_WITH_PREPARING:
                told = True
                self.preparing.emit(share)

        def stop() -> bool:
            return self.isInterruptionRequested() or otherwise()

        self._guarded(self._sent, self._driver.prepare, tell, stop)
        if told:
            self.preparing.emit(1.0)  # also where it has ended before its end

    def _carry_out(self, number: int, name: str, arguments: tuple[Any, ...]) -> None:
        if name not in WITHOUT_TURNS and not self._driver.prepared:
            self._prepare()
        self._guarded(number, getattr(self._driver, name), *arguments)

    def _train(self) -> float:
        """One slice and its frame; seconds to wait before the next."""
        driver, begun = self._driver, perf_counter()
        before, took, self._took = driver.updates, self._took, 0.0
        if took:
            driver.frame_took(took)
        if driver.speed:
            updates, stop = max(1, round(driver.speed * FRAME_SECONDS)), self._wanted
        elif self._beside_painting():
            updates, stop = MANY, self._until_due(begun + PATIENCE_WITH_PAINTING)
        else:
            updates, stop = MANY, self._until(begun + TRAINING_SECONDS)
        if not self._guarded(self._sent, driver.slice, updates, stop):
            driver.pause()
        if self._wanted():
            # What waits will leave a frame of its own, and sooner without this one.
            return 0.0
        self._begun = now = perf_counter()
        self._due = max(self._due, now - APART_SECONDS) + APART_SECONDS
        self._painted.clear()
        self._post(0)
        if driver.speed:
            return max(0.0, begun + (driver.updates - before) / driver.speed - perf_counter())
        going_on = driver.state is RunState.RUNNING and not self._wanted()
        if going_on and not self._beside_painting():
            # numpy's short calls take the interpreter lock so often that painting starves.
            self._painted.wait(PATIENCE_WITH_PAINTING)
        return 0.0

    def _beside_painting(self) -> bool:
        """Whether training lets go of the interpreter lock, so that painting goes on beside it.

        The compiled kernel does, and costly updates, which are few long calls.
        """
        return self._driver.lets_go or self._driver.cost >= CHEAP_UPDATE

    def _until(self, deadline: float) -> Stop:
        return self._wanted.or_when(lambda: perf_counter() >= deadline)

    def _until_due(self, deadline: float) -> Stop:
        """Until a frame is due and the last one has been painted; at the latest at `deadline`."""

        def over() -> bool:
            now = perf_counter()
            return now >= deadline or (now >= self._due and self._painted.is_set())

        return self._wanted.or_when(over)

    def _post(self, number: int) -> None:
        if self._driver.loop is None:
            return
        self._answered = number or self._answered
        if not self._guarded(self._answered, self._leave_frame):
            return
        if not self._announced:
            self._announced = True
            self.frame_ready.emit()

    def _leave_frame(self) -> None:
        self._mailbox.append(self._driver.frame(self._answered))

    def _guarded(self, number: int, act: Callable[..., object], *arguments: Any) -> bool:
        """Do something that must not end the thread; whether it went well."""
        try:
            act(*arguments)
        except InputError as error:
            self._report(Trouble(number, str(error)))
        except Exception as error:
            logging.getLogger(__name__).exception("in the worker")
            self._report(Trouble(number, f"{type(error).__name__}: {error}"))
        else:
            return True
        return False

    def _report(self, trouble: Trouble) -> None:
        self._troubles.append(trouble)
        self.troubled.emit()
