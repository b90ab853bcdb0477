"""What the gauge says, in plain English."""

from __future__ import annotations

from math import isfinite

from core.explain.numbers import number
from core.landscape.curvature import STABLE
from core.schedules import SCHEDULES
from core.settings import OptimizerSettings


def rate_in_force(optimizer: OptimizerSettings, epoch: int) -> float:
    """The learning rate of an epoch, by its schedule."""
    assert optimizer.learning_rate is not None
    return float(optimizer.learning_rate * SCHEDULES[optimizer.schedule].at(epoch, optimizer))


def own_limit(optimizer: OptimizerSettings) -> float | None:
    """The gauge at which the optimizer itself becomes unstable on a quadratic.

    2 for plain gradient descent, 2 + 2 m with momentum m, (2 + 2 m) / (1 + 2 m) with Nesterov's
    (Cohen et al. 2021, appendix B); None for those that scale each parameter's step.
    """
    m = optimizer.momentum
    limits = {
        "sgd": STABLE,
        "momentum": STABLE + 2.0 * m,
        "nesterov": (STABLE + 2.0 * m) / (1.0 + 2.0 * m),
    }
    return limits.get(optimizer.name)


def gauge_sentence(gauge: float) -> str:
    """What plain gradient descent does in the direction of sharpest curvature."""
    if not isfinite(gauge):
        return "The loss near here is not a finite number, so its curvature is not either."
    if gauge <= 0.0:
        return "No direction curves upwards here: there is no valley that a step could overshoot."
    left = f"{100.0 * abs(1.0 - gauge):.3g} %"
    if gauge < 1.0:
        return f"Stable: in the sharpest valley a step leaves {left} of the distance to the floor."
    if gauge < STABLE:
        return (
            "Stable, but overshooting: in the sharpest valley a step lands beyond the floor, at"
            f" {left} of its distance."
        )
    if gauge == STABLE:
        return "On the line: in the sharpest valley a step lands beyond the floor, as far away."
    return (
        "Unstable: in the sharpest valley a step jumps across the floor and lands"
        f" {number(abs(1.0 - gauge))} times as far away, until the curvature changes."
    )


def optimizer_sentence(optimizer: OptimizerSettings) -> str:
    """What the line at 2 means for an optimizer that is not plain gradient descent; else empty."""
    limit = own_limit(optimizer)
    if limit is None:
        return f"The line is for plain steps; {optimizer.name} scales each parameter's."
    if limit != STABLE:
        return f"With {optimizer.name} the line is at {limit:.3g} (dashed)."
    return ""
