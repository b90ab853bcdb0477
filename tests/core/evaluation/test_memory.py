"""Memorised or learned: false labels, nearest training samples, and shuffled labels."""

from __future__ import annotations

import numpy as np
import pytest

from core.checks import Examiner
from core.evaluation import memory
from core.evaluation.memory import false_labels, memorised, nearest_training, shuffled_labels
from core.experiment import Experiment, dumps, loads
from core.loop import LearningLoop
from core.problem import build_problem, prepare
from core.stages import StepSize
from tests.core.network.building import dataset, drawn, experiment


def noisy(**settings) -> Experiment:
    tree = {"data": {"source": "blobs", "classes": 4, "label_noise": 0.2, "samples": 200}}
    return Experiment.from_dict(tree | settings)


def one_hot(classes: np.ndarray, many: int = 4) -> np.ndarray:
    return np.eye(many)[classes]


def test_false_labels_are_those_that_were_flipped_in_the_training_part():
    problem = build_problem(noisy())
    data, rows = problem.dataset, false_labels(problem)
    flipped = np.flatnonzero(data.target != data.true_target)
    assert len(flipped) == 40
    assert set(rows) == set(flipped) & set(problem.parts.train)
    assert 0 < len(rows) < 40


def test_three_ways_to_answer():
    problem = build_problem(noisy())
    data, rows = problem.dataset, false_labels(problem)
    other = np.array([({0, 1, 2, 3} - {data.target[r], data.true_target[r]}).pop() for r in rows])
    answers = np.where(np.arange(len(rows)) < 5, data.target[rows], data.true_target[rows])
    answers[-3:] = other[-3:]
    found = memorised(problem, lambda asked: one_hot(answers[np.searchsorted(rows, asked)]))
    assert (found.as_labelled, found.as_truth, found.otherwise) == (5, len(rows) - 8, 3)
    assert found.share == 5 / len(rows)
    assert found.right.tolist() == [True] * 5 + [False] * (len(rows) - 5)


def test_without_false_labels_nobody_is_asked():
    clean = build_problem(Experiment())
    found = memorised(clean, lambda rows: pytest.fail("asked"))
    assert (len(found.rows), found.as_labelled, found.as_truth, found.otherwise) == (0, 0, 0, 0)
    assert np.isnan(found.share)
    numbers = build_problem(Experiment.from_dict({"data": {"source": "sine"}}))
    assert len(false_labels(numbers)) == 0


def test_zeal_learns_false_labels_by_heart():
    tree = {"data": {"source": "two_gaussians", "samples": 60, "label_noise": 0.2}}
    tree |= {"model": {"hidden": [40, 40]}, "optimizer": {"name": "adam", "learning_rate": 0.02}}
    made = Experiment.from_dict(tree)
    loop = LearningLoop(made, build_problem(made))
    examiner = Examiner(loop.learner, 0)
    before = memorised(loop.learner.problem, examiner.scores)
    for _ in range(300):
        loop.step(StepSize.EPOCH)
    after = memorised(loop.learner.problem, examiner.scores)
    assert len(before.rows) == len(after.rows) > 0
    assert after.share > max(0.8, before.share)


@pytest.mark.parametrize("part", ["train", "validation", "test"])
@pytest.mark.parametrize("features", [1, 3, 40])
def test_nearest_is_scikit_learns(part, features):
    from sklearn.neighbors import NearestNeighbors

    problem = prepare(drawn(300, features, 2), experiment())
    train, rows = problem.parts.train, problem.rows(part)
    own = part == "train"
    found = nearest_training(problem, part)
    tree = NearestNeighbors(n_neighbors=1 + own, algorithm="brute").fit(problem.inputs(train))
    distance, place = tree.kneighbors(problem.inputs(rows))
    assert found.distance == pytest.approx(distance[:, -1], rel=1e-12, abs=1e-12)
    assert (found.nearest == train[place[:, -1]]).all()
    assert (found.rows == rows).all()
    if own:
        assert (found.nearest != rows).all()


def test_equal_samples_are_at_distance_0_and_the_lowest_is_named():
    x = np.array([[1e6, 1.0], [1e6, 2.0], [1e6, 1.0], [1e6 + 1e-3, 1.0]] * 20)
    problem = prepare(dataset(x, np.arange(80) % 2, 2), experiment(representation__scaling="none"))
    found = nearest_training(problem, "validation")
    train = problem.parts.train
    for row, near, distance in zip(found.rows, found.nearest, found.distance, strict=True):
        same = train[(problem.x[train] == problem.x[row]).all(axis=1)]
        assert (near, distance) == (same.min(), 0.0)


@pytest.mark.parametrize("part", ["train", "validation"])
def test_large_data_are_searched_by_a_tree_with_the_same_result(part, monkeypatch):
    problem = prepare(drawn(400, 3), experiment())
    plain = nearest_training(problem, part)
    monkeypatch.setattr(memory, "LARGE", 0)
    monkeypatch.setattr(memory, "TOGETHER", 64 * 30)
    calls: list[float] = []
    tree = nearest_training(problem, part, calls.append)
    assert (tree.nearest == plain.nearest).all()
    assert tree.distance == pytest.approx(plain.distance, rel=1e-12)
    assert len(calls) > 4
    assert calls == sorted(calls)


def test_blocks_make_no_difference(monkeypatch):
    problem = prepare(drawn(300, 3), experiment())
    whole = nearest_training(problem, "train")
    monkeypatch.setattr(memory, "TOGETHER", 1000)
    blocks = nearest_training(problem, "train")
    assert (blocks.nearest == whole.nearest).all()
    assert (blocks.distance == whole.distance).all()


def test_an_empty_part_has_no_nearest():
    problem = prepare(drawn(40, 2), experiment(evaluation__test_fraction=0.0))
    found = nearest_training(problem, "test")
    assert (len(found.rows), len(found.nearest), len(found.distance)) == (0, 0, 0)


@pytest.mark.parametrize("source", ["circle", "spiral", "sine"])
def test_shuffled_labels_are_the_same_labels_elsewhere(source):
    made = Experiment.from_dict({"data": {"source": source}})
    plain, shuffled = build_problem(made), build_problem(shuffled_labels(made))
    before, after, train = plain.dataset, shuffled.dataset, plain.parts.train
    for part in ("train", "validation", "test"):
        assert (plain.rows(part) == shuffled.rows(part)).all()
    assert (plain.x == shuffled.x).all()
    assert (np.sort(before.target[train]) == np.sort(after.target[train])).all()
    assert (before.target[train] != after.target[train]).mean() > 0.4
    kept = np.setdiff1d(np.arange(len(before)), train)
    assert (before.target[kept] == after.target[kept]).all()
    assert (after.true_target == before.true_target).all()
    assert (plain.y[kept] == shuffled.y[kept]).all()
    assert (plain.y[train] != shuffled.y[train]).any()
    assert after.notes[-1] == f"the targets of {len(train)} training samples are shuffled"
    assert not after.target.flags.writeable


def test_the_data_seed_decides_how_labels_are_shuffled():
    made = shuffled_labels(Experiment())
    one, same = (build_problem(made).dataset.target for _ in range(2))
    assert (one == same).all()
    assert (
        one == build_problem(made.replace("seed", 8).replace("data.seed", 7)).dataset.target
    ).all()
    other = build_problem(made.replace("data.seed", 8)).dataset.target
    assert (one != other).any()


def test_shuffled_flipped_labels_still_know_the_truth():
    made = shuffled_labels(noisy())
    data, flipped = build_problem(made).dataset, build_problem(noisy()).dataset
    assert (data.true_target == flipped.true_target).all()
    assert len(false_labels(build_problem(made))) > 0.5 * len(build_problem(made).parts.train)


def test_the_setting_is_kept_in_the_file():
    made = shuffled_labels(Experiment())
    assert made.data.shuffle_labels is True
    assert loads(dumps(made)).data.shuffle_labels is True
    assert not Experiment().data.shuffle_labels
