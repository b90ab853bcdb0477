"""Maps of the plane: what their cells stand for, and how fine they are."""

from __future__ import annotations

import numpy as np
import pytest

from core.experiment import Experiment
from core.loop import LearningLoop
from core.stages import StepSize
from mlloop_gui.driver import Driver
from mlloop_gui.fineness import QUICK_FRAMES, SHARES, SLOW_FRAMES, Fineness
from mlloop_gui.frames import RunState
from mlloop_gui.maps import COARSEST, FINEST, MapMaker, telling_columns
from tests.gui.helpers import small


def told(fineness: Fineness, seconds: float, frames: int) -> float:
    """The share after so many frames that took so long."""
    for _ in range(frames):
        fineness.took(seconds)
    return fineness.share


def test_maps_get_coarser_when_frames_are_slow_and_finer_when_they_are_quick_for_long() -> None:
    fineness = Fineness()
    assert told(fineness, 0.026, SLOW_FRAMES - 1) == 1.0
    assert told(fineness, 0.020, 1) == 1.0
    assert told(fineness, 0.026, SLOW_FRAMES - 1) == 1.0
    assert told(fineness, 0.026, 1) == SHARES[1]
    assert [told(fineness, 0.1, SLOW_FRAMES) for _ in range(4)] == [*SHARES[2:], *SHARES[-1:] * 2]
    # Neither slow nor quick: it stays where it is.
    assert told(fineness, 0.018, 10 * QUICK_FRAMES) == SHARES[-1]
    assert told(fineness, 0.010, QUICK_FRAMES - 1) == SHARES[-1]
    assert told(fineness, 0.010, 1) == SHARES[-2]
    assert told(fineness, 0.010, 5 * QUICK_FRAMES) == 1.0


def test_a_frame_that_is_slow_for_its_cells_does_not_swing() -> None:
    """Half of the cells take half of the time at best: 26 ms become 13, which is not quick."""
    fineness, shares = Fineness(), []
    for _ in range(1000):
        fineness.took(0.026 * fineness.share**2)
        shares.append(fineness.share)
    assert shares[-1] == SHARES[1]
    assert len(set(shares)) == 2
    assert shares == sorted(shares, reverse=True)


def test_a_still_frame_is_at_the_finest_whatever_running_frames_take() -> None:
    driver = Driver()
    driver.new(small())
    assert driver.frame().map.index.shape == (FINEST, FINEST)
    for _ in range(SLOW_FRAMES):
        driver.frame_took(0.03)
    driver.run()
    driver.slice(3, lambda: False)
    assert driver.frame().map.index.shape == (70, 70)
    for _ in range(5 * SLOW_FRAMES):
        driver.frame_took(0.03)
    assert driver.frame().map.index.shape == (35, 35)
    assert [part.shape[1:] for part in driver.frame().map.units] == [(35, 35)] * 3
    driver.pause()
    still = driver.frame()
    assert still.map.index.shape == (FINEST, FINEST)
    assert [part.shape[1:] for part in still.map.units] == [(34, 34)] * 3
    driver.step(StepSize.UPDATE)
    assert driver.frame().map.index.shape == (FINEST, FINEST)


def test_a_paused_window_shows_the_finest_map_after_a_slow_run(open_window) -> None:
    player = open_window(small())
    session, plot = player.session, player.window.boundary.plot
    session.set_speed(0)
    player.settle()
    for _ in range(5 * SLOW_FRAMES):
        session._worker._driver.frame_took(0.03)
    session.run()
    player.until(lambda: session.frame.state is RunState.RUNNING and session.frame.head > 0)
    player.until(lambda: plot._values.shape == (35, 35))
    player.do("pause")
    assert session.frame.map.values.shape == (FINEST, FINEST)
    assert plot._values.shape == (FINEST, FINEST)


def grid(problem, columns, held: int, extent, size: int) -> np.ndarray:
    """The represented middles of all cells, each row on its own."""
    x0, x1, y0, y1 = extent
    rows = []
    for y in y0 + (y1 - y0) * (np.arange(size) + 0.5) / size:
        for x in x0 + (x1 - x0) * (np.arange(size) + 0.5) / size:
            row = problem.dataset.inputs[held].copy()
            row[columns[1]], row[columns[0]] = y, x
            rows.append(row)
    return problem.representation.transform(np.array(rows))


@pytest.mark.parametrize("source", ["circle", "iris", "titanic_like"])
def test_a_map_answers_for_the_middle_of_each_cell_with_all_else_as_in_the_held_row(
    source, tmp_path
) -> None:
    experiment = Experiment()
    if source == "titanic_like":
        path = tmp_path / "people.csv"
        rng = np.random.default_rng(3)
        lines = ["age,kind,fare,out"]
        lines += [
            f"{rng.integers(1, 80)},{'abc'[k % 3]},{rng.random():.3f},{'yn'[k % 2]}"
            for k in range(60)
        ]
        path.write_text("\n".join(lines))
        experiment, _ = experiment.with_source("csv", path=str(path), target="out")
    elif source != "circle":
        experiment, _ = experiment.with_source(source)
    loop = LearningLoop(experiment)
    loop.run(20)
    problem, maker = loop.problem, MapMaker(COARSEST)
    columns = telling_columns(problem)
    for held in (4, 11, 11, 2):
        frame = maker.make(loop, columns, held, units=True)
        x = grid(problem, columns, held, frame.extent, COARSEST)
        shares = problem.loss.probabilities(loop.learner.scores(x))
        expected = shares.reshape(COARSEST, COARSEST, -1)
        if expected.shape[2] == 2:
            expected = expected[..., 1]
        assert np.allclose(frame.values.reshape(expected.shape), expected, atol=1e-5)
    other = maker.make(loop, columns[::-1], 2, units=False)
    assert np.allclose(other.values, frame.values.swapaxes(0, 1), atol=1e-5)
