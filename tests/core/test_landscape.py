"""The landscape: its losses by hand, its planes, and the curvature against the whole Hessian."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from core.errors import InputError
from core.experiment import Experiment
from core.landscape import (
    Request,
    Surface,
    gauge_sentence,
    optimizer_sentence,
    own_limit,
    parameter_plane,
    random_plane,
    rate_in_force,
    sharpness,
    survey,
    trajectory_plane,
)
from core.landscape import surface as surfaces
from core.loop import LearningLoop
from core.losses import LOSSES
from core.network.activations import ACTIVATIONS
from core.network.layout import Layout
from core.optimizers import OPTIMIZERS, Piece
from core.settings import OptimizerSettings
from tests.core.network.building import dataset, drawn, loop_on

WHOLE = {"evaluation__validation_fraction": 0, "evaluation__test_fraction": 0}


def surface_of(loop: LearningLoop, rows: np.ndarray | None = None) -> Surface:
    return Surface(loop.problem, loop.learner.layout, loop.settings, rows)


def request_of(loop: LearningLoop, **settings: object) -> Request:
    theta = loop.learner.state()[0]
    return Request(loop.problem, loop.learner.layout, loop.settings, theta, **settings)  # type: ignore[arg-type]


def shaken(loop: LearningLoop) -> np.ndarray:
    """Parameters that are nobody's: all of them drawn."""
    theta = np.random.default_rng(5).uniform(-1, 1, loop.learner.parameters)
    loop.learner.kernel.theta[:] = theta
    return theta


def objective(loop: LearningLoop, theta: np.ndarray) -> float:
    """What the loop itself says of the training part, and the penalty."""
    kernel, loss = loop.learner.kernel, loop.settings.loss
    kernel.theta[:] = theta
    return loop.evaluate("train").loss + kernel.penalty(loss.l1, loss.l2)


# -- losses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ACTIVATIONS.names)
@pytest.mark.parametrize("loss", LOSSES.names)
def test_the_losses_are_those_of_the_loop(loss: str, activation: str) -> None:
    part = LOSSES[loss]
    for classes in [0] * part.for_numbers + [2, 3] * part.for_classes:
        weights = {"loss__class_weights": [1.0, 2.5, 0.4][:classes]} if classes else {}
        loop = loop_on(
            drawn(40, 3, classes),
            model__hidden=[5, 4],
            model__activation=activation,
            model__dropout=0.4,
            loss__name=loss,
            loss__delta=0.7,
            loss__l1=0.01,
            loss__l2=0.02,
            **weights,
        )
        origin, surface = shaken(loop), surface_of(loop)
        plane = random_plane(loop.learner.layout, origin)
        steps = np.array([[0.0, 0.0], [0.5, -1.0], [-2.0, 0.25]])
        found = surface.losses(plane.origin, plane.directions, steps)
        for step, value in zip(steps, found, strict=True):
            theta = origin + step[0] * plane.directions[0] + step[1] * plane.directions[1]
            assert value == pytest.approx(objective(loop, theta), rel=1e-12, abs=1e-12)
        assert surface.at(origin) == pytest.approx(found[0], rel=1e-14)


def test_a_slice_by_hand() -> None:
    """One input, no hidden layer: s = w x + b, mean of (s − y)², penalty on w alone."""
    x, y = np.array([[1.0], [-1.0]]), np.array([1.0, -1.0])  # their own standard scores
    loop = loop_on(
        dataset(x, y), model__hidden=[], loss__name="mse", loss__l1=0.5, loss__l2=2.0, **WHOLE
    )
    loop.learner.kernel.theta[:] = [2.0, 3.0]
    seen = survey(request_of(loop, parameters=(0, 1), reach=1.0, points=3)).landscape
    assert seen.x.tolist() == [1.0, 2.0, 3.0]
    assert seen.y.tolist() == [2.0, 3.0, 4.0]
    # With x = y = ±1: ((w + b − 1)² + (w − b − 1)²) / 2 = (w − 1)² + b²; penalty w / 2 + w².
    w, b = np.meshgrid(seen.x, seen.y)
    np.testing.assert_allclose(seen.losses, (w - 1) ** 2 + b**2 + 0.5 * w + w**2, rtol=1e-14)
    assert seen.here == pytest.approx(1 + 9 + 1 + 4, rel=1e-14)
    assert seen.plane.names == ("weight_0[0,0]", "bias_0[0]")
    assert seen.plane.label == "2 of 2 directions"


def test_a_float32_run_is_looked_at_in_float64() -> None:
    loop = loop_on(drawn(40, 3, 2), model__dtype="float32")
    surface, theta = surface_of(loop), loop.learner.state()[0]
    assert theta.dtype == np.float32
    value = surface.at(theta)
    # Far finer than float32's steps of 6e-8.
    moved = theta.astype(np.float64)
    moved[0] += 1e-12
    assert value != surface.at(moved)
    assert value == pytest.approx(loop.evaluate("train").loss, rel=1e-6)


def test_pieces_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = loop_on(drawn(50, 3, 3), model__hidden=[6, 5], loss__l2=0.1)
    theta = shaken(loop)
    plane = random_plane(loop.learner.layout, theta)
    steps = np.random.default_rng(1).standard_normal((7, 2))
    whole = surface_of(loop)
    expected = whole.losses(plane.origin, plane.directions, steps)
    gradient = whole.gradient(theta)
    monkeypatch.setattr(surfaces, "ACTIVATIONS_TOGETHER", 14 * 11)  # 11 rows of one place
    pieces = surface_of(loop)
    shares: list[float] = []
    found = pieces.losses(plane.origin, plane.directions, steps, shares.append)
    np.testing.assert_allclose(found, expected, rtol=1e-13)
    np.testing.assert_allclose(pieces.gradient(theta), gradient, rtol=1e-10, atol=1e-14)
    assert len(shares) == 7 * -(-len(pieces.rows) // 11)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_large_training_part_is_sampled_and_says_so() -> None:
    experiment = Experiment.from_dict(
        {"data": {"source": "circle", "samples": 5000}, "model": {"hidden": [2]}}
    )
    loop = LearningLoop(experiment)
    one, other = surface_of(loop), surface_of(loop)
    assert one.sampled
    assert len(one.rows) == len(set(one.rows)) == 2000
    assert set(one.rows) <= set(loop.problem.parts.train)
    assert np.array_equal(one.rows, other.rows)
    batch = surface_of(loop, loop.problem.parts.train[:10])
    assert not batch.sampled
    assert len(batch.rows) == 10


def test_the_gradient_is_that_of_the_losses() -> None:
    loop = loop_on(drawn(30, 3, 3), model__hidden=[4], loss__l1=0.01, loss__l2=0.1)
    theta, surface = shaken(loop), surface_of(loop)
    both = np.vstack([np.eye(len(theta)), -np.eye(len(theta))]) * 1e-5
    up, down = np.split(surface.losses(theta, np.eye(len(theta)), both), 2)
    np.testing.assert_allclose(surface.gradient(theta), (up - down) / 2e-5, rtol=1e-7, atol=1e-9)


def test_what_overflows_is_not_finite_and_no_error() -> None:
    loop = loop_on(drawn(30, 3), model__hidden=[4], model__activation="relu", loss__name="mse")
    theta = shaken(loop) * 1e200
    assert not np.isfinite(surface_of(loop).at(theta))
    found = sharpness(surface_of(loop), theta)
    assert np.isnan(found.eigenvalue)
    assert not found.converged


def test_progress_may_end_the_work() -> None:
    class EndError(Exception):
        pass

    def progress(share: float) -> None:
        if share > 0.5:
            raise EndError

    with pytest.raises(EndError):
        survey(request_of(LearningLoop(Experiment())), progress)


def test_progress_is_told_within_one_pass_over_the_rows() -> None:
    """Where one pass takes long: 64-128-64-10 over 2,000 rows."""
    loop = loop_on(drawn(2000, 64, 10), model__hidden=[128, 64], **WHOLE)
    told: list[float] = []
    surface = surface_of(loop)
    surface.losses(shaken(loop), np.zeros((0, surface.parameters)), np.zeros((3, 0)), told.append)
    assert len(told) >= 3 * 2000 * sum((128, 64, 10)) / surfaces.ACTIVATIONS_TOGETHER
    told.clear()
    surface.gradient(shaken(loop), told.append)
    assert len(told) >= 2


def test_parameters_that_are_not_finite_have_no_landscape() -> None:
    loop = LearningLoop(Experiment())
    loop.learner.kernel.theta[3] = np.nan
    with pytest.raises(InputError, match="not finite"):
        survey(request_of(loop))
    loop.learner.kernel.theta[:] = 1e200
    seen = survey(request_of(loop, kind="random", trajectory=[(0, np.zeros(17))], points=3))
    assert np.isnan(seen.landscape.share)
    with pytest.raises(InputError, match="has not moved"):
        survey(request_of(loop, kind="trajectory", trajectory=[(0, np.zeros(17))]))


# -- planes ----------------------------------------------------------------------------------------


def test_names_are_the_inverse_of_places() -> None:
    layout = Layout((2, 4, 1))
    assert layout.name(0) == "weight_0[0,0]"
    assert layout.name(7) == "weight_0[1,3]"
    assert layout.name(11) == "bias_0[3]"
    assert layout.name(16) == "bias_1[0]"
    assert layout.index("weight", 1, (2, 0)) == 14
    assert layout.name(14) == "weight_1[2,0]"


@pytest.mark.parametrize("pair", [(3, 3), (0, 17), (-1, 2)])
def test_a_slice_needs_two_parameters(pair: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="parameter"):
        parameter_plane(Layout((2, 4, 1)), np.zeros(17), *pair)


def test_random_directions_are_as_long_as_each_units_weights() -> None:
    layout = Layout((3, 5, 4, 2))
    theta = np.random.default_rng(2).standard_normal(layout.parameters)
    layout.weight(theta, 1)[:, 2] = 0.0  # a unit without weights has no direction either
    plane = random_plane(layout, theta, seed=4)
    for direction in plane.directions:
        for i in range(layout.layers):
            np.testing.assert_allclose(
                np.linalg.norm(layout.weight(direction, i), axis=0),
                np.linalg.norm(layout.weight(theta, i), axis=0),
                rtol=1e-14,
            )
            assert not layout.bias(direction, i).any()
    assert np.array_equal(plane.directions, random_plane(layout, theta, seed=4).directions)
    assert not np.array_equal(plane.directions, random_plane(layout, theta, seed=5).directions)


def test_projection_on_skew_directions() -> None:
    layout = Layout((2, 4, 1))
    theta = np.random.default_rng(2).standard_normal(17)
    plane = random_plane(layout, theta)
    one, two = plane.directions
    aside = np.zeros(17)
    aside[8] = 3.0  # a bias, which the directions leave alone
    places, share = plane.project([theta, theta + one, theta - 2.0 * one + 0.5 * two + aside])
    np.testing.assert_allclose(places, [[0, 0], [1, 0], [-2, 0.5]], atol=1e-12)
    seen = one @ one + np.sum((0.5 * two - 2.0 * one) ** 2)
    assert share == pytest.approx(seen / (seen + 9.0), rel=1e-12)
    slice_ = parameter_plane(layout, theta, 3, 8)
    places, share = slice_.project([theta + aside])
    np.testing.assert_allclose(places, [[theta[3], theta[8] + 3.0]])
    assert share == pytest.approx(1.0)
    assert np.isnan(slice_.project([theta])[1])


def test_a_trajectorys_own_directions() -> None:
    """Against the singular values of the visited places, and in agreement with scikit-learn."""
    layout = Layout((2, 4, 1))
    rng = np.random.default_rng(3)
    theta = rng.standard_normal(17)
    visited = [theta + rng.standard_normal(17) * np.arange(17) for _ in range(9)]
    plane = trajectory_plane(layout, theta, [*visited, theta])
    away = np.array(visited) - theta
    _, values, vectors = np.linalg.svd(away)
    for k in range(2):
        assert abs(plane.directions[k] @ vectors[k]) == pytest.approx(1.0, rel=1e-9)
    shares = values**2 / np.sum(values**2)
    assert plane.names == (
        f"direction 1, {100 * shares[0]:.0f} % of the way",
        f"direction 2, {100 * shares[1]:.0f} % of the way",
    )
    places, share = plane.project(visited)
    assert share == pytest.approx(shares[0] + shares[1], rel=1e-9)
    assert (places[0] <= 0.0).all(), "the run begins to the left and below"
    np.testing.assert_allclose(places, away @ plane.directions.T, rtol=1e-9, atol=1e-12)


def test_a_straight_run_gets_a_second_direction() -> None:
    layout, theta = Layout((2, 4, 1)), np.ones(17)
    step = np.arange(17.0)
    plane = trajectory_plane(layout, theta, [theta - 2 * step, theta - step, theta])
    assert plane.directions[0] @ step == pytest.approx(np.linalg.norm(step), rel=1e-12)
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-12)
    assert plane.names[0] == "direction 1, 100 % of the way"
    assert plane.names[1] == "direction 2, 0 % of the way"


@pytest.mark.parametrize("visited", [[], [np.ones(17)], [np.full(17, np.nan)]])
def test_a_run_that_has_not_moved_has_no_directions(visited: list[np.ndarray]) -> None:
    with pytest.raises(InputError, match="has not moved"):
        trajectory_plane(Layout((2, 4, 1)), np.ones(17), visited)


def test_the_picture_holds_the_trajectory() -> None:
    loop = LearningLoop(Experiment())
    loop.run(300)
    seen = survey(request_of(loop, kind="trajectory", trajectory=loop.trajectory())).landscape
    assert seen.losses.shape == (41, 41)
    assert seen.updates[0] == 0
    assert seen.updates[-1] == 300
    assert seen.x[0] < seen.places[:, 0].min() < 0.0 < seen.x[-1]
    assert seen.y[0] < seen.places[:, 1].min() <= seen.places[:, 1].max() < seen.y[-1]
    assert 0.9 < seen.share <= 1.0
    np.testing.assert_allclose(seen.places[-1], 0.0, atol=1e-12)
    assert seen.here == pytest.approx(loop.evaluate("train").loss, abs=1e-12)


# -- curvature -------------------------------------------------------------------------------------


def whole_hessian(surface: Surface, theta: np.ndarray, size: float = 1e-5) -> np.ndarray:
    """Central differences of the gradient, one parameter after the other."""
    columns = []
    for k in range(len(theta)):
        nudge = np.zeros_like(theta)
        nudge[k] = size
        difference = surface.gradient(theta + nudge) - surface.gradient(theta - nudge)
        columns.append(difference / (2 * size))
    return np.array(columns)


@pytest.mark.parametrize("updates", [0, 1, 400])
def test_sharpness_of_the_default_network(updates: int) -> None:
    loop = LearningLoop(Experiment())
    loop.run(updates)
    theta, surface = loop.learner.state()[0], surface_of(loop)
    hessian = whole_hessian(surface, theta)
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-9)
    values, vectors = np.linalg.eigh(hessian)
    found = sharpness(surface, theta)
    assert found.converged
    assert found.eigenvalue == pytest.approx(values[-1], rel=1e-4)
    assert abs(found.vector @ vectors[:, -1]) == pytest.approx(1.0, abs=1e-3)
    exact = sharpness(surface, theta, tolerance=0.0)
    assert exact.products <= 17
    assert exact.eigenvalue == pytest.approx(values[-1], rel=1e-8)
    assert exact.gauge(0.3) == 0.3 * exact.eigenvalue


def inputs_with_one(loop: LearningLoop) -> np.ndarray:
    x = loop.problem.inputs(loop.problem.parts.train)
    return np.hstack([x, np.ones((len(x), 1))])


def test_linear_regression_has_a_closed_form() -> None:
    """Hessian of the mean of (X θ − y)²: 2 Xᵀ X / n, and l2 on the weights' diagonal."""
    loop = loop_on(drawn(60, 4), model__hidden=[], loss__name="mse", loss__l2=0.3)
    x = inputs_with_one(loop)
    hessian = 2.0 * x.T @ x / len(x) + np.diag([0.3] * 4 + [0.0])
    found = sharpness(surface_of(loop), shaken(loop), tolerance=0.0)
    assert found.eigenvalue == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=1e-8)


def test_logistic_regression_has_a_closed_form() -> None:
    """Hessian of the mean cross-entropy: Xᵀ diag(p (1 − p)) X / n."""
    loop = loop_on(drawn(60, 4, 2), model__hidden=[], loss__name="binary_cross_entropy")
    x, theta = inputs_with_one(loop), shaken(loop)
    p = 1.0 / (1.0 + np.exp(-x @ theta))
    hessian = x.T @ (x * (p * (1.0 - p))[:, None]) / len(x)
    found = sharpness(surface_of(loop), theta, tolerance=0.0)
    assert found.eigenvalue == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=1e-8)


def test_the_batchs_own_sharpness() -> None:
    loop = loop_on(drawn(60, 4), model__hidden=[], loss__name="mse")
    batch = loop.problem.parts.train[:7]
    x = np.hstack([loop.problem.inputs(batch), np.ones((7, 1))])
    found = sharpness(surface_of(loop, batch), shaken(loop), tolerance=0.0)
    assert found.eigenvalue == pytest.approx(np.linalg.eigvalsh(2.0 * x.T @ x / 7)[-1], rel=1e-8)


def test_the_iteration_goes_on_when_its_room_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = LearningLoop(Experiment())
    loop.run(100)
    theta, surface = loop.learner.state()[0], surface_of(loop)
    expected = sharpness(surface, theta, tolerance=1e-6).eigenvalue
    monkeypatch.setattr("core.landscape.curvature.BASIS_BYTES", 17 * 8 * 4)  # four vectors
    found = sharpness(surface, theta, tolerance=1e-6)
    assert found.converged
    assert found.products > 4
    assert found.eigenvalue == pytest.approx(expected, rel=1e-5)
    assert not sharpness(surface, theta, products=3, tolerance=1e-9).converged


# -- the gauge -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov"])
def test_the_limit_is_where_a_parabola_begins_to_throw_the_run_out(name: str) -> None:
    """Steps of the optimizer itself on c w² / 2, a little under and over its limit."""
    numbers = OptimizerSettings(name=name, momentum=0.6)
    limit = own_limit(numbers)
    assert limit is not None
    for factor, stable in ((0.99, True), (1.01, False)):
        curvature, rate = 5.0, factor * limit / 5.0
        w, slots = np.ones(1), np.zeros((len(OPTIMIZERS[name].slots), 1))
        with np.errstate(all="ignore"):
            for t in range(1, 4001):
                step, grad = np.empty(1), curvature * w
                piece = Piece(slice(0, 1), step, w, grad, np.empty(1))
                OPTIMIZERS[name].step(piece, slots, numbers, rate, t)
                w = np.clip(w + step, -1e9, 1e9)
        assert (abs(w[0]) < 1.0) == stable, factor


def test_what_the_gauge_says() -> None:
    said = [gauge_sentence(g) for g in (-0.1, 0.3, 1.25, 2.0, 3.0, float("nan"))]
    assert "No direction curves upwards" in said[0]
    assert "leaves 70 % of the distance" in said[1]
    assert "beyond the floor, at 25 % of its distance" in said[2]
    assert "On the line" in said[3]
    assert "2 times as far" in said[4]
    assert "not a finite number" in said[5]
    assert all(one != other for one, other in pairwise(said))


def test_what_is_said_of_other_optimizers() -> None:
    def words(name: str) -> str:
        return optimizer_sentence(OptimizerSettings(name=name, momentum=0.9))

    assert words("sgd") == ""
    assert "at 3.8" in words("momentum")
    assert "at 1.36" in words("nesterov")
    assert "adam scales" in words("adam")


def test_the_rate_follows_the_schedule() -> None:
    numbers = OptimizerSettings(learning_rate=0.4, schedule="step", step_epochs=10, factor=0.5)
    assert rate_in_force(numbers, 9) == pytest.approx(0.4)
    assert rate_in_force(numbers, 25) == pytest.approx(0.1)
