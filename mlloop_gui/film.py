"""The filmstrip: small boundaries at a run's milestones, each made once."""

from __future__ import annotations

from math import inf
from time import perf_counter

import numpy as np

from core.checkpoints import milestones
from core.loop import LearningLoop
from core.problem import Problem
from mlloop_gui.frames import FilmFrame
from mlloop_gui.maps import MapMaker

SIZE = 40
ROWS = 2000


class Film:
    """Makes `FilmFrame`s of the saved states of a run; keeps them while they stay true."""

    def __init__(self) -> None:
        self._maps = MapMaker(SIZE)
        self._made: dict[int, tuple[np.ndarray, FilmFrame]] = {}
        self._key: tuple | None = None
        self._problem: Problem | None = None

    def make(
        self, loop: LearningLoop, plane: tuple[int, int], held: int, patience: float = inf
    ) -> tuple[FilmFrame, ...]:
        """Every milestone up to the head whose state is still there, oldest first.

        Once `patience` seconds are spent, what is missing is left for the next call.
        """
        wide = len(loop.problem.dataset.columns) > 2
        key = (loop.learner.layout.sizes, plane, held if wide else None)
        if self._key != key or self._problem is not loop.problem:
            self._key, self._problem, self._made = key, loop.problem, {}
        began = perf_counter()
        states = {c.update: c.state[0] for c in loop.checkpoints.saved}
        found: list[FilmFrame] = []
        for update in milestones(loop.head):
            theta = states.get(update)
            if theta is None:
                continue
            made = self._made.get(update)
            if made is None or made[0] is not theta:
                if found and perf_counter() - began > patience:
                    break
                made = theta, self._frame(loop, update, theta, plane, held)
                self._made[update] = made
            found.append(made[1])
        return tuple(found)

    def _frame(
        self,
        loop: LearningLoop,
        update: int,
        theta: np.ndarray,
        plane: tuple[int, int],
        held: int,
    ) -> FilmFrame:
        problem = loop.problem
        rows = problem.parts.train[:ROWS]
        train = problem.evaluate(rows, loop.learner.scores(problem.inputs(rows), theta))
        picture = self._maps.make(loop, plane, held, units=False, theta=theta)
        return FilmFrame(update, picture, train.loss, train.headline)
