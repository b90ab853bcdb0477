"""The best possible: held against a million fresh samples, formulas, and plain sums."""

from __future__ import annotations

from math import erfc, pi, sqrt
from time import perf_counter
from types import SimpleNamespace

import numpy as np
import pytest

from core.data.generators import GENERATORS, Generator
from core.data.laws import CLASS_LAWS, Bands, Board, Curves, Rings
from core.data.load import flip_labels
from core.data.normal import cubic, log_between, log_i0e
from core.errors import InputError
from core.evaluation import bayes
from core.evaluation.bayes import BayesReference, bayes_reference
from core.seeds import stream

MILLION = 1_000_000
OF_CLASSES = {part.name: part for part in GENERATORS if part.task == "classification"}
OF_NUMBERS = {part.name: part for part in GENERATORS if part.task == "regression"}
#: By their own spread, whatever the noise.
ALWAYS_OVERLAP = {"two_gaussians", "blobs"}


def settings(name: str, noise: float | None = None, classes: int = 2, flips: float = 0.0):
    return SimpleNamespace(
        source=name, noise=noise, classes=classes, arms=classes, label_noise=flips
    )


def cases() -> list[tuple[str, float, int, float]]:
    """Each source at its default noise, at twice that, with flips, and with more classes."""
    found = []
    for name, part in OF_CLASSES.items():
        plain = part.classes
        found += [(name, 1.0, plain, 0.0), (name, 2.0, plain, 0.0), (name, 1.0, plain, 0.1)]
        low, high = part.option_bounds
        found += [(name, 1.0, k, 0.1) for k in (low, 4, high) if part.option and k != plain]
    return found


def fresh(part: Generator, noise: float, classes: int, flips: float, many: int = MILLION):
    points, truth = part.sample(many, stream(12, "data"), noise, classes)
    return points, flip_labels(truth, classes, flips, 12) if flips else truth


def predicted(best: BayesReference, points: np.ndarray, cells: int = 300) -> np.ndarray:
    """The best rule at many points: from a map where a cell's surroundings agree, else exactly."""
    low, high = points.min() - 0.1, points.max() + 0.1
    guess = best.posterior_map((low, high, low, high), (cells, cells)).argmax(axis=2)
    around = np.stack(
        [np.roll(guess, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)], axis=0
    )
    unsure = (around != guess).any(axis=0)
    column, row = ((points - low) / (high - low) * cells).astype(np.int64).T
    found = guess[row, column]
    close = unsure[row, column]
    found[close] = best.predict(points[close])
    return found


@pytest.mark.parametrize(("name", "times", "classes", "flips"), cases())
def test_agrees_with_a_million_fresh_samples(name, times, classes, flips):
    part = OF_CLASSES[name]
    noise = times * part.noise
    best = bayes_reference(settings(name, noise, classes, flips))
    points, labels = fresh(part, noise, classes, flips)
    wrong = float((predicted(best, points) != labels).mean())
    deviation = sqrt(best.error * (1 - best.error) / MILLION)
    assert abs(wrong - best.error) < 3 * deviation
    assert best.uncertainty < deviation / 4
    assert best.accuracy == 1 - best.error
    assert best.overlap + best.flips == pytest.approx(best.error, abs=1e-15)


@pytest.mark.parametrize("noise", [0.2, 1.0])
@pytest.mark.parametrize("name", OF_CLASSES)
def test_holds_with_noise_that_drowns_the_shape(name, noise):
    classes = OF_CLASSES[name].classes
    best = bayes_reference(settings(name, noise, classes))
    points, labels = fresh(OF_CLASSES[name], noise, classes, 0.0)
    wrong = float((predicted(best, points) != labels).mean())
    assert abs(wrong - best.error) < 3 * sqrt(best.error * (1 - best.error) / MILLION)


@pytest.mark.parametrize("name", sorted(set(OF_CLASSES) - ALWAYS_OVERLAP))
def test_without_noise_nothing_is_wrong(name):
    for classes in range(*((2, 6) if name == "spiral" else (2, 3))):
        best = bayes_reference(settings(name, 0.0, classes))
        assert (best.error, best.accuracy, best.flips, best.uncertainty) == (0.0, 1.0, 0.0, 0.0)
        points, labels = fresh(OF_CLASSES[name], 0.0, classes, 0.0, 5000)
        assert (best.predict(points) == labels).all()


@pytest.mark.parametrize("name", sorted(set(OF_CLASSES) - ALWAYS_OVERLAP))
def test_flips_alone_are_all_that_is_wrong_without_noise(name):
    classes = OF_CLASSES[name].classes
    best = bayes_reference(settings(name, 0.0, classes, 0.1))
    assert (best.error, best.overlap, best.flips) == (0.1, 0.0, 0.1)


@pytest.mark.parametrize("name", sorted(set(OF_CLASSES) - ALWAYS_OVERLAP))
def test_very_little_noise_is_next_to_none(name):
    best = bayes_reference(settings(name, 0.001, OF_CLASSES[name].classes))
    assert best.error < 1e-12


def test_two_gaussians_err_by_their_distance():
    for noise in (0.0, 0.1, 0.7):
        distance = 0.45 * sqrt(2) / sqrt(0.2**2 + noise**2)
        best = bayes_reference(settings("two_gaussians", noise))
        assert best.error == pytest.approx(0.5 * erfc(distance / sqrt(2)), rel=1e-12)


def test_two_blobs_err_by_their_distance():
    spread = sqrt(0.225**2 + 0.3**2)
    best = bayes_reference(settings("blobs", 0.3, 2))
    assert best.error == pytest.approx(0.5 * erfc(0.75 / spread / sqrt(2)), rel=1e-12)


def test_four_blobs_err_as_two_pairs_do():
    """In their own axes, 45 degrees turned, the two signs are independent (QPSK)."""
    spread = sqrt((0.225 * sqrt(0.5)) ** 2 + 0.2**2)
    one = 0.5 * erfc(0.75 / sqrt(2) / spread / sqrt(2))
    best = bayes_reference(settings("blobs", 0.2, 4))
    assert best.error == pytest.approx(1 - (1 - one) ** 2, rel=1e-12)


@pytest.mark.parametrize("noise", [0.08, 0.2, 0.6])
def test_squares_by_a_formula_are_squares_by_the_plane(noise):
    """Two ways to one number: the law of the parities, and the densities summed over a grid."""
    for law in (CLASS_LAWS["xor"](noise, 2), CLASS_LAWS["checkerboard"](noise, 2)):
        x = np.linspace(-1 - 5 * noise, 1 + 5 * noise, 800)
        points = np.stack(np.meshgrid(x, x), axis=2).reshape(-1, 2)
        shares = np.exp(law.log_densities(points))
        shares /= shares.sum()
        assert isinstance(law, Board)
        assert 0.5 * (1 - law.tell_apart() ** 2) == pytest.approx(
            shares.min(axis=1).sum(), rel=2e-3
        )


def kinds() -> list[tuple[str, int]]:
    return [
        (name, k) for name in OF_CLASSES for k in ((2, 5) if name in ("spiral", "blobs") else (2,))
    ]


@pytest.mark.parametrize(("name", "classes"), kinds())
def test_posteriors_are_those_of_the_samples(name, classes):
    """Where the best rule says 70 %, 70 % of a million samples are of that class."""
    noise = 2 * OF_CLASSES[name].noise
    best = bayes_reference(settings(name, noise, classes, 0.1))
    points, labels = fresh(OF_CLASSES[name], noise, classes, 0.1, 60_000)
    shares = best.posterior(points)
    assert shares.shape == (len(points), classes)
    assert np.abs(shares.sum(axis=1) - 1).max() < 1e-12
    assert shares.min() >= 0.1 / (classes - 1) - 1e-12
    for number in range(classes):
        told, there = shares[:, number], labels == number
        for low in np.arange(0, 1, 0.1):
            some = (told >= low) & (told < low + 0.1)
            spread = sqrt((told[some] * (1 - told[some])).sum()) + 1
            assert abs(there[some].sum() - told[some].sum()) < 4 * spread


@pytest.mark.parametrize(("name", "classes"), kinds())
def test_a_map_is_the_posterior_in_the_middles_of_its_cells(name, classes):
    best = bayes_reference(settings(name, 0.03, classes))
    extent, shape = (-1.5, 1.9, -1.6, 1.4), (7, 90)
    found = best.posterior_map(extent, shape)
    x = -1.5 + 3.4 * (np.arange(90) + 0.5) / 90
    y = -1.6 + 3.0 * (np.arange(7) + 0.5) / 7
    points = np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)
    assert found.shape == (7, 90, classes)
    assert np.abs(found.reshape(-1, classes) - best.posterior(points)).max() < 1e-4


@pytest.mark.parametrize("name", OF_CLASSES)
def test_far_away_there_is_an_answer_too(name):
    best = bayes_reference(settings(name, 0.01, OF_CLASSES[name].classes))
    angle = np.linspace(0, 2 * pi, 40)
    shares = best.posterior(30 * np.column_stack([np.cos(angle), np.sin(angle)]))
    assert np.isfinite(shares).all()
    assert np.abs(shares.sum(axis=1) - 1).max() < 1e-12


@pytest.mark.parametrize("name", ["circle", "spiral", "moons", "sine_boundary", "v_boundary"])
def test_densities_are_those_of_the_samples(name):
    """Each class's density on a grid adds up to 1, and to the share of samples in each quarter."""
    noise, part = 0.15, OF_CLASSES[name]
    law = CLASS_LAWS[name](noise, 2)
    x = np.linspace(-2.2, 2.2, 441)
    if isinstance(law, Rings):
        points = np.stack(np.meshgrid(x, x, indexing="ij"), axis=2).reshape(-1, 2)
        found = np.exp(law.log_densities(points)).T.reshape(2, 441, 441)
    else:
        assert isinstance(law, Curves | Bands)
        found = law.densities(x, x)
    cell = (x[1] - x[0]) ** 2
    assert found.sum(axis=(1, 2)) * cell == pytest.approx([1.0, 1.0], abs=1e-5)
    points, labels = fresh(part, noise, 2, 0.0, 400_000)
    for number in (0, 1):
        own = points[labels == number]
        for edge in (-0.505, 0.305):
            share = float((own < edge).all(axis=1).mean())
            expected = float(found[number][np.ix_(x < edge, x < edge)].sum() * cell)
            assert abs(share - expected) < 4 * sqrt(0.25 / len(own))


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_numbers(name):
    part = OF_NUMBERS[name]
    best = bayes_reference(settings(name))
    x, y = part.sample(MILLION, stream(12, "data"), part.noise, 0)
    guess = best.predict(x)
    _, clean = part.sample(MILLION, stream(12, "data"), 0.0, 0)
    assert (guess == clean).all()
    error = (y - guess) ** 2
    assert best.error == pytest.approx(part.noise**2, rel=1e-12)
    assert abs(error.mean() - best.error) < 3 * error.std() / 1000
    assert 1 - error.mean() / y.var() == pytest.approx(best.r2, abs=2e-4)
    assert best.accuracy is None
    assert best.classes == 0
    with pytest.raises(ValueError, match="no classes"):
        best.posterior(x)


def test_number_laws_by_hand():
    variances = {"plane": 0.52 / 3, "sine": 0.5, "cubic": 4 / 7 - 4 / 5 + 1 / 3, "step": 0.36}
    for name, variance in variances.items():
        noise = OF_NUMBERS[name].noise
        assert bayes_reference(settings(name)).r2 == pytest.approx(
            variance / (variance + noise**2), rel=1e-12
        )
        quiet = bayes_reference(settings(name, 0.0))
        assert (quiet.error, quiet.r2) == (0.0, 1.0)


def test_every_generator_has_a_law():
    assert set(CLASS_LAWS) == set(OF_CLASSES)
    for name in OF_NUMBERS:
        assert bayes_reference(settings(name)).r2 is not None


@pytest.mark.parametrize("source", ["iris", "csv"])
def test_nobody_knows_the_law_of_real_data(source):
    with pytest.raises(InputError, match=r"data\.source = .*nobody knows") as refused:
        bayes_reference(settings(source))
    assert "circle" in str(refused.value)


@pytest.mark.parametrize("noise", [0.0, 0.006, 0.016, 0.05, 1.0])
@pytest.mark.parametrize("name", [part.name for part in GENERATORS])
def test_it_takes_no_second_and_can_always_be_cancelled(name, noise):
    part = next(part for part in GENERATORS if part.name == name)
    log_between(np.zeros(1), np.ones(1))  # what it imports is there
    calls: list[tuple[float, float]] = []
    best = bayes_reference(
        settings(name, noise, part.classes), lambda share: calls.append((perf_counter(), share))
    )
    times, shares = np.array(calls).T
    assert times[-1] - times[0] < 1
    assert np.diff(times).max() < 0.1  # half of that on a machine that does nothing else
    assert shares.min() >= 0
    assert shares.max() == shares[-1] == 1
    assert best.error >= 0


def test_cancelling_stops_it():
    class EnoughError(Exception):
        pass

    def stop(share: float) -> None:
        if share > 0.2:
            raise EnoughError

    with pytest.raises(EnoughError):
        bayes_reference(settings("spiral", 0.02), stop)
    best = bayes_reference(settings("spiral", 0.02))
    for ask in (
        lambda: best.posterior(np.zeros((20_000, 2)), stop),
        lambda: best.posterior_map((-1, 1, -1, 1), (300, 300), stop),
    ):
        with pytest.raises(EnoughError):
            ask()


def test_points_of_another_shape_are_refused():
    best = bayes_reference(settings("circle"))
    with pytest.raises(ValueError, match=r"\(3, 5\)"):
        best.predict(np.zeros((3, 5)))


def test_the_finest_step_is_never_needed():
    """The sums stop by their own error, not because they have to."""
    for name, part in OF_CLASSES.items():
        for noise in (0.02, 0.1, 0.5):
            best = bayes_reference(settings(name, noise, part.classes))
            assert best.uncertainty < 1e-7 + 1e-5 * sqrt(best.overlap)
    assert bayes.FINEST > bayes.COARSE


def test_the_special_functions_are_scipys():
    from scipy.special import i0e, ndtr

    z = np.concatenate([np.linspace(0, 30, 301), np.geomspace(30, 1e6, 200), [499.9, 500.1]])
    assert np.exp(log_i0e(z)) == pytest.approx(i0e(z), rel=1e-12)
    low = np.linspace(-6, 6, 60)
    assert np.exp(log_between(low, low + 0.3)) == pytest.approx(
        ndtr(low + 0.3) - ndtr(low), rel=1e-7
    )
    far = log_between(np.array([40.0, -41.0]), np.array([41.0, -40.0]))
    assert np.isfinite(far).all()
    assert far[0] == far[1]
    x = np.linspace(0, 2, 101)
    values = np.column_stack([x**3 - x, np.ones_like(x)])
    place = np.array([0.0, 3.3, 50.5, 99.2, 100.0])
    at = place / 50
    assert cubic(values, place) == pytest.approx(
        np.column_stack([at**3 - at, np.ones(5)]), abs=1e-12
    )
