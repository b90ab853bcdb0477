"""Frames: everything that the window shows of one moment of a run, immutable."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

import numpy as np

from core.checks import Check
from core.experiment import Experiment
from core.explain import StageExplanation
from core.explain.case import NOTHING_ASKED, Asked
from core.explain.trial import Trial, Value
from core.history import CurveView
from core.leap import Leap
from core.metrics import Evaluation
from core.network.choice import Choice
from core.network.layout import Layout
from core.position import Failure, Position
from core.problem import Problem
from core.record import TurnRecord
from core.runs import RunSummary
from core.stages import Stage


class RunState(StrEnum):
    """What a run is doing; see `MOVES` for what may follow what."""

    PAUSED = "paused"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


MOVES = {
    RunState.PAUSED: {RunState.RUNNING, RunState.FAILED, RunState.FINISHED},
    RunState.RUNNING: {RunState.PAUSED, RunState.FINISHED, RunState.FAILED},
    RunState.FINISHED: {RunState.PAUSED, RunState.RUNNING, RunState.FAILED},
    RunState.FAILED: {RunState.PAUSED},
}


@dataclass(frozen=True)
class View:
    """What the window wants to see; a frame carries nothing else that costs time.

    Attributes
    ----------
    columns : tuple of int or None
        The data columns across and up the boundary plot; None for the most telling ones.
    sample : int or None
        The picked row of the data; None for the first of the batch.
    inspected : Stage
    boundary, units, curves, inspector, embedding, film, trajectory : bool
        Which views are visible.
    unit : tuple of (int, int) or None
        Layer and unit that a person has chosen, from 0; None for the explanation's own.
    parameter : int or None
        Place in the flat vector that a person has chosen; None for the explanation's own.
    lens : str
        What the open face of the inspector needs; see `core.evaluation.lenses`.
    asked : Asked
        What has been set in that face.
    own : tuple or None
        An object of the person's own, a value for each column; see `core.explain.trial`.
    """

    columns: tuple[int, int] | None = None
    sample: int | None = None
    inspected: Stage = Stage.REPRESENT
    boundary: bool = True
    units: bool = True
    curves: bool = True
    inspector: bool = True
    embedding: bool = True
    film: bool = False
    trajectory: bool = False
    unit: tuple[int, int] | None = None
    parameter: int | None = None
    lens: str = ""
    asked: Asked = NOTHING_ASKED
    own: tuple[Value, ...] | None = None


@dataclass(frozen=True, eq=False)
class MapFrame:
    """What the model answers over the plane of two columns, or along one.

    Attributes
    ----------
    mode : str
        ``"classes"``, ``"surface"`` or ``"curve"``.
    extent : tuple of float
        x0, x1, y0, y1 in the columns' own units.
    index : ndarray of uint8, shape (h, w), or None
        Position in a table of 256 colours; the first row is the lowest y.
    values : ndarray or None
        (h, w) probability of class 1 or predicted number; (h, w, K) of each class.
    labels : ndarray of int, shape (h, w), or None
        Predicted class, where there are more than two scores.
    curve : tuple of two ndarray, or None
    scale : tuple of float
        Targets at the ends of the colours (surface).
    units : tuple of ndarray of uint8
        By column of the network (inputs, hidden layers, outputs): (units, h, w), top row first.
    """

    mode: Literal["classes", "surface", "curve"]
    extent: tuple[float, float, float, float]
    index: np.ndarray | None = None
    values: np.ndarray | None = None
    labels: np.ndarray | None = None
    curve: tuple[np.ndarray, np.ndarray] | None = None
    scale: tuple[float, float] = (0.0, 1.0)
    units: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True, eq=False)
class CurvesFrame:
    """The history, thinned to what a plot can show."""

    updates: CurveView
    checks: CurveView
    head: int


@dataclass(frozen=True, eq=False)
class EmbeddingFrame:
    """The last hidden layer's answer to validation samples, along its two main directions."""

    rows: np.ndarray
    xy: np.ndarray
    wrong: np.ndarray


@dataclass(frozen=True, eq=False)
class FilmFrame:
    """The boundary as it was after some updates.

    Attributes
    ----------
    update : int
    map : MapFrame
        Small, without units.
    loss, metric : float
        On the training part: data loss, and accuracy or R².
    """

    update: int
    map: MapFrame
    loss: float
    metric: float


@dataclass(frozen=True, eq=False)
class Lens:
    """What a face of an inspector shows beyond the stage's explanation.

    Attributes
    ----------
    name : str
        In `core.evaluation.lenses.LENSES`.
    sample, turn : int
        Whose, and of which turn's record.
    arrays : dict of str to ndarray
    """

    name: str
    sample: int
    turn: int
    arrays: dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Frame:
    """One moment of a run. Arrays are never written again once a frame has been sent.

    `memory` is what the checkpoints of all runs take, and what they may take, in bytes; `kernel`
    says which code does the arithmetic, and why.
    """

    run: int
    state: RunState
    position: Position
    turn: int
    next_stage: Stage
    next_layer: int | None
    in_turn: bool
    settings: Experiment
    experiment: Experiment
    problem: Problem
    layout: Layout
    theta: np.ndarray
    record: TurnRecord | None
    previous: TurnRecord | None
    check: Check
    head: int
    place: int
    batches_per_epoch: int
    samples_seen: int
    seconds: float
    microseconds: float
    stepped: int
    worsened: int
    sample: int
    in_batch: bool
    columns: tuple[int, int]
    kernel: Choice
    command: int = 0
    reason: str = ""
    failure: Failure | None = None
    test: Evaluation | None = None
    explanations: dict[Stage, StageExplanation] = field(default_factory=dict)
    curves: CurvesFrame | None = None
    runs: tuple[RunSummary, ...] = ()
    memory: tuple[int, int] = (0, 0)
    lens: Lens | None = None
    leaps: tuple[Leap, ...] = ()
    film: tuple[FilmFrame, ...] | None = None
    trajectory: tuple[tuple[int, np.ndarray], ...] | None = None
    map: MapFrame | None = None
    embedding: EmbeddingFrame | None = None
    own: Trial | None = None

    def record_of(self, stage: Stage) -> TurnRecord | None:
        """The record of the last turn that did `stage`; None before the first."""
        if self.failure and self.failure.record.done >= stage:
            return self.failure.record
        if self.record is not None and self.record.done >= stage:
            return self.record
        return self.previous

    @property
    def parameters(self) -> int:
        return self.layout.parameters

    def with_views_of(self, older: Frame | None) -> Frame:
        """The same frame, with the pictures of an older one where it has none of its own."""
        if older is None or older.run != self.run:
            return self
        return replace(
            self,
            curves=self.curves or older.curves,
            map=self.map or older.map,
            embedding=self.embedding or older.embedding,
            explanations=self.explanations or older.explanations,
            lens=self.lens or older.lens,
            film=self.film or older.film,
            trajectory=self.trajectory or older.trajectory,
            own=self.own or older.own,
        )
