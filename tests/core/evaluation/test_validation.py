"""Folds, curves over them, and that nothing of a held-out row is ever learned from."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from time import thread_time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.data import load_dataset
from core.data.dataset import Column, Dataset
from core.errors import InputError
from core.evaluation.folds import first_rows, make_folds, open_rows
from core.evaluation.summary import summary
from core.evaluation.validation import (
    CrossValidation,
    Trial,
    cross_validate,
    default_samples,
    learning_curve,
    train_trial,
    validation_curve,
    with_value,
)
from core.experiment import Experiment
from core.loop import LearningLoop
from core.problem import parts_of, prepare_rows
from tests.core.network.building import dataset, drawn, experiment

SHORT = {"stop__epochs": 2, "optimizer__batch_size": 5}


def short(**settings: Any) -> Experiment:
    return experiment(**{**SHORT, **settings})


# -- folds -----------------------------------------------------------------------------------------


@given(st.integers(2, 9), st.integers(1, 3), st.integers(0, 4), st.integers(20, 60))
def test_every_open_row_is_held_out_once_in_each_repeat(
    folds: int, repeats: int, classes: int, rows: int
) -> None:
    data = drawn(rows, 1, classes if classes > 1 else 0)
    given = open_rows(data, experiment(evaluation__test_fraction=0.2))
    made = make_folds(data, given, folds, repeats, 3)
    assert [(fold.repeat, fold.number) for fold in made] == [
        (repeat, number) for repeat in range(repeats) for number in range(folds)
    ]
    for fold in made:
        both = np.concatenate([fold.train, fold.held_out])
        assert np.array_equal(np.sort(both), given)
    for repeat in range(repeats):
        held_out = [fold.held_out for fold in made if fold.repeat == repeat]
        assert np.array_equal(np.sort(np.concatenate(held_out)), given)
        sizes = [len(part) for part in held_out]
        assert max(sizes) - min(sizes) <= 1
        for label in range(len(data.class_names)):
            found = [int((data.target[part] == label).sum()) for part in held_out]
            assert max(found) - min(found) <= 1


def test_folds_come_from_the_seed_and_differ_between_repeats() -> None:
    data = drawn(40, 1, 2)
    one, same, other = (make_folds(data, np.arange(40), 4, 2, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a.held_out, b.held_out) for a, b in zip(one, same, strict=True))
    assert not np.array_equal(one[0].held_out, other[0].held_out)
    assert not np.array_equal(one[0].held_out, one[4].held_out)
    assert not one[0].train.flags.writeable


def test_the_test_part_is_in_no_fold() -> None:
    data, made = drawn(60, 2, 3), short()
    sealed = parts_of(data, made).test
    assert len(sealed) == 15
    assert not np.isin(open_rows(data, made), sealed).any()
    given = replace(data, given_test=np.arange(60) % 4 == 0)
    assert np.array_equal(open_rows(given, made), np.flatnonzero(np.arange(60) % 4))


@pytest.mark.parametrize(
    ("folds", "repeats", "said"),
    [(1, 1, "folds = 1"), (46, 1, "allowed: 2 to 45"), (2, 0, "repeats = 0"), (2, 101, "1 to 100")],
)
def test_folds_that_cannot_be(folds: int, repeats: int, said: str) -> None:
    with pytest.raises(InputError, match=said):
        cross_validate(short(), folds, repeats, dataset=drawn(60, 2, 2))


# -- nothing leaks ---------------------------------------------------------------------------------


def table(numbers: bool = False) -> Dataset:
    """Numbers with gaps, a category of which some values are rare, and texts."""
    rng = np.random.default_rng(8)
    texts = tuple(f"word{row % 7} word{row % 5} only{row}" for row in range(32))
    inputs = np.column_stack([rng.standard_normal((32, 2)), np.arange(32) % 3, np.arange(32)])
    inputs[rng.integers(0, 32, 5), 0] = np.nan
    inputs[:4, 2] = [3, 4, 5, -1]
    columns = (
        Column("a"),
        Column("b"),
        Column("c", "category", ("p", "q", "r", "s", "t", "u")),
        Column("d", "text", texts),
    )
    target = inputs[:, 1] * 3 + 7 if numbers else rng.permutation(np.arange(32) % 2)
    return replace(
        dataset(np.zeros((32, 4)), target, 0 if numbers else 2), columns=columns, inputs=inputs
    )


def poisoned(data: Dataset, row: int, value: float) -> Dataset:
    """The same data with one row's numbers, category, text and target replaced."""
    inputs, target = np.array(data.inputs), data.target.copy()
    inputs[row] = value, -value, 5, (row + 3) % 32
    target[row] = 1 - target[row] if data.classification else value
    return replace(data, inputs=inputs, target=target, true_target=target)


def learned(trial: Trial, clean: Dataset) -> dict[str, Any]:
    """Everything that is fitted: what representation and target scaling make, and parameters."""
    loop = train_trial(trial)[0]
    made, kernel = loop.problem.representation, loop.learner.kernel
    return {
        "features": made.features,
        "transformed": made.transform(clean.inputs).tobytes(),
        "target": made.inverse_target(np.arange(5.0)).tobytes(),
        "theta": kernel.theta.tobytes(),
        "slots": kernel.slots.tobytes(),
        "updates": loop.update,
        "curves": [loop.checks.column(name)[1].tobytes() for name in loop.checks.names],
        "orders": loop.problem.parts.train.tobytes(),
    }


LEAKS: dict[str, tuple[dict[str, Any], bool]] = {
    "classes": ({"loss__name": "binary_cross_entropy"}, False),
    "numbers": ({"loss__name": "mse", "representation__target_scaling": "standard"}, True),
    "range": ({"representation__scaling": "minmax"}, False),
    "products": ({"representation__degree": 3, "representation__encoding": "ordinal"}, False),
    "formula": ({"representation__features": ["a", "b * a", "c"]}, False),
    "nearness": ({"representation__rbf": 5}, True),
    "components": ({"representation__components": 3}, False),
    "letters": ({"representation__text": "characters", "representation__vocabulary": 30}, False),
    "tfidf": ({"representation__text": "tfidf"}, True),
    "patience": ({"stop__patience": 1, "optimizer__learning_rate": 1.0, "stop__epochs": 9}, False),
    "target": ({"stop__target_metric": 0.6, "stop__epochs": 9, "optimizer__name": "adam"}, True),
}


@pytest.mark.parametrize("case", LEAKS)
@pytest.mark.parametrize("missing", ["mean", "median"])
def test_a_held_out_row_changes_nothing_that_is_learned(
    case: str, missing: str, kernel: str
) -> None:
    settings, numbers = LEAKS[case]
    data, made = replace(table(numbers), missing=missing), short(**settings)
    rows = open_rows(data, made)
    sealed = np.setdiff1d(np.arange(len(data)), rows)
    for fold in make_folds(data, rows, 3, 1, made.data_seed):
        clean = learned(Trial(data, made, fold, fold.train), data)
        for row in (*fold.held_out, *sealed[:2]):
            for value in (1e9, np.nan)[: 2 - numbers]:
                bad = poisoned(data, int(row), value)
                assert learned(Trial(bad, made, fold, fold.train), data) == clean
        bad = poisoned(data, int(fold.train[0]), 1e3)
        changed = learned(Trial(bad, made, fold, fold.train), data)
        assert changed["transformed"] != clean["transformed"]
        assert changed["theta"] != clean["theta"]


def test_a_sealed_row_changes_no_result() -> None:
    data, made = table(), short()
    clean = cross_validate(made, 3, dataset=data).results
    for row in parts_of(data, made).test:
        bad = poisoned(data, int(row), 1e9)
        bad = replace(bad, target=data.target, true_target=data.target)
        assert cross_validate(made, 3, dataset=bad).results == clean


def test_targets_and_patience_look_at_rows_of_the_training_part() -> None:
    data = drawn(60, 2, 2)
    made = short(stop__patience=1, stop__epochs=50, optimizer__learning_rate=2.0)
    fold = make_folds(data, open_rows(data, made), 3, 1, 7)[0]
    loop, found = train_trial(Trial(data, made, fold, fold.train))
    parts = loop.problem.parts
    assert found is not None
    assert found.reason.startswith("no better validation loss")
    # A third of the rows that are not sealed, as in the experiment's own parts.
    assert (len(parts.train), len(parts.validation), len(parts.test)) == (20, 10, 15)
    both = np.concatenate([parts.train, parts.validation])
    assert np.array_equal(np.sort(both), fold.train)
    plain = train_trial(Trial(data, short(), fold, fold.train))[0].problem.parts
    assert np.array_equal(plain.train, fold.train)
    assert not len(plain.validation)


# -- results ---------------------------------------------------------------------------------------


def test_a_fold_is_a_run_of_the_experiment(kernel: str) -> None:
    data, made = drawn(50, 3, 3), short(optimizer__name="adam")
    found = cross_validate(made, 4, 2, dataset=data)
    assert [(result.repeat, result.number) for result in found.results] == [
        (repeat, number) for repeat in range(2) for number in range(4)
    ]
    fold = make_folds(data, open_rows(data, made), 4, 2, made.data_seed)[5]
    parts = replace(parts_of(data, made), train=fold.train, validation=fold.held_out)
    loop = LearningLoop(made, prepare_rows(data, made, parts))
    loop.step_back()
    loop.run(loop.epoch_end(2))
    result = found.results[5]
    assert result.updates == loop.update
    assert (result.samples, result.held_out_samples) == (len(fold.train), len(fold.held_out))
    for part, own in (("validation", result.held_out), ("train", result.train)):
        evaluation = loop.evaluate(part)
        assert own["accuracy"] == evaluation.metrics["accuracy"]
        assert own["loss"] == pytest.approx(evaluation.loss, rel=1e-12)
    assert found.values("accuracy")[5] == result.held_out["accuracy"]
    assert found.metrics == ("loss", "accuracy", "balanced_accuracy", "log_loss")
    assert found.summary("accuracy").low >= 0
    assert found.summary("accuracy", "train").high <= 1


def test_numbers_are_measured_in_their_own_unit() -> None:
    data = drawn(60, 2)
    data = replace(data, target=100 * data.target, true_target=100 * data.target)
    made = short(optimizer__learning_rate=0.0001, representation__target_scaling="standard")
    found = cross_validate(made, dataset=data)
    assert found.metrics == ("loss", "r2", "rmse", "mae")
    assert found.summary("rmse").mean > 10


def test_the_same_twice_is_the_same() -> None:
    data = drawn(40, 2, 2)
    assert (
        cross_validate(short(), 3, dataset=data).results
        == cross_validate(short(), 3, dataset=data).results
    )


def test_folds_that_fail_are_told_and_in_no_mean(kernel: str) -> None:
    data = drawn(40, 2)
    made = short(model__hidden=[], representation__scaling="none", optimizer__learning_rate=0.01)
    fold = make_folds(data, open_rows(data, made), 4, 1, made.data_seed)[2]

    def judged(value: float) -> CrossValidation:
        """Three folds learn from the value, one is judged on it."""
        inputs = np.array(data.inputs)
        inputs[fold.held_out[0], 0] = value
        return cross_validate(made, 4, dataset=replace(data, inputs=inputs))

    found = judged(1e200)
    assert [result.status for result in found.results] == ["failed"] * 4
    assert found.failures == found.results
    assert found.results[2].reason == "the loss of the held-out samples is not finite"
    assert found.results[1].reason.startswith("update ")
    assert np.isnan(found.values("loss")).all()
    assert found.summary("loss").count == 0
    some = judged(1e120)
    assert [result.status for result in some.results] == ["failed", "failed", "finished", "failed"]
    assert np.isfinite(some.values("rmse")).tolist() == [False, False, True, False]
    assert some.summary("rmse").count == 1


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=30))
def test_a_summary_is_students(values: list[float]) -> None:
    found, n = summary(np.array(values)), len(values)
    error = np.std(values, ddof=1) / np.sqrt(n)
    assert found.mean == pytest.approx(np.mean(values))
    assert found.standard_error == pytest.approx(error)
    if error > 1e-9:
        low, high = stats.t.interval(0.95, n - 1, np.mean(values), error)
        assert (found.low, found.high) == pytest.approx((low, high))
    shared = summary(np.array(values), overlap=0.25)
    ratio = np.sqrt(1 / n + 0.25) * np.sqrt(n)
    assert shared.high - shared.mean == pytest.approx(ratio * (found.high - found.mean), abs=1e-12)
    assert summary(np.array([*values, np.nan])) == found
    cut = summary(np.array(values), limits=(found.mean, found.mean))
    assert cut.low == cut.high == found.mean


def test_a_summary_of_too_little() -> None:
    assert summary(np.zeros(0)).count == 0
    assert np.isnan(summary(np.array([np.nan])).mean)
    one = summary(np.array([0.5]))
    assert (one.count, one.mean) == (1, 0.5)
    assert np.isnan([one.deviation, one.low]).all()


# -- curves ----------------------------------------------------------------------------------------


def test_fewer_samples_are_among_more_and_classes_keep_their_shares() -> None:
    data = drawn(90, 2, 3)
    fold = make_folds(data, np.arange(90), 3, 1, 1)[1]
    before = np.zeros(0, np.int64)
    for samples in range(1, len(fold.train) + 1):
        rows = first_rows(data, fold, samples, 5)
        assert len(rows) == samples
        assert np.isin(before, rows).all()
        assert np.isin(rows, fold.train).all()
        counts = np.bincount(data.target[rows], minlength=3)
        assert counts.max() - counts.min() <= 1
        before = rows
    assert np.array_equal(before, fold.train)


def test_a_learning_curve() -> None:
    made = Experiment().replace("stop.epochs", 20)
    found = learning_curve(made, [10, 60, 300], draws=7)
    assert found.path == "samples"
    assert found.values == (10, 60, 300)
    assert found.table("loss").shape == (3, 7)
    for samples, point in zip(found.values, found.points, strict=True):
        assert {result.samples for result in point.results} == {samples}
    losses = found.table("loss").mean(axis=1)
    assert losses[0] > losses[1] > losses[2]
    assert not found.failures
    whole = cross_validate(made)
    assert learning_curve(made, [300]).points[0].results == whole.results


def test_numbers_of_samples_by_default() -> None:
    found = default_samples(300, 2)
    assert found[0] == 10
    assert found[-1] == 300
    assert list(found) == sorted(set(found))
    assert default_samples(5) == (5,)
    assert default_samples(3000, 20)[0] == 40


@pytest.mark.parametrize("samples", [[], [1], [20, 10], [10, 10], [301]])
def test_numbers_of_samples_that_cannot_be(samples: list[int]) -> None:
    with pytest.raises(InputError, match="samples"):
        learning_curve(Experiment(), samples)


def test_a_validation_curve_has_the_same_folds_for_every_value() -> None:
    made = Experiment().replace("stop.epochs", 5)
    found = validation_curve(made, "model.hidden", [[1], [4], []], folds=3)
    assert found.values == ([1], [4], [])
    assert found.points[1].results == cross_validate(made, 3).results
    assert found.table("accuracy").shape == (3, 3)
    assert found.points[0].results != found.points[1].results


def test_noise_is_drawn_anew_and_the_rows_stay() -> None:
    made = Experiment().replace("stop.epochs", 10)
    found = validation_curve(made, "data.label_noise", [0.0, 0.5], folds=3)
    clean, noisy = (point.summary("accuracy").mean for point in found.points)
    assert clean > noisy + 0.2


def test_what_follows_from_a_value() -> None:
    made = Experiment()
    seeded = with_value(made, "seed", 3)
    assert (seeded.seed, seeded.data_seed) == (3, made.data_seed)
    assert with_value(made, "stop.updates", 40).stop.epochs is None
    assert with_value(made, "stop.epochs", 4).stop.updates is None
    assert with_value(made, "optimizer.name", "adam").optimizer.learning_rate == 0.01


@pytest.mark.parametrize(
    "path", ["evaluation.test_fraction", "data.source", "data.seed", "data.samples"]
)
def test_what_decides_which_rows_are_sealed_cannot_be_varied(path: str) -> None:
    with pytest.raises(InputError, match="which are sealed; allowed: a setting of the model"):
        validation_curve(Experiment(), path, [0.1])


def test_values_are_checked_before_the_first_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.loop.LearningLoop.run", None)
    for path, values in (("model.dropout", [0.1, 7]), ("model.dropot", [1]), ("loss.l2", [])):
        with pytest.raises(InputError, match=path):
            validation_curve(Experiment(), path, values)


# -- progress --------------------------------------------------------------------------------------


class CancelledError(Exception):
    pass


@pytest.mark.parametrize("hidden", [[4], [512, 512]])
def test_progress_is_told_all_the_time(hidden: list[int], kernel: str) -> None:
    """In processor time of this thread, so that others on the machine do not count."""
    made = experiment(model__hidden=hidden, stop__epochs=3, optimizer__batch_size=32)
    data = drawn(1500, 64, 10)
    cross_validate(made.replace("stop.epochs", 1), 2, dataset=data)  # all is compiled then
    shares, times = [], [thread_time()]

    def progress(share: float) -> None:
        shares.append(share)
        times.append(thread_time())

    cross_validate(made, 3, progress=progress, dataset=data)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert 0.0 <= shares[0] < 0.1
    assert np.diff(times).max() < 0.05


@pytest.mark.parametrize("at", [0.0, 0.02, 0.5, 0.99])
def test_what_progress_raises_ends_the_work(at: float) -> None:
    told: list[float] = []

    def progress(share: float) -> None:
        told.append(share)
        if share >= at:
            raise CancelledError

    made = Experiment().replace("stop.epochs", 1000)
    with pytest.raises(CancelledError):
        validation_curve(made, "loss.l2", [0.0, 0.1], folds=2, progress=progress)
    assert [share >= at for share in told] == [False] * (len(told) - 1) + [True]


# -- what is reached -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer"])
@pytest.mark.parametrize("sealed", [0.0, 0.25])
def test_real_data_are_learned_to_95_percent(name: str, sealed: float) -> None:
    """Mean over 5 x 5 folds at the suggested settings, of all rows and beside a sealed part."""
    made = Experiment().suggested(name).replace("evaluation.test_fraction", sealed)
    found: CrossValidation = cross_validate(made, folds=5, repeats=5)
    assert Counter(result.status for result in found.results) == {"finished": 25}
    assert found.summary("accuracy").mean >= 0.95
    assert sum(result.held_out_samples for result in found.results[:5]) == round(
        len(load_dataset(made)) * (1 - sealed)
    )
