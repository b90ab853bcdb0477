"""The worker thread with a driver that only pretends to train."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event
from typing import Any

import pytest

from core.errors import InputError
from core.flights import Stop
from mlloop_gui.frames import RunState
from mlloop_gui.worker import Worker

WAIT = 10_000


@dataclass(frozen=True)
class FakeFrame:
    update: int
    state: RunState
    command: int


class FakeDriver:
    """Counts updates; `gate` holds a slice up until it is set."""

    def __init__(self) -> None:
        self.loop: object | None = object()
        self.state = RunState.PAUSED
        self.speed = 0.0
        self.updates = 0
        self.cost = 1.0
        self.lets_go = False
        self.prepared = True
        self.parts = 0
        self.gate = Event()
        self.gate.set()
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.broken: Exception | None = None
        self.endless = False
        self.over = Stop()
        self.took: list[float] = []

    def run(self) -> None:
        self.state = RunState.RUNNING

    def pause(self) -> None:
        self.state = RunState.PAUSED

    def note(self, *arguments: Any) -> None:
        self.calls.append(("note", arguments))

    def refuse(self) -> None:
        raise InputError("is not allowed", field="this")

    def fail(self) -> None:
        raise ZeroDivisionError("by nought")

    def slice(self, updates: int, stop: Callable[[], bool]) -> None:
        if self.broken:
            raise self.broken
        self.gate.wait(5)
        while (updates or self.endless) and not stop():
            self.updates += 1
            updates -= 1

    def prepare(self, progress: Callable[[float], None], stop: Callable[[], bool]) -> None:
        """Make a thousand parts, waiting for each until the gate is open."""
        while self.parts < 1000 and not stop():
            self.calls.append(("prepare", (self.parts,)))
            self.gate.wait(0.01)
            self.parts += self.gate.is_set()
        self.prepared = self.parts == 1000

    def frame_took(self, seconds: float) -> None:
        self.took.append(seconds)

    def frame(self, command: int = 0) -> FakeFrame:
        return FakeFrame(self.updates, self.state, command)


@pytest.fixture
def driver() -> FakeDriver:
    return FakeDriver()


@pytest.fixture
def worker(qapp, driver) -> Iterator[Worker]:
    made = Worker(driver)
    made.start()
    yield made
    driver.gate.set()
    assert made.finish()
    assert made.isFinished()


def last_frame(qtbot, worker: Worker, number: int) -> FakeFrame:
    """The frame that answers a command."""
    taken: list[Any] = []

    def there() -> bool:
        frame = worker.take()
        if frame is not None:
            worker.painted()
            taken.append(frame)
        return bool(taken) and taken[-1].command >= number

    qtbot.waitUntil(there, timeout=WAIT)
    return taken[-1]


def test_every_command_is_carried_out_in_order_and_answered(qtbot, worker, driver) -> None:
    for k in range(5):
        number = worker.send("note", k)
    assert last_frame(qtbot, worker, number).command == 5
    assert driver.calls == [("note", (k,)) for k in range(5)]


def test_the_mailbox_keeps_the_latest_frame_and_says_so_once(qtbot, worker, driver) -> None:
    said = []
    worker.frame_ready.connect(lambda: said.append(1))
    worker.send("run")
    qtbot.waitUntil(lambda: driver.updates > 5, timeout=WAIT)
    number = worker.send("pause")
    qtbot.waitUntil(lambda: worker._answered == number, timeout=WAIT)
    qtbot.waitUntil(lambda: driver.state is RunState.PAUSED, timeout=WAIT)
    qtbot.waitUntil(lambda: worker._mailbox and worker._mailbox[0].command == number, timeout=WAIT)
    assert len(said) == 1
    frame = worker.take()
    assert frame == FakeFrame(driver.updates, RunState.PAUSED, number)
    assert worker.take() is None


def test_what_needs_no_turn_does_not_wait_for_the_compiler(qtbot, worker, driver) -> None:
    driver.gate.clear()
    driver.prepared = False
    driver.look = lambda view: driver.calls.append(("look", (view,)))
    last_frame(qtbot, worker, worker.send("look", 1))
    qtbot.waitUntil(lambda: driver.calls[-1][0] == "prepare", timeout=WAIT)
    assert last_frame(qtbot, worker, worker.send("look", 2)).command == 2
    assert not driver.prepared
    # It goes on when there is nothing else to do; what makes turns has it done to the end.
    qtbot.waitUntil(lambda: driver.calls[-1][0] == "prepare", timeout=WAIT)
    number = worker.send("note")
    worker.send("note")
    driver.gate.set()
    last_frame(qtbot, worker, number)
    assert driver.prepared
    assert driver.calls.index(("prepare", (999,))) < driver.calls.index(("note", ()))


def test_pause_ends_a_slice_and_brings_the_final_frame(qtbot, worker, driver) -> None:
    worker.send("run")
    qtbot.waitUntil(lambda: driver.updates > 0, timeout=WAIT)
    frame = last_frame(qtbot, worker, worker.send("pause"))
    assert frame.state is RunState.PAUSED
    assert frame.update == driver.updates
    with qtbot.assertNotEmitted(worker.frame_ready, wait=50):
        pass


def test_a_slow_speed_does_not_hold_a_command_up(qtbot, worker, driver) -> None:
    driver.speed = 0.001
    worker.send("run")
    qtbot.waitUntil(lambda: driver.updates == 1, timeout=WAIT)
    frame = last_frame(qtbot, worker, worker.send("pause"))
    assert (frame.update, frame.state) == (1, RunState.PAUSED)


@pytest.mark.parametrize(
    ("name", "told"),
    [("refuse", "this: is not allowed"), ("fail", "ZeroDivisionError: by nought")],
)
def test_errors_are_reported_and_the_thread_lives_on(qtbot, worker, caplog, name, told) -> None:
    with qtbot.waitSignal(worker.troubled, timeout=WAIT):
        number = worker.send(name)
    trouble = worker.take_trouble()
    assert (trouble.command, trouble.text) == (number, told)
    assert worker.take_trouble() is None
    assert ("in the worker" in caplog.text) == (name == "fail")
    assert last_frame(qtbot, worker, worker.send("note")).command == number + 1


def test_training_that_raises_pauses_the_run(qtbot, worker, driver, caplog) -> None:
    driver.broken = RuntimeError("broken")
    with qtbot.waitSignal(worker.troubled, timeout=WAIT):
        worker.send("run")
    qtbot.waitUntil(lambda: driver.state is RunState.PAUSED, timeout=WAIT)
    assert worker.take_trouble().text == "RuntimeError: broken"
    assert "in the worker" in caplog.text


def test_without_a_run_there_is_no_frame(qtbot, worker, driver) -> None:
    driver.loop = None
    with qtbot.assertNotEmitted(worker.frame_ready, wait=50):
        worker.send("note")
    assert worker.take() is None


def test_a_command_ends_a_long_slice(qtbot, worker, driver) -> None:
    driver.endless, driver.speed = True, 1.0
    worker.send("run")
    qtbot.waitUntil(lambda: driver.updates > 10, timeout=WAIT)
    assert last_frame(qtbot, worker, worker.send("pause")).state is RunState.PAUSED


def test_finish_waits_no_longer_than_told(qtbot, worker, driver) -> None:
    driver.gate.clear()
    worker.send("run")
    qtbot.waitUntil(lambda: driver.state is RunState.RUNNING, timeout=WAIT)
    assert not worker.finish(10)
    assert driver.over()
    driver.gate.set()
    assert worker.finish()


def test_beside_painting_training_goes_on_and_the_next_frame_waits(
    qtbot, worker, driver, monkeypatch
) -> None:
    monkeypatch.setattr("mlloop_gui.worker.PATIENCE_WITH_PAINTING", 60.0)
    driver.lets_go, driver.cost = True, 0.0
    worker.send("run")
    qtbot.waitUntil(lambda: bool(worker._mailbox), timeout=WAIT)
    while worker.take() is not None:
        pass
    worker.painted()
    qtbot.waitUntil(lambda: bool(worker._mailbox), timeout=WAIT)
    frame, made = worker.take(), driver.updates
    assert isinstance(frame, FakeFrame)
    qtbot.waitUntil(lambda: driver.updates > made + 1000, timeout=WAIT)
    assert not worker._mailbox
    worker.painted()
    qtbot.waitUntil(lambda: bool(worker._mailbox), timeout=WAIT)
    assert worker.take().update > frame.update
    assert driver.took
    assert min(driver.took) > 0.0
