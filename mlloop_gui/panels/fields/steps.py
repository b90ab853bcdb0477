"""What one press of an arrow key does to a number: sensible amounts, by the kind of setting."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import floor, log10

from core.experiment import Field

#: Shares near 1 move by what is left to 1: 0.9, 0.95, 0.98, 0.99, 0.995, ...
_NEAR_ONE = ("optimizer.momentum", "optimizer.beta1", "optimizer.beta2", "optimizer.decay")
_LEFT = [1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001]
_LADDER = (1.0, 3.0)
_COUNT_LADDER = (1, 2, 5)
_SMALLEST = 1e-5
#: Where an empty field begins when it is stepped.
_BEGIN: dict[str, float] = {
    "optimizer.beta2": 0.99,
    "optimizer.epsilon": 1e-8,
    "optimizer.clip_norm": 1.0,
    "stop.updates": 1000,
    "stop.target_loss": 0.1,
    "stop.target_metric": 0.95,
    "stop.patience": 10,
}


def stepped(field: Field, value: float | None, steps: int) -> float | None:
    """`value` moved by so many steps, up for positive ones, never past the field's bounds.

    Parameters
    ----------
    field : Field
    value : float or None
        None, an empty field, goes to a usual value first.
    steps : int
    """
    if value is None:
        return _BEGIN.get(field.path, field.low if field.low is not None else 0)
    for _ in range(abs(steps)):
        moved = _one(field, value, 1 if steps > 0 else -1)
        moved = int(moved) if field.kind == "integer" else float(f"{moved:.12g}")
        if not _within(field, moved):
            break
        value = moved
    return value


def _one(field: Field, value: float, sign: int) -> float:
    if field.kind == "integer":
        narrow = field.high is not None and field.high - (field.low or 0) <= 100
        if narrow or field.path.endswith("seed"):
            return value + sign
        return _count(value, sign)
    if field.path in _NEAR_ONE:
        return _near_one(value, sign)
    if field.low is None:
        return value + 0.05 * sign
    if field.high is not None:
        return round(value / 0.05 + 0.501 * sign) * 0.05
    return _logarithmic(value, sign, zero=not field.low_open)


def _within(field: Field, value: float) -> bool:
    low, high = field.low, field.high
    if low is not None and (value < low or (field.low_open and value <= low)):
        return False
    return high is None or value < high or (not field.high_open and value <= high)


def _rungs(ladder: tuple[float, ...], value: float) -> list[float]:
    """The rungs about `value`, each exactly the decimal number that it reads as."""
    decade = floor(log10(value)) if value > 0 else 0
    return [
        float(f"{rung:g}e{power}") for power in range(decade - 1, decade + 3) for rung in ladder
    ]


def _logarithmic(value: float, sign: int, zero: bool) -> float:
    if value <= 0:
        return _SMALLEST if sign > 0 else value
    if zero and sign < 0 and value <= _SMALLEST:
        return 0.0
    rungs = _rungs(_LADDER, value)
    if sign > 0:
        return rungs[bisect_right(rungs, value * (1 + 1e-9))]
    return rungs[bisect_left(rungs, value * (1 - 1e-9)) - 1]


def _count(value: float, sign: int) -> float:
    if value <= 0:
        return value + sign
    rungs = [rung for rung in _rungs(_COUNT_LADDER, value) if rung >= 1]
    if sign > 0:
        return rungs[bisect_right(rungs, value)]
    at = bisect_left(rungs, value) - 1
    return rungs[at] if at >= 0 else value - 1


def _near_one(value: float, sign: int) -> float:
    stops = [1 - left for left in _LEFT] + [1.0]
    if sign > 0:
        return stops[min(bisect_right(stops, value + 1e-9), len(stops) - 1)]
    return stops[max(bisect_left(stops, value - 1e-9) - 1, 0)]
