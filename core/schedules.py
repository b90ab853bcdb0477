"""Learning-rate schedules: the factor on the learning rate in each epoch, counted from 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi

from core.registry import Registry
from core.settings import OptimizerSettings


@dataclass(frozen=True)
class Schedule:
    """``at(epoch, settings)`` is the factor on the learning rate in that epoch."""

    name: str
    label: str
    explanation: str
    formula: str
    at: Callable[[int, OptimizerSettings], float]
    basic: bool = False


def _cosine(epoch: int, s: OptimizerSettings) -> float:
    return 0.0 if epoch >= s.period else 0.5 * (1.0 + cos(pi * epoch / s.period))


SCHEDULES = Registry(
    "schedule",
    Schedule(
        "constant",
        "Constant",
        "The same rate from beginning to end.",
        "1",
        lambda epoch, s: 1.0,
        basic=True,
    ),
    Schedule(
        "step",
        "Step",
        "Multiplied by a factor every so many epochs.",
        "factor ^ ⌊epoch / step_epochs⌋",
        lambda epoch, s: s.factor ** (epoch // s.step_epochs),
    ),
    Schedule(
        "exponential",
        "Exponential",
        "A little smaller each epoch.",
        "decay ^ epoch",
        lambda epoch, s: s.decay**epoch,
    ),
    Schedule(
        "cosine",
        "Cosine",
        "Falls along half a cosine to 0 at the end of the period (Loshchilov & Hutter 2016).",
        "(1 + cos(π epoch / period)) / 2",
        _cosine,
    ),
    Schedule(
        "warmup",
        "Warm-up",
        "Rises in even steps over the first epochs, then stays.",
        "min(1, (epoch + 1) / warmup_epochs)",
        lambda epoch, s: min(1.0, (epoch + 1) / s.warmup_epochs),
    ),
)
