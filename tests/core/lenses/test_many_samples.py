"""The plane layer by layer, the representation before and after the step, linear probes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.explain.lenses.plane import Plane
from core.explain.lenses.probe import RIDGE, probe
from core.stages import StepSize
from tests.core.hand import CASES, Hand, near, stopped_loop
from tests.core.lenses.look import look
from tests.core.network.building import drawn, loop_on

FLAT: dict[str, Any] = {"data": {"source": "moons", "samples": 60}, "model": {"hidden": [2, 1, 5]}}


@pytest.mark.parametrize("name", CASES)
def test_points_in_plain_python(name: str) -> None:
    loop = stopped_loop(CASES[name])
    found, hand = look(loop, "warp"), Hand(loop)
    sizes = loop.learner.layout.sizes
    assert found["widths"].tolist() == list(sizes[:-1])
    inputs = loop.problem.x[found["rows"], :-1].tolist()
    passes = [hand.forward(x, [])[2] for x in inputs]
    for i, width in enumerate(sizes[:-1]):
        a = [outs[i - 1] for outs in passes] if i else inputs
        points = found[f"points_{i}"]
        if width == 1:
            a = [[value, 0.0] for (value,) in a]
        if width <= 2:
            near(points, a)
            assert found[f"explained_{i}"] == 1
        else:
            _check_main_directions(points, np.array(a), float(found[f"explained_{i}"]))
    assert f"points_{len(sizes) - 1}" not in found


def _check_main_directions(points: np.ndarray, a: np.ndarray, explained: float) -> None:
    """By another way: the singular value decomposition."""
    centred = a - a.mean(axis=0)
    _, singular, directions = np.linalg.svd(centred, full_matrices=False)
    for k in range(2):
        way = directions[k] * np.sign(directions[k][np.abs(directions[k]).argmax()])
        near(points[:, k], centred @ way, 1e-9)
    near(explained, (singular[:2] ** 2).sum() / (singular**2).sum(), 1e-9)


@pytest.mark.parametrize("name", CASES)
def test_which_of_the_samples_are_wrong_in_plain_python(name: str) -> None:
    loop = stopped_loop(CASES[name])
    found, hand = look(loop, "warp"), Hand(loop)
    if not loop.problem.classes:
        assert "wrong" not in found
        return
    for x, truth, wrong in zip(
        loop.problem.x[found["rows"], :-1].tolist(), found["classes"], found["wrong"], strict=True
    ):
        scores = hand.forward(x, [])[2][-1]
        guess = scores.index(max(scores)) if len(scores) > 1 else int(scores[0] > 0)
        assert wrong == (guess != truth)


def test_a_layer_of_one_unit_lies_on_a_line_and_one_of_two_as_it_is() -> None:
    loop = stopped_loop(FLAT)
    found = look(loop, "warp")
    assert not found["points_2"][:, 1].any()
    assert not found["grid_2"][..., 1].any()
    assert loop.record is not None
    x = loop.problem.inputs(found["rows"])
    a = loop.learner.kernel.activations(x, loop.record.theta)
    near(found["points_1"], a[0])
    near(found["points_2"][:, 0], a[1][:, 0])


def test_the_grid_is_bent_as_the_samples_are() -> None:
    loop = stopped_loop(FLAT)
    found, hand = look(loop, "warp"), Hand(loop)
    grid = found["grid_0"]
    assert grid.shape == (26, 40, 2)
    x = loop.problem.inputs(loop.problem.parts.train)
    room = 0.05 * (x.max(axis=0) - x.min(axis=0))
    near(grid.reshape(-1, 2).min(axis=0), x.min(axis=0) - room)
    near(grid.reshape(-1, 2).max(axis=0), x.max(axis=0) + room)
    assert (grid[:13, :, 0] == grid[:13, :1, 0]).all()
    assert (grid[13:, :, 1] == grid[13:, :1, 1]).all()
    near(np.diff(grid[:13, 0, 0]), (grid[12, 0, 0] - grid[0, 0, 0]) / 12)
    near(np.diff(grid[0, :, 1]), (grid[0, -1, 1] - grid[0, 0, 1]) / 39)
    for line, point in ((0, 0), (5, 39), (13, 7), (25, 20)):
        outs = hand.forward(grid[line, point].tolist(), [])[2]
        near(found["grid_1"][line, point], outs[0])
        near(found["grid_2"][line, point], [outs[1][0], 0.0])
    assert found["grid_3"].shape == (26, 40, 2)


def test_wider_inputs_have_no_grid() -> None:
    found = look(stopped_loop({"data": {"source": "iris"}}), "warp")
    assert not any(key.startswith("grid") for key in found)
    assert found["points_0"].shape[1] == 2
    assert 0.9 < found["explained_0"] < 1


def test_the_same_samples_at_every_turn_and_the_one_in_hand() -> None:
    loop = stopped_loop({"data": {"source": "circle", "samples": 1000}})
    first = look(loop, "warp")
    assert len(first["rows"]) == 301 - int(first["chosen"] < 300)
    train = set(loop.problem.parts.train.tolist())
    assert set(first["rows"][:300].tolist()) <= train
    outside = int(loop.problem.parts.validation[0])
    loop.step(StepSize.UPDATE)
    second = look(loop, "warp", outside)
    np.testing.assert_array_equal(first["rows"][:300], second["rows"][:300])
    assert second["rows"][second["chosen"]] == outside
    assert second["chosen"] == 300
    np.testing.assert_array_equal(second["source_rows"], loop.problem.dataset.rows[second["rows"]])
    np.testing.assert_array_equal(second["classes"], loop.problem.dataset.target[second["rows"]])
    assert loop.record is not None
    batch = set(loop.record.rows.tolist())
    assert second["in_batch"].tolist() == [row in batch for row in second["rows"].tolist()]
    among = look(loop, "warp", int(first["rows"][17]))
    assert among["chosen"] == 17
    assert len(among["rows"]) == 300
    # Another sample in hand does not turn the picture.
    np.testing.assert_array_equal(among["points_1"], second["points_1"][:300])


def by_least_squares(a: np.ndarray, t: np.ndarray, tested: np.ndarray) -> np.ndarray:
    """Ridge regression by another way: ordinary least squares on rows that pull to 0."""
    center, middle = a.mean(axis=0), t.mean(axis=0)
    a = a - center
    pull = np.sqrt(RIDGE * (a**2).sum() / a.shape[1]) * np.eye(a.shape[1])
    weights = np.linalg.lstsq(
        np.vstack([a, pull]), np.vstack([t - middle, np.zeros((len(pull), t.shape[1]))]), rcond=None
    )[0]
    return (tested - center) @ weights + middle


@pytest.mark.parametrize("units", [1, 3, 30])
def test_the_probe_is_ridge_regression(units: int) -> None:
    rng = np.random.default_rng(1)
    a, tested = rng.normal(size=(20, units)), rng.normal(size=(15, units))
    numbers, truth = a.sum(axis=1), tested.sum(axis=1)
    guess = by_least_squares(a, numbers[:, None], tested)[:, 0]
    expected = 1 - ((guess - truth) ** 2).sum() / ((truth - truth.mean()) ** 2).sum()
    near(probe(a, numbers, tested, truth, 0), expected, 1e-10)
    classes = (numbers > 0).astype(int) + (numbers > 1)
    wanted = (truth > 0).astype(int) + (truth > 1)
    picked = by_least_squares(a, np.eye(3)[classes], tested).argmax(axis=1)
    assert probe(a, classes, tested, wanted, 3) == (picked == wanted).mean()


def test_the_probes_of_each_layer() -> None:
    loop = stopped_loop({"data": {"source": "circle", "samples": 200}, "model": {"hidden": [8]}})
    loop.run(400)
    found, problem = look(loop, "warp"), loop.problem
    assert loop.record is not None
    train, validation = problem.parts.train, problem.parts.validation
    target = np.eye(2)[problem.dataset.target[train]]
    theta = loop.record.theta
    for i in range(2):
        x = [problem.inputs(rows) for rows in (train, validation)]
        inputs = [loop.learner.kernel.activations(part, theta)[0] for part in x] if i else x
        guess = by_least_squares(inputs[0], target, inputs[1]).argmax(axis=1)
        assert found[f"probe_{i}"] == (guess == problem.dataset.target[validation]).mean()
    # No line parts a disc from a ring; the hidden layer has bent the plane so that one does.
    assert found["probe_0"] < 0.75 < 0.9 < found["probe_1"]
    assert found["probe_rows"] == len(train)
    assert found["probe_tested"] == len(validation)
    assert found["probe_validation"]


def test_without_a_validation_part_the_probe_is_asked_about_the_training_part() -> None:
    loop = stopped_loop(
        {"data": {"source": "circle", "samples": 40}, "evaluation": {"validation_fraction": 0.0}}
    )
    found = look(loop, "warp")
    assert not found["probe_validation"]
    assert found["probe_tested"] == found["probe_rows"] == 30
    assert 0 <= found["probe_1"] <= 1


def test_a_plane_of_more_units_than_rows() -> None:
    a = np.random.default_rng(2).normal(size=(6, 9))
    plane = Plane.fit(a)
    _check_main_directions(plane.project(a), a, plane.explained)
    near(plane.axes.T @ plane.axes, np.eye(2), 1e-10)


def test_planes_of_what_does_not_vary_or_has_diverged() -> None:
    still = Plane.fit(np.ones((5, 4)))
    assert still.explained == 1
    assert not still.project(np.ones((5, 4))).any()
    line = Plane.fit(np.outer([1.0, 2.0, 4.0], [3.0, 0.0, 0.0, 4.0]))
    near(line.project(np.array([[3.0, 1.0, 1.0, 4.0]]))[0], [5 - 35 / 3, 0.0])
    near(line.explained, 1)
    bad = np.array([[1.0, 2.0, 3.0], [2.0, 0.0, 1.0], [np.nan, 1.0, 1.0], [1e200, -1e200, 0.0]])
    with np.errstate(all="ignore"):
        found = Plane.fit(bad).project(bad)
        nothing = Plane.fit(bad[2:3])
    assert np.isfinite(found[[0, 1, 3]]).all()
    assert np.isnan(found[2]).all()
    assert np.isnan(nothing.explained)


@pytest.mark.parametrize("name", [*CASES, "flat"])
def test_before_and_after_the_step_in_one_projection(name: str) -> None:
    loop = stopped_loop(FLAT if name == "flat" else CASES[name])
    record, found = loop.record, look(loop, "moved")
    assert record is not None
    x = loop.problem.x[found["rows"], :-1].tolist()
    assert record.theta_after is not None
    hidden = max(0, record.layout.layers - 2)
    before, after = (
        np.array([Hand(loop, theta).forward(row, [])[2][hidden] for row in x])
        for theta in (record.theta, record.theta_after)
    )
    width = before.shape[1]
    assert found["width"] == width
    near(found["distance"], np.linalg.norm(after - before, axis=1))
    if width > 2:
        _check_main_directions(found["before"], before, float(found["explained"]))
        plane = Plane.fit(before)
        near(found["after"], (after - before.mean(axis=0)) @ plane.axes, 1e-10)
    else:
        near(found["before"][:, :width], before)
        near(found["after"][:, :width], after)
        assert not found["before"][:, width:].any()
    assert found["distance"].max() > 0


def test_wide_inputs_are_looked_at_through_some_of_the_rows() -> None:
    loop = loop_on(drawn(900, 400, 3), model__hidden=[5], optimizer__batch_size=50)
    loop.step(StepSize.UPDATE)
    found = look(loop, "warp")
    assert found["probe_rows"] == 320
    assert found["points_0"].shape == (len(found["rows"]), 2)
