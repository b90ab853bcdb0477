"""The jobs thread: progress, results, errors, cancelling and the end."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from threading import Event, get_ident
from threading import enumerate as enumerate_threads

import pytest

from core.errors import InputError
from mlloop_gui.garbage import GarbageKeeper
from mlloop_gui.jobs import HELPERS, Helpers, Jobs

WAIT = 10_000


class Heard:
    """What a job told, and in which thread."""

    def __init__(self) -> None:
        self.results: list[object] = []
        self.errors: list[str] = []
        self.shares: list[float] = []
        self.threads: set[int] = set()

    def done(self, result: object) -> None:
        self.threads.add(get_ident())
        self.results.append(result)

    def failed(self, text: str) -> None:
        self.threads.add(get_ident())
        self.errors.append(text)


@pytest.fixture
def jobs(qapp) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    assert made.finish()


@pytest.fixture
def heard() -> Heard:
    return Heard()


def test_a_job_runs_elsewhere_and_answers_here(qtbot, jobs, heard) -> None:
    def work(progress):
        progress(0.5)
        return get_ident()

    jobs.start(work, heard.done, heard.failed, heard.shares.append)
    assert jobs.busy
    qtbot.waitUntil(lambda: bool(heard.results), timeout=WAIT)
    assert heard.results != [get_ident()]
    assert heard.threads == {get_ident()}
    assert heard.shares == [0.0, 0.5]
    assert not jobs.busy


@pytest.mark.parametrize(
    ("error", "text"), [(InputError("is bad", field="x"), "x: is bad"), (OSError("full"), "full")]
)
def test_errors_are_one_line_and_the_thread_lives_on(
    qtbot, jobs, heard, caplog, error, text
) -> None:
    def work(progress):
        raise error

    jobs.start(work, heard.done, heard.failed)
    qtbot.waitUntil(lambda: bool(heard.errors), timeout=WAIT)
    assert text in heard.errors[0]
    assert ("in a job" in caplog.text) == isinstance(error, OSError)
    jobs.start(lambda progress: 7, heard.done, heard.failed)
    qtbot.waitUntil(lambda: heard.results == [7], timeout=WAIT)


def test_a_cancelled_job_is_never_heard_of(qtbot, jobs, heard) -> None:
    started, go_on = Event(), Event()

    def work(progress):
        started.set()
        go_on.wait(5)
        progress(0.5)
        heard.errors.append("went on after it was cancelled")

    jobs.start(work, heard.done, heard.failed, heard.shares.append)
    assert started.wait(5)
    jobs.cancel()
    go_on.set()
    jobs.start(lambda progress: 2, heard.done, heard.failed)
    qtbot.waitUntil(lambda: bool(heard.results), timeout=WAIT)
    assert heard.results == [2]
    assert not heard.errors
    assert not heard.shares


def test_another_job_takes_the_place_of_the_first(qtbot, jobs, heard) -> None:
    gate = Event()
    jobs.start(lambda progress: gate.wait(5), heard.done, heard.failed)
    jobs.start(lambda progress: "second", heard.done, heard.failed)
    gate.set()
    qtbot.waitUntil(lambda: bool(heard.results), timeout=WAIT)
    assert heard.results == ["second"]
    assert heard.errors == ["Given up, for something else was asked for."]


def test_a_quiet_job_makes_room_and_is_begun_again(qtbot, jobs, heard) -> None:
    started, begun = Event(), []

    def quiet(progress):
        begun.append(1)
        started.set()
        while len(begun) == 1:
            progress(0.5)
        return "quiet"

    jobs.start_quietly(quiet, heard.done, heard.failed)
    assert not jobs.busy
    assert started.wait(5)
    jobs.start(lambda progress: "asked for", heard.done, heard.failed)
    qtbot.waitUntil(lambda: len(heard.results) == 2, timeout=WAIT)
    assert heard.results == ["asked for", "quiet"]
    assert len(begun) == 2
    assert not heard.errors


def test_a_quiet_job_takes_the_last_ones_place(qtbot, jobs, heard) -> None:
    gate = Event()
    jobs.start(lambda progress: gate.wait(5), heard.done, heard.failed)
    for k in range(3):
        jobs.start_quietly(lambda progress, k=k: k, heard.done, heard.failed)
    gate.set()
    qtbot.waitUntil(lambda: len(heard.results) == 2, timeout=WAIT)
    assert heard.results == [True, 2]
    jobs.start_quietly(lambda progress: 5, heard.done, heard.failed)
    jobs.cancel_quiet()
    jobs.start(lambda progress: 6, heard.done, heard.failed)
    qtbot.waitUntil(lambda: len(heard.results) == 3, timeout=WAIT)
    assert heard.results[-1] == 6


def test_finish_says_when_a_job_does_not_end_in_time(qapp) -> None:
    jobs, gate, started = Jobs(), Event(), Event()

    def work(progress):
        started.set()
        gate.wait(10)

    jobs.start(work, print, print)
    assert started.wait(5)
    assert not jobs.finish(10)
    gate.set()
    assert jobs.finish()


def test_after_the_end_no_job_is_begun(qapp, heard) -> None:
    jobs = Jobs()
    jobs.start(lambda progress: 1, heard.done, heard.failed)
    assert jobs.finish()
    jobs.start_quietly(lambda progress: 2, heard.done, heard.failed)
    jobs.start(lambda progress: 3, heard.done, heard.failed)
    assert not jobs._thread.isRunning()
    assert jobs.finish()


def test_only_a_whole_percent_more_is_told(qtbot, jobs, heard) -> None:
    def work(progress):
        for step in range(1001):
            progress(step / 1000)

    jobs.start(work, heard.done, heard.failed, heard.shares.append)
    qtbot.waitUntil(lambda: heard.results == [None], timeout=WAIT)
    assert len(heard.shares) == 101
    assert heard.shares[0] == 0.0
    assert heard.shares[-1] == 1.0


def test_helpers_give_results_in_order_and_take_up_little_ahead() -> None:
    taken: list[int] = []

    def things() -> Iterator[int]:
        for thing in range(40):
            taken.append(thing)
            yield thing

    with Helpers() as each:
        assert GarbageKeeper.helpers == {each}
        for count, result in enumerate(each(lambda thing: (thing, get_ident()), things())):
            assert result[0] == count
            assert result[1] != get_ident()
            assert len(taken) <= count + 1 + HELPERS
        assert count == 39
    assert not GarbageKeeper.helpers


def test_what_a_helper_raises_comes_out_and_the_helpers_end() -> None:
    def work(thing: int) -> float:
        return 1 / (3 - thing)

    found: list[float] = []
    with pytest.raises(ZeroDivisionError), Helpers() as each:
        found.extend(each(work, range(100)))
    assert not GarbageKeeper.helpers
    assert not [thread for thread in enumerate_threads() if thread.name.startswith("helper")]


@pytest.mark.parametrize("at_work", [True, False])
def test_only_what_is_young_is_collected_while_helpers_work(monkeypatch, at_work) -> None:
    asked: list[tuple[int, ...]] = []
    monkeypatch.setattr(gc, "collect", lambda *given: asked.append(given))
    if at_work:
        with Helpers():
            GarbageKeeper.collect()
    else:
        GarbageKeeper.collect()
    assert asked == [(1,) if at_work else ()]
