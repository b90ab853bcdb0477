"""Makes frames: what the view asks for of the live run's moment. Knows no thread and no Qt."""

from __future__ import annotations

from math import inf
from time import perf_counter
from typing import Protocol

import numpy as np

from core.checks import Check
from core.errors import InputError
from core.explain import StageExplanation, explain_stage
from core.explain.case import Case
from core.explain.context import Context
from core.explain.trial import Trial, try_object
from core.leap import Leap
from core.loop import LearningLoop
from core.metrics import Evaluation
from core.record import TurnRecord
from core.runs import Runs, RunSummary
from core.stages import Stage
from mlloop_gui.film import Film
from mlloop_gui.fineness import Fineness
from mlloop_gui.frames import (
    CurvesFrame,
    EmbeddingFrame,
    FilmFrame,
    Frame,
    Lens,
    MapFrame,
    RunState,
    View,
)
from mlloop_gui.maps import MapMaker, embedding, telling_columns

CURVES_EVERY = 0.1
INSPECTOR_EVERY = 0.2
# At full speed nobody reads faster, and a press of pause must not wait for its tables.
INSPECTOR_EVERY_AT_MAX = 2.0
EMBEDDING_EVERY = 0.5
FILM_EVERY = 0.5
FILM_PATIENCE = 0.005
RUNS_EVERY = 0.5
LOOKING = 20.0  # times as long as a look takes, it is left alone
CURVE_POINTS = 800


class Driven(Protocol):
    """What a frame tells of its driver."""

    runs: Runs
    state: RunState
    speed: float
    reason: str
    test: tuple[int, Evaluation] | None
    leaps: dict[tuple[int, int], Leap]

    @property
    def cost(self) -> float: ...


class FrameMaker:
    """Makes the frames of a driver.

    Attributes
    ----------
    view : View
        What the window wants to see.
    fineness : Fineness
        Of the maps of a run that goes on.
    """

    def __init__(self, driver: Driven) -> None:
        self._driver = driver
        self.view = View()
        self._maps = MapMaker()
        self.fineness = Fineness()
        self._held: int | None = None
        self._film = Film()
        self._last: dict[str, float] = {}
        self._columns = (0, 1)
        self._told: tuple[RunSummary, ...] = ()
        self._looks_apart = 0.0

    def arrive(self, loop: LearningLoop) -> None:
        """Another run is live."""
        self._columns = telling_columns(loop.problem)
        self._told = ()
        self._looks_apart = 0.0
        self._held = None

    def make(self, loop: LearningLoop, command: int) -> Frame:
        """The moment at hand, with what the view asks for.

        While running, what is costly and need not be fresh comes at a low rate.
        """
        driver, view = self._driver, self.view
        still, test = driver.state is not RunState.RUNNING, driver.test
        problem, sample = loop.problem, sample_of(loop, view)
        if still or view.sample is not None or self._held is None:
            # While a run goes on every batch has another sample; the plane keeps to one.
            self._held = sample
        theta = loop.learner.kernel.theta.copy()
        theta.setflags(write=False)
        record = _record_of(loop, view.inspected) or loop.record
        with np.errstate(all="ignore"):
            return Frame(
                run=driver.runs.number,
                state=driver.state,
                position=loop.position,
                turn=loop.turn,
                next_stage=loop.next_stage,
                next_layer=loop.next_layer,
                in_turn=loop.in_turn,
                settings=loop.settings,
                experiment=loop.experiment,
                problem=problem,
                layout=loop.learner.layout,
                theta=theta,
                record=loop.record,
                previous=loop.previous,
                check=self._check(loop, still),
                head=loop.head,
                place=loop.place,
                batches_per_epoch=-(
                    -len(problem.parts.train) // loop.settings.optimizer.batch_size
                ),
                samples_seen=loop.epoch * len(problem.parts.train) + loop.place,
                seconds=loop.seconds,
                microseconds=1e6 * driver.cost,
                stepped=len(loop.effects),
                worsened=loop.worsened,
                sample=sample,
                in_batch=record is not None and sample in record.rows,
                columns=self._plane(loop),
                kernel=loop.learner.choice,
                command=command,
                reason=driver.reason,
                failure=loop.failure,
                test=test[1] if test and test[0] == loop.update else None,
                explanations=self._explanations(loop, sample, still),
                curves=self._curves(loop, still),
                runs=self._summaries(still),
                memory=(driver.runs.nbytes, driver.runs.budget),
                lens=self._lens(loop, sample, still),
                leaps=tuple(
                    made for made in driver.leaps.values() if made.run == driver.runs.number
                ),
                film=self._strip(loop, self._held, still),
                trajectory=self._trajectory(loop, still),
                map=self._map(loop, self._held, still),
                embedding=self._embedding(loop, still),
                own=self._own(loop, still),
            )

    def _turn_of(self, what: str, every: float, still: bool) -> bool:
        now = perf_counter()
        if still or now - self._last.get(what, 0.0) >= every:
            self._last[what] = now
            return True
        return False

    def _check(self, loop: LearningLoop, still: bool) -> Check:
        """The newest check; looking at large parts takes a small share of a run's time."""
        if self._turn_of("check", self._looks_apart, still):
            started = perf_counter()
            loop.look()
            self._looks_apart = LOOKING * (perf_counter() - started)
        return loop.newest_check

    def _curves(self, loop: LearningLoop, still: bool) -> CurvesFrame | None:
        if not (self.view.curves and self._turn_of("curves", CURVES_EVERY, still)):
            return None
        return _whole_curves(loop)

    def _map(self, loop: LearningLoop, held: int, still: bool) -> MapFrame | None:
        view = self.view
        if not view.boundary:
            return None
        share = 1.0 if still else self.fineness.share
        return self._maps.make(loop, self._plane(loop), held, view.units, share=share)

    def _plane(self, loop: LearningLoop) -> tuple[int, int]:
        """The two columns in view; a choice made for other data may not fit these."""
        chosen = self.view.columns
        if chosen is None or max(chosen) >= len(loop.problem.dataset.columns):
            return self._columns
        return chosen

    def _embedding(self, loop: LearningLoop, still: bool) -> EmbeddingFrame | None:
        if not (self.view.embedding and self._turn_of("embedding", EMBEDDING_EVERY, still)):
            return None
        return embedding(loop)

    def _own(self, loop: LearningLoop, still: bool) -> Trial | None:
        """The model's answer to the person's own object, where it fits the data."""
        own = self.view.own
        if own is None or len(own) != len(loop.problem.dataset.columns):
            return None
        if not self._turn_of("own", CURVES_EVERY, still):
            return None
        try:
            return try_object(loop, own)
        except InputError:
            return None  # of other data, whose columns happen to be as many

    def _summaries(self, still: bool) -> tuple[RunSummary, ...]:
        if self._turn_of("runs", RUNS_EVERY, still) or not self._told:
            self._told = self._driver.runs.summaries()
        return self._told

    def _strip(self, loop: LearningLoop, held: int, still: bool) -> tuple[FilmFrame, ...] | None:
        if not (self.view.film and self._turn_of("film", FILM_EVERY, still)):
            return None
        patience = inf if still else FILM_PATIENCE
        return self._film.make(loop, self._plane(loop), held, patience)

    def _trajectory(
        self, loop: LearningLoop, still: bool
    ) -> tuple[tuple[int, np.ndarray], ...] | None:
        if not (self.view.trajectory and self._turn_of("trajectory", FILM_EVERY, still)):
            return None
        return tuple(loop.trajectory())

    def _choice(self, loop: LearningLoop) -> tuple[tuple[int, int] | None, int | None]:
        """Unit and parameter in hand; a choice made for another network may not fit this one."""
        unit, parameter, sizes = self.view.unit, self.view.parameter, loop.learner.layout.sizes
        if unit is not None and not (unit[0] < len(sizes) - 1 and unit[1] < sizes[unit[0] + 1]):
            unit = None
        if parameter is not None and parameter >= loop.learner.parameters:
            parameter = None
        return unit, parameter

    def _lens(self, loop: LearningLoop, sample: int, still: bool) -> Lens | None:
        view = self.view
        if not view.lens or not view.inspector:
            return None
        from core.evaluation.lenses import LENSES  # asked for by no first picture

        if view.lens not in LENSES:
            return None
        every = INSPECTOR_EVERY if self._driver.speed else INSPECTOR_EVERY_AT_MAX
        if not self._turn_of("lens", every, still):
            return None
        stage = LENSES[view.lens].stage
        if stage is not Stage.EVALUATE and _record_of(loop, stage) is None:
            return None
        context = Context.at(loop, stage)
        arrays = LENSES[view.lens](Case(context, sample, *self._choice(loop), view.asked))
        return Lens(view.lens, sample, context.record.turn, arrays)

    def _explanations(
        self, loop: LearningLoop, sample: int, still: bool
    ) -> dict[Stage, StageExplanation]:
        view = self.view
        every = INSPECTOR_EVERY if self._driver.speed else INSPECTOR_EVERY_AT_MAX
        if not still and not (view.inspector and self._turn_of("inspector", every, still)):
            return {}
        # The ring tells of the chosen stage too, where no inspector is open.
        stages = {view.inspected} if view.inspector or still else set()
        if still:
            stages.add(loop.failure.stage if loop.failure else loop.position.stage)
        if Stage.BACKPROPAGATE in stages and still:
            # Beside the one backward pass stand the nudges that it saves.
            stages.add(Stage.GRADIENTS)
        return {
            stage: explain_stage(loop, stage, sample, *self._choice(loop))
            for stage in stages
            if stage is Stage.EVALUATE or _record_of(loop, stage) is not None
        }


def _whole_curves(loop: LearningLoop) -> CurvesFrame:
    return CurvesFrame(
        loop.updates.view(CURVE_POINTS),
        loop.checks.view(CURVE_POINTS),
        loop.head,
    )


def _record_of(loop: LearningLoop, stage: Stage) -> TurnRecord | None:
    """The last turn that did a stage, a failed one included."""
    failed = loop.failure.record if loop.failure else None
    return failed if failed and failed.done >= stage else loop.record_of(stage)


def sample_of(loop: LearningLoop, view: View) -> int:
    """The row in hand: the picked one, or the first of the inspected record's batch."""
    if view.sample is not None and 0 <= view.sample < len(loop.problem.x):
        return view.sample
    record = _record_of(loop, view.inspected) or loop.record
    return int(record.rows[0] if record is not None else loop.batch_of(0)[0])
