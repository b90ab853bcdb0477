"""The jobs thread: long work with progress and cancel, one job at a time; and help for it."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from core.errors import InputError
from mlloop_gui.garbage import GarbageKeeper

Progress = Callable[[float], None]
HELPERS = 2  # threads; each holds some of what is being worked on in memory


class CancelledError(Exception):
    """Raised inside a job by its progress callback once it has been cancelled."""


class Helpers:
    """As the builtin `map`, several calls at once, in threads that end with the ``with`` block.

    Results come in order. No more is taken up than the threads can do, and one call besides.
    """

    def __enter__(self) -> Helpers:
        self._threads = ThreadPoolExecutor(HELPERS, "helper")
        GarbageKeeper.helpers.add(self)
        return self

    def __exit__(self, *error: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        GarbageKeeper.helpers.discard(self)

    def __call__(self, work: Callable[[Any], Any], things: Iterable[Any]) -> Iterator[Any]:
        begun: deque[Future[Any]] = deque()
        for thing in things:
            begun.append(self._threads.submit(work, thing))
            if len(begun) > HELPERS:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()


@dataclass(frozen=True, eq=False)
class Job:
    """One piece of work; ``work(progress)`` runs on the jobs thread."""

    number: int
    work: Callable[[Progress], Any]
    done: Callable[[Any], None]
    failed: Callable[[str], None]
    progressed: Callable[[float], None]
    cancelled: Event


class _Thread(QThread):
    arrived = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.jobs: SimpleQueue[Job | None] = SimpleQueue()
        self.results: deque[tuple[Job, str, tuple[Any, ...]]] = deque()

    def run(self) -> None:
        """One job after another until None comes."""
        while (job := self.jobs.get()) is not None:
            self._do(job)

    def _do(self, job: Job) -> None:
        told = -1

        def progress(share: float) -> None:
            nonlocal told
            if job.cancelled.is_set():
                raise CancelledError
            if int(100 * share) != told:  # else nothing would change on screen
                told = int(100 * share)
                self._tell(job, "progressed", share)

        try:
            progress(0.0)
            result = job.work(progress)
        except CancelledError:
            return
        except InputError as error:
            self._tell(job, "failed", str(error))
        except Exception as error:
            logging.getLogger(__name__).exception("in a job")
            self._tell(job, "failed", f"{type(error).__name__}: {error}")
        else:
            self._tell(job, "done", result)

    def _tell(self, job: Job, what: str, *arguments: Any) -> None:
        self.results.append((job, what, arguments))
        self.arrived.emit()


class Jobs(QObject):
    """Starts jobs and hands their results to callables on the GUI thread.

    Beside the one that somebody waits for there may be a quiet one, which nobody does: it makes
    room for every other, and is begun again behind it.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = _Thread()
        self._thread.arrived.connect(self._deliver)
        self._count = 0
        self._current: Job | None = None
        self._quiet: Job | None = None
        self._ended = False

    def start(
        self,
        work: Callable[[Progress], Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None],
        progressed: Callable[[float], None] = lambda share: None,
    ) -> Job:
        """Begin a job; one that is still going is cancelled first, and told so."""
        displaced, quiet = self._current, self._quiet
        self.cancel()
        self.cancel_quiet()
        begun = self._current = self._put(work, done, failed, progressed)
        if quiet is not None:
            self.start_quietly(quiet.work, quiet.done, quiet.failed)
        if displaced is not None:
            displaced.failed("Given up, for something else was asked for.")
        return begun

    def start_quietly(
        self,
        work: Callable[[Progress], Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None],
    ) -> None:
        """Begin the quiet job once nothing else is asked for; it takes the last one's place."""
        self.cancel_quiet()
        self._quiet = self._put(work, done, failed, lambda share: None)

    def _put(
        self,
        work: Callable[[Progress], Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None],
        progressed: Callable[[float], None],
    ) -> Job:
        self._count += 1
        made = Job(self._count, work, done, failed, progressed, Event())
        if not self._thread.isRunning() and not self._ended:
            self._thread.start()
        self._thread.jobs.put(made)
        return made

    @property
    def busy(self) -> bool:
        return self._current is not None

    def cancel(self) -> None:
        """Ask the job at hand to end; nothing of it arrives any more."""
        if self._current is not None:
            self._current.cancelled.set()
            self._current = None

    def cancel_quiet(self) -> None:
        """Ask the quiet job to end; nothing of it arrives any more."""
        if self._quiet is not None:
            self._quiet.cancelled.set()
            self._quiet = None

    def finish(self, milliseconds: int = 5000) -> bool:
        """Cancel, stop the thread and wait; False if it is still busy after that time.

        No job is begun any more: a last frame may still ask for one.
        """
        self._ended = True
        self.cancel()
        self.cancel_quiet()
        self._thread.jobs.put(None)
        return self._thread.wait(milliseconds)

    @Slot()
    def _deliver(self) -> None:
        while self._thread.results:
            job, what, arguments = self._thread.results.popleft()
            if job is not self._current and job is not self._quiet:
                continue
            if what != "progressed":
                if job is self._quiet:
                    self._quiet = None
                else:
                    self._current = None
            getattr(job, what)(*arguments)
