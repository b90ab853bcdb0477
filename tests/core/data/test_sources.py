"""Every registered source: geometry, determinism, noise, labels."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import core
from core.data import SOURCES, load_dataset
from core.data.generators import GENERATORS
from core.errors import InputError
from core.experiment import loads

CLASS_SHAPES = ["circle", "two_gaussians", "xor", "spiral", "moons", "blobs", "checkerboard"]
BOUNDARIES = ["sine_boundary", "cubic_boundary", "v_boundary"]
FUNCTIONS = ["plane", "gaussian_bumps", "sine", "cubic", "step"]
REAL = ["iris", "wine", "breast_cancer", "digits", "diabetes", "messages"]
EXPECTED = [*CLASS_SHAPES, *BOUNDARIES, *FUNCTIONS, *REAL, "csv", "drawn"]
OWN = ("csv", "drawn")  # what a person brings
GENERATED = [part.name for part in SOURCES if part.generated]
LOADABLE = [name for name in EXPECTED if name not in OWN]
SHAPES = {
    "iris": (150, 4, 3),
    "wine": (178, 13, 3),
    "breast_cancer": (569, 30, 2),
    "digits": (1797, 64, 10),
    "diabetes": (442, 10, 0),
    "messages": (240, 1, 2),
}


def variants() -> list[tuple[str, dict[str, int]]]:
    """Each generated class source, with every number of classes that it offers."""
    found = []
    for part in GENERATORS:
        if part.task != "classification":
            continue
        low, high = part.option_bounds
        options = [{part.option: k} for k in range(low, high + 1)] if part.option else [{}]
        found += [(part.name, option) for option in options]
    return found


def test_the_registry_lists_every_source():
    assert list(SOURCES.names) == EXPECTED


@pytest.mark.parametrize("name", EXPECTED)
def test_each_says_what_is_predicted_from_what(name):
    part = SOURCES[name]
    assert part.explanation.startswith("Predicts ")
    assert " from " in part.explanation
    assert part.explanation.endswith(".")
    assert "\n" not in part.explanation
    assert part.label


@pytest.mark.parametrize("name", LOADABLE)
def test_suggested_settings_are_settings(name):
    tree = loads(f"format = 1\n[data]\nsource = {name!r}")
    for path, value in SOURCES[name].suggested.items():
        tree = tree.replace(path, value)
        held = tree.get(path)
        assert (list(held) if isinstance(held, tuple) else held) == value


@pytest.mark.parametrize("name", LOADABLE)
def test_each_delivers_what_it_promises(name, experiment):
    part, data = SOURCES[name], load_dataset(experiment(name))
    assert data.task == part.task
    assert data.column_names == part.inputs
    assert data.inputs.shape == (len(data), len(data.columns))
    assert data.inputs.dtype == np.float64
    assert np.isfinite(data.inputs).all()
    assert len(data.class_names) == part.classes
    assert data.suggested_loss == part.loss
    if data.classification:
        assert data.target.dtype == np.int64
        assert set(np.unique(data.target)) == set(range(part.classes))
    else:
        assert data.target.dtype == np.float64
    for array in (data.inputs, data.target, data.true_target, data.rows):
        assert not array.flags.writeable


@pytest.mark.parametrize(("name", "shape"), SHAPES.items())
def test_bundled_sizes(name, shape, experiment):
    data = load_dataset(experiment(name))
    assert (*data.inputs.shape, len(data.class_names)) == shape


def test_digits_are_pictures_and_bundled_columns_are_named(experiment):
    assert load_dataset(experiment("digits")).picture_shape == (8, 8)
    cancer = load_dataset(experiment("breast_cancer"))
    assert cancer.column_names[20] == "worst radius"
    assert cancer.inputs[:, 20].mean() == pytest.approx(16.27, abs=0.01)
    iris = load_dataset(experiment("iris"))
    assert (iris.columns[2].name, iris.columns[2].unit) == ("petal length", "cm")
    diabetes = load_dataset(experiment("diabetes"))
    assert diabetes.inputs[:, 0].max() == 79  # years, not sklearn's scaled values


@pytest.mark.parametrize("name", GENERATED)
def test_same_seed_same_samples(name, experiment):
    first, again = load_dataset(experiment(name)), load_dataset(experiment(name))
    other = load_dataset(experiment(name, data_seed=8))
    assert (first.inputs == again.inputs).all()
    assert (first.target == again.target).all()
    assert (first.inputs != other.inputs).any()


@pytest.mark.parametrize("name", GENERATED)
def test_noise_moves_the_same_points_in_proportion(name, experiment):
    still, near, far = (load_dataset(experiment(name, noise=noise)) for noise in (0, 0.1, 0.2))
    if still.classification:
        assert (still.target == far.target).all()
        moved = (near.inputs - still.inputs, far.inputs - still.inputs)
    else:
        assert (still.inputs == far.inputs).all()
        moved = (near.target - still.target, far.target - still.target)
    assert np.allclose(2 * moved[0], moved[1], rtol=0, atol=1e-14)
    assert np.std(moved[0]) == pytest.approx(0.1, rel=0.1)


@pytest.mark.parametrize(("name", "options"), variants())
def test_noiseless_points_lie_in_the_square_and_classes_are_even(name, options, experiment):
    data = load_dataset(experiment(name, noise=0, samples=4000, **options))
    limit = {"two_gaussians": 1.7, "blobs": 1.9}.get(name, 1.0)
    assert np.abs(data.inputs).max() <= limit
    shares = np.bincount(data.target) / len(data)
    assert np.abs(shares - 1 / len(data.class_names)).max() < 0.04


@pytest.mark.parametrize("name", [name for name in GENERATED if SOURCES[name].task == "regression"])
def test_regression_is_about_one_high_and_centred(name, experiment):
    data = load_dataset(experiment(name, samples=4000, noise=0))
    assert 0.5 < np.abs(data.target).max() <= 1.001
    assert abs(data.target.mean()) < 0.05


@pytest.mark.parametrize(("name", "options"), variants())
def test_best_possible_accuracy(name, options, experiment):
    """A vote of the 51 nearest of 60,000 samples is a lower estimate of the Bayes accuracy."""
    from sklearn.neighbors import KNeighborsClassifier

    many = load_dataset(experiment(name, data_seed=1, samples=60_000, **options))
    fresh = load_dataset(experiment(name, data_seed=2, samples=4000, **options))
    vote = KNeighborsClassifier(51).fit(many.inputs, many.target)
    assert vote.score(fresh.inputs, fresh.target) >= 0.98


def test_options_choose_the_number_of_classes(experiment):
    assert len(load_dataset(experiment("spiral", arms=5)).class_names) == 5
    assert load_dataset(experiment("blobs", classes=10)).class_names[-1] == "blob 10"
    assert SOURCES["spiral"].suggested_loss(2) == "binary_cross_entropy"
    assert SOURCES["spiral"].suggested_loss(3) == "cross_entropy"


def test_flipped_labels_are_a_growing_set_of_other_classes(experiment):
    clean = load_dataset(experiment("blobs", classes=4))
    some = load_dataset(experiment("blobs", classes=4, label_noise=0.1))
    more = load_dataset(experiment("blobs", classes=4, label_noise=0.3))
    flipped = some.target != clean.target
    assert flipped.sum() == 50
    assert (more.target != clean.target).sum() == 150
    assert (more.target[flipped] == some.target[flipped]).all()
    assert (some.true_target == clean.target).all()
    assert (some.inputs == clean.inputs).all()
    assert set(np.unique(some.target)) == {0, 1, 2, 3}
    assert "50 of 500" in some.notes[-1]


@pytest.mark.parametrize(
    ("name", "settings", "field"),
    [
        ("spiral", {"arms": 6}, "data.arms"),
        ("blobs", {"classes": 1}, "data.classes"),
        ("iris", {"samples": 100}, "data.samples"),
        ("iris", {"noise": 0.1}, "data.noise"),
        ("plane", {"label_noise": 0.1}, "data.label_noise"),
        ("csv", {}, "data.path"),
        ("drawn", {}, "data.points"),
    ],
)
def test_settings_that_do_not_fit(name, settings, field, experiment):
    with pytest.raises(InputError) as caught:
        load_dataset(experiment(name, **settings))
    assert caught.value.field == field
    assert caught.value.allowed


def test_unknown_source_names_the_nearest(experiment):
    with pytest.raises(InputError, match="did you mean 'circle'"):
        load_dataset(experiment("circel"))


def test_the_default_experiment_loads_nothing_heavy():
    code = (
        "import sys; from types import SimpleNamespace as N\n"
        "from core.data import load_dataset, split\n"
        "from core.representation import Representation\n"
        "from core.experiment import Experiment\n"
        "e = Experiment(); d = load_dataset(e)\n"
        "p = split(d.target, 0.25, 0.25, 7, True)\n"
        "Representation.fit(d, p.train, e.representation).transform(d.inputs)\n"
        "print([m for m in ('pandas', 'sklearn', 'scipy') if m in sys.modules])"
    )
    root = Path(core.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout.strip() == "[]"
