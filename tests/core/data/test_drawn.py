"""Points drawn by hand: as data, in the file, and which part each belongs to."""

from __future__ import annotations

import json
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.drawn import keys_of
from core.data.splits import split
from core.experiment import Experiment, dumps, load, loads, save
from core.loop import LearningLoop
from core.problem import build_problem
from mlloop_gui.cli.run import run

COORDINATE = st.floats(-1e6, 1e6)
POINTS = st.lists(
    st.tuples(COORDINATE, COORDINATE, st.integers(0, 9)), min_size=4, max_size=40
).filter(lambda points: len({number for *_, number in points}) > 1)


def drawn(points, **data) -> Experiment:
    return Experiment().with_source("drawn", points=points, **data)[0]


def two_clouds(count: int = 60, seed: int = 0) -> list[tuple[float, float, int]]:
    rng = np.random.default_rng(seed)
    target = np.arange(count) % 2
    places = rng.normal(0, 0.3, (count, 2)) + np.where(target, 0.7, -0.7)[:, None]
    return [(x, y, k) for (x, y), k in zip(places.tolist(), target.tolist(), strict=True)]


def part_of_each(experiment: Experiment) -> dict[tuple[float, float], str]:
    problem = build_problem(experiment)
    return {
        tuple(problem.dataset.inputs[row]): part
        for part in ("train", "validation", "test")
        for row in problem.rows(part)
    }


def test_points_are_the_samples_in_their_order():
    points = two_clouds()
    experiment = drawn(points)
    data = build_problem(experiment).dataset
    assert data.inputs.tolist() == [[x, y] for x, y, _ in points]
    assert data.target.tolist() == [k for *_, k in points]
    assert data.target.dtype == np.int64
    assert data.class_names == ("class 1", "class 2")
    assert data.column_names == ("x1", "x2")
    assert (experiment.loss.name, experiment.data.samples) == ("binary_cross_entropy", None)
    assert not data.generated
    assert not data.inputs.flags.writeable


def test_names_and_a_class_without_points():
    points = [(x, y, 2 * k) for x, y, k in two_clouds()]
    data = build_problem(drawn(points)).dataset
    assert data.class_names == ("class 1", "class 2", "class 3")
    assert data.notes == ("class 2: no point is of it",)
    named = drawn(points, class_names=["a", "b", "c", "d"])
    problem = build_problem(named)
    assert problem.dataset.class_names == ("a", "b", "c", "d")
    assert (named.loss.name, problem.outputs) == ("cross_entropy", 4)
    loop = LearningLoop(named)
    loop.run(20)
    assert loop.failure is None
    assert loop.evaluate("train").metrics["accuracy"] > 0.5


@settings(max_examples=60)
@given(POINTS)
def test_any_points_survive_the_file_bit_for_bit(points):
    experiment = drawn(points)
    text = dumps(experiment)
    again = loads(text)
    assert again == experiment
    assert hash(again) == hash(experiment)
    written = np.array(again.data.points)
    assert written.tobytes() == np.array(points, float).tobytes()  # -0.0 too
    assert Experiment.from_dict(json.loads(json.dumps(experiment.to_json_dict()))) == experiment
    assert f"points = [\n    [{points[0][0]!r}, " in text


def test_a_full_drawing_is_written_and_read_in_a_moment(tmp_path):
    experiment = drawn(two_clouds(20_000))
    start = perf_counter()
    save(experiment, tmp_path / "a.toml")
    assert load(tmp_path / "a.toml") == experiment
    assert perf_counter() - start < 5
    with pytest.raises(Exception, match="20,001 points"):
        drawn(two_clouds(20_001))


def test_whole_numbers_may_stand_for_coordinates():
    text = "[data]\nsource = 'drawn'\npoints = [[0, 1, 0], [1, 0, 1], [1, 1, 1], [0, 0, 0]]"
    assert loads(text).data.points == ((0.0, 1.0, 0), (1.0, 0.0, 1), (1.0, 1.0, 1), (0.0, 0.0, 0))


def test_mlloop_run_trains_on_them(tmp_path, capsys):
    save(drawn(two_clouds()), tmp_path / "a.toml")
    report = tmp_path / "a.json"
    assert run([str(tmp_path / "a.toml"), "--epochs", "30", "--json", str(report)]) == 0
    found = json.loads(report.read_text())
    assert found["status"] == "finished"
    assert found["train"]["metrics"]["accuracy"] > 0.9
    assert "drawn: 60 samples (30 train, 15 validation, 15 test)" in capsys.readouterr().out


def test_a_seed_decides_the_split_as_for_other_sources():
    points = two_clouds()
    first = part_of_each(drawn(points))
    assert first == part_of_each(drawn(points))
    assert first != part_of_each(drawn(points).replace("data.seed", 8))
    assert first == part_of_each(drawn(points).with_new_seed(8))
    problem = build_problem(drawn(points))
    assert [len(problem.rows(part)) for part in ("train", "validation", "test")] == [30, 15, 15]
    for part in ("validation", "test"):
        assert abs(np.diff(np.bincount(problem.dataset.target[problem.rows(part)]))[0]) <= 1


def test_labels_are_flipped_as_for_other_sources():
    points = two_clouds()
    data = build_problem(drawn(points, label_noise=0.2)).dataset
    assert (data.target != data.true_target).sum() == 12
    assert data.true_target.tolist() == [k for *_, k in points]


@settings(max_examples=60)
@given(st.data())
def test_a_point_keeps_its_part_when_others_come_and_go(data):
    points = two_clouds(data.draw(st.integers(12, 150)), data.draw(st.integers(0, 99)))
    before = part_of_each(drawn(points))
    at = data.draw(st.integers(0, len(points) - 1))
    change = data.draw(st.sampled_from(["add", "erase", "move"]))
    after = points[:at] + points[at + (change != "add") :]
    if change != "erase":
        after.insert(at, (0.123, -0.456, points[at][2]))
    now = part_of_each(drawn(after))
    jumped = sum(now[place] != part for place, part in before.items() if place in now)
    # Of each of the two classes one point at the end of one part, two at the end of the next.
    assert jumped <= 6


def test_keys_follow_from_place_and_seed_alone():
    points = np.array([[0.0, 1.0], [-0.0, 1.0], [1.0, 0.0], [2.0, 3.0]])
    keys = keys_of(points, 7)
    assert keys[0] == keys[1]
    assert len(set(keys.tolist())) == 3
    assert keys_of(points[2:], 7).tolist() == keys[2:].tolist()
    assert not (keys_of(points, 8) == keys).any()


def test_keys_share_out_evenly():
    """Points on a grid, drawn from left to right, are not shared out from left to right."""
    grid = np.stack(np.meshgrid(np.arange(100.0), np.arange(100.0)), axis=-1).reshape(-1, 2)
    parts = split(np.zeros(10_000, int), 0.25, 0.25, 7, True, keys=keys_of(grid, 7))
    for rows in (parts.train, parts.validation, parts.test):
        assert np.abs(grid[rows].mean(axis=0) - 49.5).max() < 2.5


def test_suggested_settings_keep_what_was_drawn():
    experiment = drawn(two_clouds(), class_names=["a", "b"])
    found = experiment.suggested("drawn")
    assert found.data.points == experiment.data.points
    assert found.data.class_names == ("a", "b")
    assert found.model.hidden == (8,)
