"""The driver without threads and without Qt's event loop."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError
from core.loop import LearningLoop
from core.stages import Stage, StepSize
from mlloop_gui.driver import Driver
from mlloop_gui.frames import MOVES, RunState, View
from tests.gui.helpers import small


def never() -> bool:
    return False


@pytest.fixture
def driver() -> Driver:
    made = Driver()
    made.new(small())
    return made


def test_a_slice_trains_as_the_loop_does(driver) -> None:
    loop = LearningLoop(small())
    loop.run(17)
    driver.run()
    driver.slice(17, never)
    frame = driver.frame()
    assert frame.position == loop.position
    assert np.array_equal(frame.theta, loop.learner.kernel.theta)
    assert frame.record.turn == 17
    assert frame.microseconds > 0


def test_nothing_that_was_sent_is_written_again(driver) -> None:
    driver.run()
    driver.slice(3, never)
    frame = driver.frame()
    arrays = [frame.theta, frame.map.values, *frame.record.a, frame.record.gradient]
    arrays += [frame.curves.updates.x, frame.check.validation.wrong]
    before = [array.copy() for array in arrays]
    driver.slice(40, never)
    driver.frame()
    for array, copy in zip(arrays, before, strict=True):
        assert np.array_equal(array, copy)
    assert not frame.theta.flags.writeable


def test_a_slice_stops_when_it_is_told(driver) -> None:
    driver.run()
    asked = []

    def stop() -> bool:
        asked.append(driver.updates)
        return len(asked) > 5

    driver.slice(10_000, stop)
    assert 0 < driver.updates < 10
    assert driver.state is RunState.RUNNING
    driver.pause()
    assert driver.state is RunState.PAUSED


def test_the_experiments_own_end(driver) -> None:
    driver.new(small(stop={"updates": 7, "epochs": None}))
    driver.run(by_experiment=True)
    driver.slice(10_000, never)
    assert driver.state is RunState.FINISHED
    assert driver.updates == 7
    assert driver.reason == "7 updates done"
    driver.step(StepSize.UPDATE)
    assert driver.state is RunState.PAUSED


def test_a_target_ends_a_run_at_a_check() -> None:
    driver = Driver()
    driver.new(small(stop={"target_loss": 10.0}))
    driver.run(by_experiment=True)
    driver.slice(10_000, never)
    assert driver.state is RunState.FINISHED
    assert "10" in driver.reason


def test_a_failed_run_only_goes_back() -> None:
    driver = Driver()
    driver.new(small(data={"source": "sine"}, optimizer={"learning_rate": 1e100}))
    driver.run()
    driver.slice(10_000, never)
    assert driver.state is RunState.FAILED
    frame = driver.frame()
    assert frame.failure is not None
    assert frame.position.update == frame.failure.turn - 1
    here = driver.loop.position
    driver.run()
    driver.step(StepSize.STAGE)
    assert (driver.state, driver.loop.position) == (RunState.FAILED, here)
    driver.step_back(StepSize.STAGE)
    assert driver.state is RunState.PAUSED
    assert driver.loop.position == here


def test_a_run_that_cannot_begin_leaves_the_other(driver) -> None:
    loop = driver.loop
    with pytest.raises(InputError):
        driver.new(small(data={"source": "csv", "path": "no.csv", "samples": None}))
    assert driver.loop is loop
    assert driver.frame().run == 1


def test_going_beyond_the_head_is_refused(driver) -> None:
    with pytest.raises(InputError, match="update = 5"):
        driver.go_to(5)
    driver.run()
    driver.slice(6, never)
    driver.go_to(5)
    assert driver.frame().position.update == 5
    assert driver.state is RunState.PAUSED


def test_commands_of_many_updates_break_off_when_the_program_ends(driver) -> None:
    driver.step(StepSize.UPDATE)
    driver.over.set()
    driver.reach(100_000)
    assert driver.updates < 10
    standing = driver.loop.position
    driver.leap(1)
    assert driver.loop.position == standing
    assert driver.loop.head < 10


def test_a_frame_carries_what_is_looked_at(driver) -> None:
    driver.step(StepSize.UPDATE)
    off = View(boundary=False, curves=False, embedding=False, inspector=False)
    driver.look(off)
    frame = driver.frame()
    assert (frame.map, frame.curves, frame.embedding) == (None, None, None)
    driver.look(View(inspected=Stage.LOSS, units=False, sample=31))
    frame = driver.frame()
    assert frame.map.units == ()
    assert {Stage.LOSS, Stage.ITERATE} <= set(frame.explanations)
    assert frame.sample == 31
    assert not frame.in_batch or 31 in frame.record.rows
    driver.look(View(sample=10**9, columns=(7, 8)))
    frame = driver.frame()
    assert frame.sample == frame.record.rows[0]
    assert frame.columns == (0, 1)


def test_the_test_part_is_shown_only_where_it_was_opened(driver) -> None:
    assert driver.frame().test is None
    driver.open_test()
    assert driver.frame().test.rows == 15
    driver.step(StepSize.UPDATE)
    assert driver.frame().test is None


def test_moves_between_states_are_the_tables() -> None:
    driver = Driver()
    for state in RunState:
        for other in RunState:
            driver.state = state
            if other in MOVES[state] or other is state:
                driver._to(other)
            else:
                with pytest.raises(ValueError, match="cannot become"):
                    driver._to(other)


def test_without_a_run_commands_are_refused() -> None:
    driver = Driver()
    for act in (driver.run, driver.open_test, driver.frame, lambda: driver.step(StepSize.STAGE)):
        with pytest.raises(InputError, match="no run yet"):
            act()
