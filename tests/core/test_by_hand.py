"""The model for a person's hands: loss, slopes, way downhill and lowest place, by hand."""

from __future__ import annotations

from itertools import product
from math import exp, log, log1p

import numpy as np
import pytest

from core.by_hand import RATE, REACH, STEP, ByHand, by_hand

#: Two points of each class that no line parts.
FOUR = ByHand(np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 1.0], [1.0, -1.0]]), np.array([0, 0, 1, 1]))


@pytest.fixture(scope="module")
def game() -> ByHand:
    return by_hand()


def test_loss_and_gradient_by_hand() -> None:
    one = ByHand(np.array([[2.0, -1.0]]), np.array([1]))
    w = np.array([0.5, 0.25, -1.0])
    z = 0.5 * 2 - 0.25 - 1  # -0.25
    p = 1 / (1 + exp(-z))
    assert one.loss(w) == pytest.approx(log1p(exp(-z)), rel=1e-15)
    np.testing.assert_allclose(one.gradient(w), [(p - 1) * 2, (p - 1) * -1, p - 1], rtol=1e-14)
    np.testing.assert_allclose(
        one.curvature(w), p * (1 - p) * np.outer([2, -1, 1], [2, -1, 1]), rtol=1e-13
    )
    assert FOUR.loss(np.zeros(3)) == pytest.approx(log(2), rel=1e-15)


def test_loss_of_numbers_far_out_is_finite(game: ByHand) -> None:
    far = np.array([1e4, -1e4, 1e4])
    assert np.isfinite(game.loss(far))
    assert np.isfinite(game.gradient(far)).all()


@pytest.mark.parametrize("w", [(0.0, 0.0, 0.0), (1.5, -2.0, 0.3), (-5.9, 5.9, 2.0)])
def test_gradient_and_curvature_are_what_a_nudge_shows(game: ByHand, w: tuple[float, ...]) -> None:
    here, h = np.array(w), 1e-5
    for k in range(3):
        nudge = np.eye(3)[k] * h
        slope = (game.loss(here + nudge) - game.loss(here - nudge)) / (2 * h)
        assert game.gradient(here)[k] == pytest.approx(slope, abs=1e-9)
        bend = (game.gradient(here + nudge) - game.gradient(here - nudge)) / (2 * h)
        np.testing.assert_allclose(game.curvature(here)[k], bend, atol=1e-9)


def test_two_steps_downhill_by_hand() -> None:
    start, rate = np.array([1.0, 0.0, 0.0]), 0.5
    path = FOUR.descend(start, rate, 2)
    assert path.shape == (3, 3)

    def sigmoid(z: float) -> float:
        return 1 / (1 + exp(-z))

    w = [1.0, 0.0, 0.0]
    for step in range(3):
        np.testing.assert_allclose(path[step], w, rtol=1e-14)
        slope = [0.0, 0.0, 0.0]
        for (x1, x2), y in zip(FOUR.x.tolist(), FOUR.y.tolist(), strict=True):
            miss = sigmoid(w[0] * x1 + w[1] * x2 + w[2]) - y
            slope = [s + miss * x / 4 for s, x in zip(slope, (x1, x2, 1.0), strict=True)]
        w = [a - rate * s for a, s in zip(w, slope, strict=True)]


def test_the_lowest_place_is_where_no_slope_is_left(game: ByHand) -> None:
    assert np.abs(game.gradient(game.lowest_at)).max() < 1e-13
    for way in product((-1e-3, 0.0, 1e-3), repeat=3):
        assert game.loss(game.lowest_at + way) >= game.lowest
    assert np.linalg.eigvalsh(game.curvature(game.lowest_at)).min() > 0
    # A long way downhill ends at the same place, and never below it.
    long = game.descend(np.zeros(3), RATE, 2000)
    np.testing.assert_allclose(long[-1], game.lowest_at, atol=1e-9)
    assert (game.losses(long) >= game.lowest - 1e-15).all()


def test_of_four_that_say_nothing_the_lowest_is_a_coin_toss() -> None:
    np.testing.assert_allclose(FOUR.lowest_at, 0.0, atol=1e-15)
    assert FOUR.lowest == pytest.approx(log(2))


def test_points_that_a_line_parts_have_no_lowest_loss() -> None:
    parted = ByHand(np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([0, 1]))
    with pytest.raises(ValueError, match="no lowest"):
        _ = parted.lowest_at


@pytest.mark.parametrize(
    ("x", "y"), [(np.zeros((2, 3)), np.zeros(2)), (np.zeros((2, 2)), np.zeros(3))]
)
def test_shapes_that_do_not_fit_are_refused(x: np.ndarray, y: np.ndarray) -> None:
    with pytest.raises(ValueError, match="shape"):
        ByHand(x, y)


def test_the_game_can_be_won_and_is_always_the_same(game: ByHand) -> None:
    other = by_hand()
    np.testing.assert_array_equal(game.x, other.x)
    np.testing.assert_array_equal(game.y, other.y)
    assert game.x.shape == (60, 2)
    assert not game.x.flags.writeable
    assert game.y.sum() == 30
    assert np.abs(game.lowest_at).max() < REACH
    assert game.lowest < game.mark < log(2) < game.highest
    # 0.3110 and a tenth of the way to 0.6931 is 0.3492, rounded up to hundredths.
    assert game.lowest == pytest.approx(0.3110, abs=5e-5)
    assert game.mark == 0.35
    # The mark can be reached on the sliders' grid.
    assert game.loss(np.round(game.lowest_at, 1)) < game.mark
    # No line parts the classes; the best one leaves a few on the wrong side.
    assert 48 <= game.right(game.lowest_at) < 60


def test_highest_is_over_all_of_what_the_sliders_reach(game: ByHand) -> None:
    grid = np.linspace(-REACH, REACH, 7)
    over = max(game.loss(np.array(w)) for w in product(grid, repeat=3))
    assert over == game.highest


def test_right_counts_points_on_their_side() -> None:
    assert FOUR.right(np.array([0.0, 1.0, 0.0])) == 3  # on the line is class 0; one of class 1
    assert FOUR.right(np.array([0.0, 0.0, 1.0])) == 2


@pytest.mark.parametrize("seed", range(20))
def test_starts_are_bad_on_the_grid_and_seeded(game: ByHand, seed: int) -> None:
    start = game.start(seed)
    np.testing.assert_array_equal(start, game.start(seed))
    np.testing.assert_allclose(start / STEP, np.round(start / STEP), atol=1e-9)
    assert np.abs(start).max() <= REACH
    assert game.loss(start) >= 1.5
    path = game.descend_below(start, game.mark)
    losses = game.losses(path)
    assert losses[-1] < game.mark <= losses[:-1].min()
    assert (np.diff(losses) < 0).all()
    assert len(path) - 1 <= 40


def test_starts_differ(game: ByHand) -> None:
    assert len({tuple(game.start(seed)) for seed in range(20)}) == 20


def test_a_mark_out_of_reach_ends_after_so_many_steps(game: ByHand) -> None:
    assert len(game.descend_below(game.start(0), 0.0, most=5)) == 6
