"""Why not in one step? A turn's step a thousand times as long, beside a thousand small ones."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

from core.errors import InputError
from core.flights import NEVER
from core.loop import LearningLoop
from core.runs import Runs
from core.settings.paths import field_at

STEPS = 1000
NAME = "One big step"
RATE = "optimizer.learning_rate"


@dataclass(frozen=True)
class Leap:
    """What came of it.

    Attributes
    ----------
    run, turn : int
        The run that it was tried from, and the turn whose step was made longer.
    fork : int
        The run that made it.
    rate, long_rate : float
        The learning rate set before, and for the one update.
    before, after_leap, after_steps : float
        Loss of the whole training part before the turn, after the long step, and after the small
        ones; nan where the run broke off.
    steps : int
        Small steps made: 1,000 unless the run broke off, or was stopped.
    """

    run: int
    turn: int
    fork: int
    rate: float
    long_rate: float
    before: float
    after_leap: float
    after_steps: float
    steps: int

    @property
    def factor(self) -> float:
        """How many small steps the long one is; 1,000 unless the rate's bound was hit."""
        return self.long_rate / self.rate


def longest_rate(rate: float) -> float:
    """A thousand times a rate, or the most that the field allows."""
    high = field_at(RATE).high
    return min(rate * STEPS, sys.float_info.max if high is None else high)


def leap(runs: Runs, turn: int, stop: Callable[[], bool] = NEVER) -> Leap:
    """Make turn `turn` again with a thousand times the rate, in a fork; the live run stays.

    The live run then makes the 1,000 small steps, as far as it has not made them yet, and goes
    back to where it stood, bit for bit.

    Parameters
    ----------
    runs : Runs
    turn : int
    stop : callable
        Looked at before every small step; if it says so there are no more.

    Raises
    ------
    InputError
        If the run has failed, or has not made that turn's update.
    """
    loop = runs.loop
    if loop is None or loop.failure is not None:
        raise InputError("a failed run cannot leap; step back first")
    if not 1 <= turn <= loop.head:
        raise InputError("not made yet", field="turn", value=turn, allowed=f"1 to {loop.head}")
    here, start = loop.position, turn - 1
    try:
        loop.go_to(start)
        fork = loop.fork()
        before = fork.evaluate("train").loss
        rate = fork.settings.optimizer.learning_rate
        assert rate is not None
        long_rate = longest_rate(rate)
        fork.change([(RATE, long_rate)])
        fork.run(1)
        after_leap = _loss(fork)
        if fork.failure is None:
            fork.change([(RATE, rate)])
        number = runs.keep(fork, NAME, start)
        goal = start + STEPS
        loop.go_to(min(goal, loop.head))
        if loop.update < goal:
            loop.run(goal - loop.update, stop)
        steps, after_steps = loop.update - start, _loss(loop)
    finally:
        loop.stand_at(here)
    return Leap(runs.number, turn, number, rate, long_rate, before, after_leap, after_steps, steps)


def _loss(loop: LearningLoop) -> float:
    """The whole training loss; nan after a failure."""
    loss = loop.evaluate("train").loss
    return loss if loop.failure is None and isfinite(loss) else float("nan")
