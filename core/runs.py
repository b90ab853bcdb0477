"""Several runs, one of them live: forks with their parents, under one budget of checkpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.checks import Check
from core.experiment import Experiment
from core.history import CurveView
from core.loop import LearningLoop
from core.problem import Problem

MOST_RUNS = 12
CURVE_POINTS = 800
KEPT_PROBLEM_BYTES = 64 * 2**20


@dataclass(frozen=True, eq=False)
class RunCurves:
    """The history of a run: of every update, and of every check."""

    updates: CurveView
    checks: CurveView


@dataclass(frozen=True, eq=False)
class RunSummary:
    """What is told of a run in a list of runs.

    Attributes
    ----------
    number : int
        Never used for another run of the same session.
    name : str
    parent, forked_at : int or None
        The run that it left, and at which update; None for a run from update 0.
    experiment : Experiment
        With its events.
    settings : Experiment
        In force where it stands.
    head, update : int
        The furthest update that it reached, and where it stands.
    seconds : float
        Time spent training.
    parameters : int
    check : Check
        Its newest look at train and validation.
    curves : RunCurves
    alive : bool
        Whether one can go back to it; of a run on large data, or too long ago, only this summary
        is left.
    """

    number: int
    name: str
    parent: int | None
    forked_at: int | None
    experiment: Experiment
    settings: Experiment
    head: int
    update: int
    seconds: float
    parameters: int
    check: Check
    curves: RunCurves
    alive: bool


@dataclass(eq=False)
class _Run:
    number: int
    name: str
    parent: int | None
    forked_at: int | None
    loop: LearningLoop | None
    summary: RunSummary | None = None


class Runs:
    """The runs of a session.

    Parameters
    ----------
    budget : int
        Bytes for the checkpoints of all runs together. Shared ones count for each run that has
        them, so that less is used than is allowed.
    most : int
        How many are kept; beyond it the oldest is forgotten.

    Attributes
    ----------
    spare : int
        How many more may be there for a while, such as runs that are only shown.
    """

    def __init__(self, budget: int = 256 * 2**20, most: int = MOST_RUNS) -> None:
        self.budget, self.most, self.spare = budget, most, 0
        self._runs: dict[int, _Run] = {}
        self._live: _Run | None = None
        self._count = 0

    # -- reading -------------------------------------------------------------------------------

    @property
    def loop(self) -> LearningLoop | None:
        """The live run's loop; None before the first."""
        return self._live.loop if self._live else None

    @property
    def number(self) -> int:
        """The live run's number, 0 before the first."""
        return self._live.number if self._live else 0

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def nbytes(self) -> int:
        """What the checkpoints of all runs take, those that are shared counted for each."""
        return sum(run.loop.checkpoints.nbytes for run in self._runs.values() if run.loop)

    def is_alive(self, number: int) -> bool:
        """Whether a run is kept with all that it takes to go on."""
        run = self._runs.get(number)
        return run is not None and run.loop is not None

    def summaries(self) -> tuple[RunSummary, ...]:
        """All runs, oldest first; those that are not live are summed up only once."""
        return tuple(self._summary(run) for run in self._runs.values())

    def _summary(self, run: _Run) -> RunSummary:
        if run.loop is not None and (run is self._live or run.summary is None):
            run.summary = _summed_up(run, run.loop)
        assert run.summary is not None
        return run.summary

    # -- changing ------------------------------------------------------------------------------

    def begin(self, experiment: Experiment, problem: Problem | None = None) -> LearningLoop:
        """Begin a run from update 0; if it cannot begin, nothing has happened.

        The run at hand is kept if it has made an update.
        """
        loop = LearningLoop(experiment, problem, self.budget)
        self._enter(loop, None, None)
        return loop

    def fork(self, at: int | None = None) -> LearningLoop:
        """Leave the live run where it stands, for another with the same past.

        Parameters
        ----------
        at : int, optional
            The update from which the other will differ, by default where the live one stands.
        """
        assert self._live is not None
        assert self._live.loop is not None
        parent, loop = self._live.number, self._live.loop.fork()
        self._enter(loop, parent, loop.update if at is None else at)
        return loop

    def keep(self, loop: LearningLoop, name: str, forked_at: int) -> int:
        """Keep a fork of the live run under a name; the live run stays live. Its number."""
        assert self._live is not None
        self._count += 1
        run = _Run(self._count, name, self._live.number, forked_at, loop)
        self._runs[run.number] = run
        self._summary(run)
        if loop.problem.x.nbytes > KEPT_PROBLEM_BYTES:
            self._let_go(run)
        for number in [n for n in self._runs if n not in (run.number, self.number)]:
            if len(self._runs) > self.most:
                del self._runs[number]
        self._share_budget()
        return run.number

    def _enter(self, loop: LearningLoop, parent: int | None, forked_at: int | None) -> None:
        self._leave()
        self._count += 1
        run = _Run(self._count, f"Run {self._count}", parent, forked_at, loop)
        self._runs[run.number] = self._live = run
        while len(self._runs) > self.most + self.spare:
            self.forget(next(number for number in self._runs if number != run.number))
        self._share_budget()

    def _leave(self) -> None:
        """Sum the live run up; one without an update, or on large data, is not kept alive."""
        run = self._live
        if run is None or run.loop is None:
            return
        untouched = not run.loop.head and not run.loop.experiment.change
        if untouched and not self._has_forks(run.number):
            del self._runs[run.number]
        self._summary(run)
        if run.loop.problem.x.nbytes > KEPT_PROBLEM_BYTES:
            self._let_go(run)

    def _let_go(self, run: _Run) -> None:
        if run.loop is not None:
            run.summary = _summed_up(run, run.loop, alive=False)
            run.loop = None

    def _has_forks(self, number: int) -> bool:
        return any(run.parent == number for run in self._runs.values())

    def _share_budget(self) -> None:
        """Half of the budget for the live run at least, the rest for those that are kept."""
        kept = [run.loop for run in self._runs.values() if run.loop and run is not self._live]
        for loop in kept:
            loop.checkpoints.limit(self.budget // (2 * len(kept)))
        if self.loop is not None:
            self.loop.checkpoints.limit(self.budget - sum(k.checkpoints.nbytes for k in kept))

    def limit(self, budget: int) -> None:
        """Keep to another budget from now on."""
        self.budget = budget
        self._share_budget()

    def change(self, changes: list[tuple[str, Any]]) -> None:
        """Change the live run; where it has been further already, a fork is changed instead.

        Raises
        ------
        InputError
            If a change is not possible; nothing has happened then.
        """
        before = self._live
        assert before is not None
        assert before.loop is not None
        if before.loop.head == before.loop.update or not before.loop.head:
            before.loop.change(changes)
            return
        self.fork()
        assert self.loop is not None
        try:
            self.loop.change(changes)
        except Exception:
            self._return_to(before)
            raise
        assert self._live is not None
        # A weight edited in mid-turn goes back to the turn's start.
        self._live.forked_at = self.loop.update

    def _return_to(self, run: _Run) -> None:
        """Give up the live run for another."""
        gone = self._live
        self._live = run
        if gone is not None and gone is not run:
            self._runs.pop(gone.number, None)
        self._share_budget()

    def switch(self, number: int) -> LearningLoop:
        """Make another run the live one, where it stands.

        Raises
        ------
        KeyError
            If there is no such run, or only its summary is left.
        """
        run = self._runs[number]
        if run.loop is None:
            raise KeyError(number)
        if run is not self._live:
            self._leave()
            self._live = run
            self._share_budget()
        return run.loop

    def give_up(self) -> LearningLoop:
        """Forget the live fork and go back to its parent; raises `KeyError` without one."""
        live = self._live
        assert live is not None
        parent = self._runs[-1 if live.parent is None else live.parent]
        if parent.loop is None:
            raise KeyError(parent.number)
        self._return_to(parent)
        return parent.loop

    def forget(self, number: int) -> None:
        """Let a run go; the live one stays."""
        if self._live is None or number != self._live.number:
            self._runs.pop(number, None)
            self._share_budget()

    def rename(self, number: int, name: str) -> None:
        """Call a run something else."""
        run = self._runs[number]
        run.name = name
        if run.summary is not None:
            run.summary = RunSummary(**{**vars(run.summary), "name": name})


def _summed_up(run: _Run, loop: LearningLoop, alive: bool = True) -> RunSummary:
    return RunSummary(
        number=run.number,
        name=run.name,
        parent=run.parent,
        forked_at=run.forked_at,
        experiment=loop.experiment,
        settings=loop.settings,
        head=loop.head,
        update=loop.update,
        seconds=loop.seconds,
        parameters=loop.learner.parameters,
        check=loop.newest_check,
        curves=RunCurves(loop.updates.view(CURVE_POINTS), loop.checks.view(CURVE_POINTS)),
        alive=alive,
    )
