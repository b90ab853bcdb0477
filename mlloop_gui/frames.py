"""Frames: everything that the window shows of one moment of a run, immutable."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

import numpy as np

from core.checks import Check
from core.experiment import Experiment
from core.explain import StageExplanation
from core.history import CurveView
from core.metrics import Evaluation
from core.network.layout import Layout
from core.position import Failure, Position
from core.problem import Problem
from core.record import TurnRecord
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
    boundary, units, curves, inspector, embedding : bool
        Which views are visible.
    """

    columns: tuple[int, int] | None = None
    sample: int | None = None
    inspected: Stage = Stage.REPRESENT
    boundary: bool = True
    units: bool = True
    curves: bool = True
    inspector: bool = True
    embedding: bool = True


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
    """The history, thinned to what a plot can show, and the futures that were dropped."""

    updates: CurveView
    checks: CurveView
    dropped: tuple[tuple[CurveView, CurveView], ...]
    head: int


@dataclass(frozen=True, eq=False)
class EmbeddingFrame:
    """The last hidden layer's answer to validation samples, along its two main directions."""

    rows: np.ndarray
    xy: np.ndarray
    wrong: np.ndarray


@dataclass(frozen=True, eq=False)
class Frame:
    """One moment of a run. Arrays are never written again once a frame has been sent.

    `before` holds the whole curves of the run that this one took the place of.
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
    command: int = 0
    reason: str = ""
    failure: Failure | None = None
    test: Evaluation | None = None
    explanations: dict[Stage, StageExplanation] = field(default_factory=dict)
    curves: CurvesFrame | None = None
    before: CurvesFrame | None = None
    map: MapFrame | None = None
    embedding: EmbeddingFrame | None = None

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
        )
