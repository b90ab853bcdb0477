"""The compiled elementwise loops against the numpy parts that they stand for."""

from __future__ import annotations

from ctypes import CFUNCTYPE, POINTER, c_double, c_float, c_int64
from math import sqrt
from typing import Any

import numpy as np
import pytest

from core.losses import LOSSES, LossWork
from core.network.activations import ACTIVATIONS
from core.network.compiled.codes import ACTIVATION_CODES, LOSS_CODES, OPTIMIZER_CODES
from core.optimizers import OPTIMIZERS, Piece
from core.settings import OptimizerSettings

pytest.importorskip("numba")

Array = np.ndarray
DTYPES = ("float64", "float32")
CLOSE: dict[str, dict[str, float]] = {
    "float64": {"rtol": 1e-13, "atol": 1e-15},
    "float32": {"rtol": 2e-6, "atol": 3e-7},
}
INFINITE = [np.inf, -np.inf, np.nan]
# A huge number's square still fits into the number format.
HUGE = {"float64": 1e150, "float32": 1e15}


class Leaves:
    """The loops of one number format, called with arrays."""

    def __init__(self, dtype: str) -> None:
        from core.network.compiled.calls import code

        number = {"float64": c_double, "float32": c_float}[dtype]
        whole, numbers = c_int64, POINTER(number)
        kinds: dict[str, tuple[Any, ...]] = {
            "activate": (whole, numbers, numbers, whole),
            "times_slope": (whole, numbers, numbers, numbers, whole),
            "price": (whole, c_double, *4 * (numbers,), whole, whole),
            "slope": (whole, numbers, numbers, numbers, whole, whole),
            "step_by": (whole, *9 * (number,), *5 * (numbers,), whole),
        }
        self.dtype, self._numbers = dtype, numbers
        self._functions = {
            name: CFUNCTYPE(None, *kind)(getattr(code(dtype), name)) for name, kind in kinds.items()
        }

    def __call__(self, name: str, *values: Any) -> None:
        given = []
        for value in values:
            if isinstance(value, np.ndarray):
                assert value.dtype == self.dtype
                assert value.flags.c_contiguous
                value = value.ctypes.data_as(self._numbers)
            given.append(value)
        self._functions[name](*given)


@pytest.fixture(scope="module", params=DTYPES)
def leaves(request: pytest.FixtureRequest) -> Leaves:
    return Leaves(request.param)


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    with np.errstate(all="ignore"):
        yield


def spread(dtype: str, special: list[float]) -> Array:
    """Numbers of every size, odd in count, so that vector loops have a rest."""
    rng, huge = np.random.default_rng(2), HUGE[dtype]
    usual = np.r_[rng.normal(0, 3, 170), rng.uniform(-40, 40, 41), 10.0 ** rng.uniform(-30, 0, 16)]
    return np.r_[usual, -usual, 0.0, -0.0, 800, -800, huge, -huge, special].astype(dtype)


def same(found: Array, expected: Array, dtype: str, by: float = 1.0) -> None:
    """Close where finite; NaN and the infinities at the same places."""
    assert found.dtype == expected.dtype == dtype
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    close = CLOSE[dtype]
    np.testing.assert_allclose(found, expected, close["rtol"], close["atol"] * by)


# -- activations -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ACTIVATIONS.names)
def test_activations(name: str, leaves: Leaves) -> None:
    z = spread(leaves.dtype, INFINITE)
    found, expected = np.empty_like(z), np.empty_like(z)
    leaves("activate", ACTIVATION_CODES[name], z, found, len(z))
    ACTIVATIONS[name].forward(z, expected, np.empty_like(z))
    # numpy's sigmoid has no more digits than a number near 1, and silu multiplies it by z.
    same(found, expected, leaves.dtype, by=40 if name == "silu" else 1)
    assert np.isnan(found[-1])


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS.names if name != "linear"])
def test_slopes_of_activations(name: str, leaves: Leaves) -> None:
    # A NaN has failed the turn by its loss before any slope is asked for.
    z = spread(leaves.dtype, INFINITE[:2])
    a, s, d = (np.empty_like(z) for _ in range(3))
    part = ACTIVATIONS[name]
    part.forward(z, a, s)
    part.slope(z, a, d, s)
    given = np.random.default_rng(4).normal(size=len(z)).astype(leaves.dtype)
    found = given.copy()
    leaves("times_slope", ACTIVATION_CODES[name], z, a, found, len(z))
    same(found, given * d, leaves.dtype)
    # Blame that is not finite stays so, whatever the slope.
    for k, bad in enumerate(INFINITE):
        found[k::3] = bad
    leaves("times_slope", ACTIVATION_CODES[name], z, a, found, len(z))
    assert not np.isfinite(found).any()


# -- losses ------------------------------------------------------------------------------------


def scores(outputs: int, dtype: str, special: bool) -> Array:
    """Scores (outputs, rows); the last rows hold what is not finite, one in each."""
    rng = np.random.default_rng(outputs)
    found = rng.normal(0, 3, (outputs, 29))
    found[:, 20:] = rng.uniform(-60, 60, (outputs, 9))
    found[0, :3], found[-1, 3:6] = (0.0, -800.0, 900.0), (1e4, -1e4, 0.0)
    if special:
        for k, bad in enumerate(INFINITE):
            found[k % outputs, 23 + k], found[-1 - k % outputs, 26 + k] = bad, bad
    return np.ascontiguousarray(found, dtype)


def targets(loss: str, outputs: int, rows: int, dtype: str) -> Array:
    rng = np.random.default_rng(rows)
    if not LOSSES[loss].for_numbers:
        if outputs == 1:
            return rng.integers(0, 2, (rows, 1)).astype(dtype)
        return np.eye(outputs, dtype=dtype)[rng.integers(0, outputs, rows)]
    return rng.normal(size=(rows, outputs)).astype(dtype)


@pytest.mark.parametrize("special", [False, True], ids=["finite", "infinite"])
@pytest.mark.parametrize("outputs", [1, 2, 3, 5, 8, 12])
@pytest.mark.parametrize("name", LOSSES.names)
def test_losses_and_their_slopes(name: str, outputs: int, special: bool, leaves: Leaves) -> None:
    dtype, part = leaves.dtype, LOSSES[name]
    s = scores(outputs, dtype, special)
    rows = s.shape[1]
    y = targets(name, outputs, rows, dtype)
    vote = np.random.default_rng(6).uniform(0.01, 0.1, rows).astype(dtype)
    work = LossWork(outputs, rows, np.dtype(dtype), 0.7)
    expected, slope = np.empty(rows, dtype), np.empty_like(s)
    part.forward(s, y.T, expected, slope, work)
    found, d = np.empty(rows, dtype), np.empty_like(s)
    leaves("price", LOSS_CODES[name], 0.7, s, y, found, d, outputs, rows)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    good = ~np.isnan(s).any(axis=0) & np.isfinite(expected)
    assert good.sum() >= 23
    np.testing.assert_allclose(found[good], expected[good], **CLOSE[dtype])
    bad = ~np.isnan(expected) & ~good
    np.testing.assert_array_equal(found[bad], expected[bad])
    # A NaN among the scores is a NaN in the price, so that the turn fails there.
    assert np.isnan(found[np.isnan(s).any(axis=0)]).all()

    part.slope(s, y.T, slope, work)
    leaves("slope", LOSS_CODES[name], y, d, vote, outputs, rows)
    np.testing.assert_allclose(d[:, good], (slope * vote)[:, good], **CLOSE[dtype])
    assert np.abs(d[:, good]).max() > 0


def test_huber_on_both_sides_of_its_bend(leaves: Leaves) -> None:
    s = np.array([[-2.0, -0.5, -0.25, 0.0, 0.25, 0.5, 2.0]], leaves.dtype)
    y, price, d = np.zeros((7, 1), leaves.dtype), np.empty(7, leaves.dtype), np.empty_like(s)
    leaves("price", LOSS_CODES["huber"], 0.5, s, y, price, d, 1, 7)
    assert price.tolist() == [0.875, 0.125, 0.03125, 0.0, 0.03125, 0.125, 0.875]
    leaves("slope", LOSS_CODES["huber"], y, d, np.ones(7, leaves.dtype), 1, 7)
    assert d[0].tolist() == [-0.5, -0.5, -0.25, 0.0, 0.25, 0.5, 0.5]


# -- optimizers --------------------------------------------------------------------------------


def numbers(o: OptimizerSettings, rate: float, t: int) -> tuple[float, ...]:
    """What `leaves.step_by` is given, as `turn.apply` makes it."""
    down, unbias = -rate, 1.0
    if o.name in ("adam", "adamw"):
        down = -rate / (1.0 - o.beta1**t)
        unbias = 1.0 / sqrt(1.0 - o.effective_beta2**t)
    return (down, o.momentum, o.beta1, 1.0 - o.beta1, o.effective_beta2, 1.0 - o.effective_beta2,
            unbias, o.effective_epsilon, -rate * o.weight_decay)  # fmt: skip


@pytest.mark.parametrize("special", [False, True], ids=["finite", "infinite"])
@pytest.mark.parametrize("name", OPTIMIZERS.names)
def test_optimizers(name: str, special: bool, leaves: Leaves) -> None:
    dtype, n = leaves.dtype, 77
    o = OptimizerSettings(name=name, momentum=0.8, weight_decay=0.05)
    rng, used = np.random.default_rng(8), len(OPTIMIZERS[name].slots)
    theta = rng.normal(size=n).astype(dtype)
    slots = np.zeros((max(used, 2), n), dtype)
    step = np.empty(n, dtype)
    mine, memory = theta.copy(), np.zeros((used, n), dtype)
    piece = Piece(slice(0, n), np.empty(n, dtype), mine, np.empty(n, dtype), np.empty(n, dtype))
    for t in range(1, 5):
        grad = (rng.normal(size=n) * 10.0 ** rng.integers(-4, 3, n)).astype(dtype)
        grad[5] = 0.0
        if special and t == 3:
            grad[:3] = INFINITE
        leaves("step_by", OPTIMIZER_CODES[name], *numbers(o, 0.03, t), theta, grad, step,
               slots[0], slots[1], n)  # fmt: skip
        piece.grad[:] = grad
        OPTIMIZERS[name].step(piece, memory, o, 0.03, t)
        mine += piece.step
        same(step, piece.step, dtype)
        same(theta, mine, dtype)
        for k in range(used):
            same(slots[k], memory[k], dtype)
    assert not slots[used:].any()
    assert np.isfinite(theta[3:]).all()
    assert not (special and np.isfinite(theta[:3]).any())
