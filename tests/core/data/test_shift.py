"""Shifted copies of the test part: each kind by itself, together, and none at all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data import load_dataset
from core.data.shift import Shift, shifted_rows
from core.errors import InputError
from core.evaluation.shifted import evaluate_shifted, shifted, shifted_problem
from core.experiment import Experiment, dumps, loads
from core.loop import LearningLoop
from core.problem import build_problem

CIRCLE = build_problem(Experiment())
BLOBS = build_problem(
    Experiment().with_source("blobs", classes=4)[0].replace("loss.class_weights", [1, 2, 3, 4])
)
SHIFTS = st.builds(
    Shift,
    move=st.tuples(st.floats(-3, 3)) | st.tuples(st.floats(-3, 3), st.floats(-3, 3)),
    turn=st.floats(-360, 360),
    scale=st.floats(0.1, 3),
    noise=st.floats(0, 2),
    label_flips=st.floats(0, 1),
    concept=st.floats(0, 1),
    concept_angle=st.floats(-360, 360),
    class_shares=st.none() | st.tuples(st.floats(0.1, 5), st.floats(0.1, 5)),
)


def rows_of(problem, shift, seed=7):
    return shifted_rows(problem.dataset, problem.parts.train, problem.parts.test, shift, seed)


def measured(problem):
    inputs = problem.dataset.inputs[problem.parts.train]
    return inputs.mean(axis=0), inputs.std(axis=0)


@pytest.mark.parametrize(
    ("shift", "kinds"),
    [
        ({}, ()),
        ({"concept_angle": 30.0}, ()),
        ({"move": (0.0, 0.0)}, ()),
        ({"move": (0.0, 1.0)}, ("covariate",)),
        ({"turn": -5.0}, ("covariate",)),
        ({"scale": 2.0}, ("covariate",)),
        ({"noise": 0.1}, ("covariate",)),
        ({"class_shares": (1.0, 2.0)}, ("label",)),
        ({"label_flips": 0.1}, ("concept",)),
        ({"concept": 0.1}, ("concept",)),
        ({"concept": 0.1, "turn": 1.0, "class_shares": (1.0, 2.0)},
         ("covariate", "label", "concept")),
    ],
)  # fmt: skip
def test_kinds_are_kept_apart_by_name(shift, kinds):
    assert Shift(**shift).kinds == kinds


@pytest.mark.parametrize("source", ["circle", "blobs", "sine", "iris", "diabetes"])
def test_an_identity_changes_nothing_bit_for_bit(source):
    experiment = Experiment().with_source(source)[0]
    problem = build_problem(experiment)
    test = problem.parts.test
    for shift in (Shift(), Shift(turn=360.0), Shift(concept_angle=90.0)):
        x, target, weight = shifted(problem, shift)
        assert x.tobytes() == problem.inputs(test).tobytes()
        assert target.tobytes() == problem.dataset.target[test].tobytes()
        assert weight is None
    same = build_problem(experiment.replace("data.shift", Shift()))
    assert same.x.tobytes() == problem.x.tobytes()
    assert same.y.tobytes() == problem.y.tobytes()
    assert same.dataset.notes == problem.dataset.notes


def test_moves_are_in_spreads_of_the_training_part():
    test = CIRCLE.dataset.inputs[CIRCLE.parts.test]
    _, spread = measured(CIRCLE)
    moved, target, rows = rows_of(CIRCLE, Shift(move=(0.5, -1.0)))
    assert np.allclose(moved - test, [0.5 * spread[0], -spread[1]], rtol=0, atol=1e-12)
    assert (rows_of(CIRCLE, Shift(move=(0.5,)))[0] - test == 0.5 * spread).mean() > 0.2
    assert (target == CIRCLE.dataset.target[CIRCLE.parts.test]).all()
    assert (rows == CIRCLE.parts.test).all()


def test_turn_and_scale_are_about_the_training_mean():
    test = CIRCLE.dataset.inputs[CIRCLE.parts.test]
    mean, spread = measured(CIRCLE)
    before = (test - mean) / spread
    quarter = (rows_of(CIRCLE, Shift(turn=90.0))[0] - mean) / spread
    assert np.allclose(quarter, np.column_stack([-before[:, 1], before[:, 0]]), rtol=0, atol=1e-12)
    twice = rows_of(CIRCLE, Shift(scale=2.0))[0]
    assert np.allclose(twice - mean, 2 * (test - mean), rtol=0, atol=1e-12)
    eighth = (rows_of(CIRCLE, Shift(turn=45.0))[0] - mean) / spread
    assert np.allclose((eighth**2).sum(1), (before**2).sum(1), rtol=1e-12)


def test_more_noise_moves_the_same_rows_further():
    test = CIRCLE.dataset.inputs[CIRCLE.parts.test]
    near, far = (rows_of(CIRCLE, Shift(noise=noise))[0] - test for noise in (0.2, 0.4))
    assert np.allclose(2 * near, far, rtol=0, atol=1e-12)
    assert near.std() == pytest.approx(0.2 * measured(CIRCLE)[1].mean(), rel=0.15)
    assert (rows_of(CIRCLE, Shift(noise=0.2), seed=8)[0] - test != near).all()


def test_the_representation_is_the_one_of_the_training_part():
    shift = Shift(move=(2.0,))
    x = shifted(CIRCLE, shift)[0]
    raw = rows_of(CIRCLE, shift)[0]
    assert x.tobytes() == CIRCLE.representation.transform(raw).tobytes()
    # Standard scaling of the training part: two spreads are 2.
    assert np.allclose(x - CIRCLE.inputs(CIRCLE.parts.test), 2.0, rtol=0, atol=1e-12)


def test_class_shares_are_met_by_repeating_and_leaving_out():
    test = BLOBS.parts.test
    inputs, target, rows = rows_of(BLOBS, Shift(class_shares=(1.0, 0.0, 2.0, 1.0)))
    assert np.bincount(target, minlength=4).tolist() == [31, 0, 63, 31]
    assert len(target) == len(test) == 125
    assert (np.diff(rows) >= 0).all()
    assert (BLOBS.dataset.target[rows] == target).all()
    assert (BLOBS.dataset.inputs[rows] == inputs).all()
    assert set(rows) <= set(test)
    times = np.bincount(rows)
    doubled = times[test[BLOBS.dataset.target[test] == 2]]
    assert doubled.max() - doubled.min() <= 1
    weight = shifted(BLOBS, Shift(class_shares=(1.0, 0.0, 2.0, 1.0)), seed=7)[2]
    assert weight.tolist() == [1.0 + number for number in target]


def test_the_shares_that_are_there_change_nothing():
    counts = np.bincount(BLOBS.dataset.target[BLOBS.parts.test])
    rows = rows_of(BLOBS, Shift(class_shares=tuple(counts / counts.sum())))[2]
    assert (rows == BLOBS.parts.test).all()


def test_label_flips_are_a_growing_set_and_move_nothing():
    before = BLOBS.dataset.target[BLOBS.parts.test]
    inputs, some, _ = rows_of(BLOBS, Shift(label_flips=0.2))
    more = rows_of(BLOBS, Shift(label_flips=0.4))[1]
    assert ((some != before).sum(), (more != before).sum()) == (25, 50)
    assert (more[some != before] == some[some != before]).all()
    assert (inputs == BLOBS.dataset.inputs[BLOBS.parts.test]).all()


def test_a_concept_turns_the_classes_of_one_side():
    test = CIRCLE.parts.test
    before, (mean, spread) = CIRCLE.dataset.target[test], measured(CIRCLE)
    inputs, target, _ = rows_of(CIRCLE, Shift(concept=0.4, concept_angle=90.0))
    turned = target != before
    assert turned.sum() == 50
    assert (target[turned] == 1 - before[turned]).all()
    height = (inputs[:, 1] - mean[1]) / spread[1]
    assert height[turned].min() >= height[~turned].max()


def test_a_concept_of_numbers_is_mirrored():
    problem = build_problem(Experiment().with_source("sine")[0])
    before = problem.dataset.target[problem.parts.test]
    inputs, target, _ = rows_of(problem, Shift(concept=0.2))
    turned = target != before
    assert turned.sum() == 25
    middle = problem.dataset.target[problem.parts.train].mean()
    assert np.allclose(target[turned] + before[turned], 2 * middle, rtol=0, atol=1e-12)
    assert inputs[turned].min() >= inputs[~turned].max()


@settings(max_examples=60)
@given(SHIFTS)
def test_any_shift_is_deterministic_and_keeps_its_size(shift):
    first, again = rows_of(CIRCLE, shift), rows_of(CIRCLE, shift)
    for a, b in zip(first, again, strict=True):
        assert a.tobytes() == b.tobytes()
    inputs, target, rows = first
    assert inputs.shape == (125, 2)
    assert np.isfinite(inputs).all()
    assert set(np.unique(target)) <= {0, 1}
    assert set(rows) <= set(CIRCLE.parts.test)
    if "concept" not in shift.kinds:
        assert (target == CIRCLE.dataset.target[rows]).all()
    if "covariate" not in shift.kinds:
        assert (inputs == CIRCLE.dataset.inputs[rows]).all()
    if "label" not in shift.kinds:
        assert (rows == CIRCLE.parts.test).all()


@settings(max_examples=40)
@given(SHIFTS)
def test_a_shift_in_the_experiment_touches_the_test_part_alone(shift):
    experiment = Experiment().replace("data.shift", shift)
    assert loads(dumps(experiment)) == experiment
    problem = build_problem(experiment)
    test = CIRCLE.parts.test
    assert (problem.parts.test == test).all()
    others = np.concatenate([CIRCLE.parts.train, CIRCLE.parts.validation])
    assert problem.x[others].tobytes() == CIRCLE.x[others].tobytes()
    assert problem.y[others].tobytes() == CIRCLE.y[others].tobytes()
    inputs, target, rows = rows_of(CIRCLE, shift)
    assert problem.dataset.inputs[test].tobytes() == inputs.tobytes()
    assert problem.dataset.target[test].tobytes() == target.tobytes()
    assert (problem.dataset.rows[test] == rows).all()
    x, target, _ = shifted(CIRCLE, shift, seed=7)
    assert problem.inputs(test).tobytes() == x.tobytes()


def test_the_note_names_the_kinds():
    experiment = Experiment().replace("data.shift", {"turn": 20.0, "label_flips": 0.1})
    notes = build_problem(experiment).dataset.notes
    assert notes[-1] == "the test part is shifted: covariate, concept shift"


def test_evaluating_agrees_with_the_same_shift_in_the_experiment():
    loop = LearningLoop(Experiment())
    loop.run(500)
    plain = evaluate_shifted(loop.learner, Shift())
    assert plain.metrics == loop.evaluate("test").metrics
    assert plain.loss == pytest.approx(loop.evaluate("test").loss, rel=1e-12)
    shift = Shift(move=(1.0, 0.0), noise=0.1)
    found = evaluate_shifted(loop.learner, shift)
    other = LearningLoop(Experiment().replace("data.shift", shift))
    other.run(500)
    there = other.evaluate("test")
    assert found.metrics == there.metrics
    assert (found.confusion == there.confusion).all()
    assert found.metrics["accuracy"] < plain.metrics["accuracy"] - 0.1
    assert other.evaluate("validation").loss == loop.evaluate("validation").loss
    # A label shift is none for a model that is right on each class.
    assert evaluate_shifted(loop.learner, Shift(class_shares=(9.0, 1.0))).headline > 0.95
    # Of a model that was right, every turned class is wrong now.
    turned = evaluate_shifted(loop.learner, Shift(concept=0.4))
    assert turned.headline == pytest.approx(0.6, abs=0.05)


def test_gaps_and_categories_of_a_table_stay(own_table):
    problem = build_problem(own_table)
    columns = [column.name for column in problem.dataset.columns]
    assert columns == ["a", "b", "city", "still"]
    test = problem.parts.test
    before = problem.dataset.inputs[test]
    after = rows_of(problem, Shift(move=(1.0,), turn=30.0, scale=1.5, noise=0.5))[0]
    assert (np.isnan(after) == np.isnan(before)).all()
    assert (after[:, 2] == before[:, 2]).all()
    assert (after[:, 0] != before[:, 0]).all()
    moved = build_problem(own_table.replace("data.shift", {"move": [1.0, 0.0, 0.0]}))
    assert (moved.dataset.inputs[test][:, 1:3] == before[:, 1:3])[~np.isnan(before[:, 1:3])].all()
    train = moved.parts.train
    assert moved.inputs(train).tobytes() == problem.inputs(train).tobytes()
    spread = np.std(problem.dataset.inputs[train, 0])
    assert np.allclose(moved.dataset.inputs[test, 0] - before[:, 0], spread, rtol=0, atol=1e-12)


@pytest.fixture
def own_table(tmp_path) -> Experiment:
    lines = ["a,b,city,still,kind"]
    for n in range(60):
        b = "" if n % 7 == 0 else n * n % 31
        lines.append(f"{n},{b},{['Oslo', 'Rome'][n % 2]},{n % 5},{['cat', 'dog'][n % 3 == 0]}")
    (tmp_path / "a.csv").write_text("\n".join(lines))
    return Experiment().with_source("csv", path=str(tmp_path / "a.csv"))[0]


@pytest.mark.parametrize(
    ("source", "shift", "field", "words"),
    [
        ("iris", {"class_shares": (1.0, 1.0)}, "data.shift.class_shares", "3 shares"),
        ("iris", {"move": (1.0, 1.0)}, "data.shift.move", "one for all, or 4"),
        ("sine", {"class_shares": (1.0, 1.0)}, "data.shift.class_shares", "no classes"),
        ("sine", {"label_flips": 0.1}, "data.shift.label_flips", "no classes"),
    ],
)
def test_what_does_not_fit_the_data_is_refused_in_a_line(source, shift, field, words):
    experiment = Experiment().with_source(source)[0].replace("data.shift", shift)
    with pytest.raises(InputError) as caught:
        build_problem(experiment)
    assert caught.value.field == field
    assert words in str(caught.value)


def test_a_class_without_test_rows_cannot_be_repeated():
    points = [(n / 10, 0.0, n % 2) for n in range(20)] + [(3.0, 3.0, 2)]
    experiment = Experiment().with_source("drawn", points=points)[0]
    problem = build_problem(experiment)
    assert 2 not in problem.dataset.target[problem.parts.test]
    with pytest.raises(InputError, match="no row of class 'class 3'"):
        shifted_problem(problem, Shift(class_shares=(1.0, 1.0, 1.0)))
    assert len(shifted(problem, Shift(class_shares=(3.0, 1.0, 0.0)))[1]) == 5


def test_the_source_itself_is_not_shifted():
    experiment = Experiment().replace("data.shift", {"turn": 20.0})
    assert (load_dataset(experiment).inputs == CIRCLE.dataset.inputs).all()
