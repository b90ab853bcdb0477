"""Elementary functions of compiled code, against decimal arithmetic of sixty digits."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext
from itertools import pairwise
from math import copysign, inf, isnan, nan, ulp
from types import ModuleType

import numpy as np
import pytest

pytest.importorskip("numba")

TINY = Decimal("1e-12")
MOST = {"exp": 2.0, "expm1": 2.0, "log1p": 2.0, "tanh": 2.0, "sigmoid": 2.5}  # last places


def expm1(x: Decimal) -> Decimal:
    return x + x**2 / 2 + x**3 / 6 + x**4 / 24 if abs(x) < TINY else x.exp() - 1


def log1p(x: Decimal) -> Decimal:
    return x - x**2 / 2 + x**3 / 3 - x**4 / 4 if abs(x) < TINY else (1 + x).ln()


def tanh(x: Decimal) -> Decimal:
    e = expm1(-2 * abs(x))
    return (-e / (e + 2)).copy_sign(x)


EXACT: dict[str, Callable[[Decimal], Decimal]] = {
    "exp": Decimal.exp,
    "expm1": expm1,
    "log1p": log1p,
    "tanh": tanh,
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
}
# Where each is used: the ends between which it is tried densely.
DENSE = {
    "exp": [(-708, 0), (-2, 0)],
    "expm1": [(-60, 0), (-2, 0)],
    "log1p": [(0, 1)],
    "tanh": [(-30, 30), (-2, 2)],
    "sigmoid": [(-708, 50), (-3, 3)],
}
AT: dict[str, list[tuple[float, float]]] = {
    "exp": [(0.0, 1.0), (-0.0, 1.0), (-709.0, 0.0), (-1e300, 0.0), (-inf, 0.0), (nan, nan)],
    "expm1": [(0.0, 0.0), (-1e-320, -1e-320), (-800.0, -1.0), (-1e300, -1.0), (-inf, -1.0),
              (nan, nan)],
    "log1p": [(0.0, 0.0), (1e-320, 1e-320), (1.0, 0.6931471805599453), (nan, nan)],
    "tanh": [(0.0, 0.0), (-0.0, -0.0), (1e-320, 1e-320), (-1e-320, -1e-320), (400.0, 1.0),
             (-400.0, -1.0), (1e300, 1.0), (inf, 1.0), (-inf, -1.0), (nan, nan)],
    "sigmoid": [(0.0, 0.5), (-0.0, 0.5), (1e-320, 0.5), (40.0, 1.0), (1e300, 1.0), (inf, 1.0),
                (-709.0, 0.0), (-1e300, 0.0), (-inf, 0.0), (nan, nan)],
}  # fmt: skip


@pytest.fixture(scope="module")
def numerics() -> ModuleType:
    from core.network.compiled import numerics

    return numerics


def numbers(name: str) -> list[float]:
    """Dense, random, and near 0 down to the smallest normal numbers."""
    rng = np.random.default_rng(len(name))
    parts = [np.linspace(low, high, 1501) for low, high in DENSE[name]]
    parts += [rng.uniform(low, high, 1500) for low, high in DENSE[name]]
    low, high = DENSE[name][-1]
    tiny = 10.0 ** rng.uniform(-307, 0, 500)
    parts += [-tiny] * (low < 0) + [tiny] * (high > 0)
    return np.concatenate(parts).tolist()


def distance(found: float, exact: Decimal) -> float:
    return float(abs(Decimal(found) - exact) / Decimal(ulp(float(exact))))


@pytest.mark.parametrize("name", EXACT)
def test_within_some_units_in_the_last_place(name: str, numerics: ModuleType) -> None:
    function = getattr(numerics, name)
    with localcontext() as context:
        context.prec = 60
        for x in numbers(name):
            found = function(x)
            assert distance(found, EXACT[name](Decimal(x))) <= MOST[name], x


@pytest.mark.parametrize("name", EXACT)
def test_special_numbers(name: str, numerics: ModuleType) -> None:
    for x, expected in AT[name]:
        found = getattr(numerics, name)(x)
        if isnan(expected):
            assert isnan(found), x
        else:
            assert (found, copysign(1, found)) == (expected, copysign(1, expected)), x


def test_odd_and_mirrored(numerics: ModuleType) -> None:
    for x in numbers("tanh"):
        assert numerics.tanh(-x) == -numerics.tanh(x)
        assert numerics.sigmoid(x) + numerics.sigmoid(-x) == pytest.approx(1.0, rel=0, abs=4e-16)


@pytest.mark.parametrize("name", EXACT)
def test_neighbours_come_in_order_within_their_error(name: str, numerics: ModuleType) -> None:
    """All rise; no seam of the reduction by powers of two shows."""
    function = getattr(numerics, name)
    for low, high in DENSE[name]:
        found = [function(x) for x in np.linspace(low, high, 20_001).tolist()]
        for one, other in pairwise(found):
            assert one <= other + 2 * MOST[name] * ulp(one)


def test_that_the_measure_finds_a_wrong_digit() -> None:
    with localcontext() as context:
        context.prec = 60
        exact = Decimal("-0.3").exp()
        near = float(exact)
        assert distance(near, exact) <= 0.5
        assert distance(near + 3 * ulp(near), exact) > MOST["exp"]
