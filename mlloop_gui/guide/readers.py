"""How a chapter's numbers are read: of a frame, its record, the sample in hand, a parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.explain.objective import total_gradient
from core.metrics import predicted_classes
from core.record import TurnRecord
from core.stages import Stage
from mlloop_gui.frames import Frame
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.shown import Shown


@dataclass(frozen=True)
class Place:
    """Which of a family of numbers: the layer, and the indices within it."""

    layer: int = 0
    at: tuple[int, ...] = ()


Read = Callable[[Frame, Place], float]


def record_at(frame: Frame, stage: Stage) -> TurnRecord:
    """The record of the last turn that did a stage."""
    record = frame.record_of(stage)
    if record is None:
        raise LookupError(stage)
    return record


def shown_at(frame: Frame, stage: Stage) -> Shown:
    """The arrays of that turn's batch, or of a sample outside it."""
    moment = Moment.of(frame, stage)
    if moment.record is None or moment.half is not None:
        raise LookupError(stage)
    return moment.shown


def of_sample(stage: Stage, arrays: Callable[[Shown], np.ndarray]) -> Read:
    """A number of the sample in hand."""

    def read(frame: Frame, place: Place) -> float:
        shown = shown_at(frame, stage)
        return arrays(shown)[(shown.chosen or 0, *place.at)]

    return read


def by_layer(stage: Stage, arrays: Callable[[Shown], tuple[np.ndarray, ...]]) -> Read:
    """A unit's number, for the sample in hand."""

    def read(frame: Frame, place: Place) -> float:
        shown = shown_at(frame, stage)
        return arrays(shown)[place.layer][(shown.chosen or 0, *place.at)]

    return read


def unit_sum(frame: Frame, place: Place) -> float:
    """A unit's sum; in the first layer also before stage 2, for who adds it up by hand."""
    shown, record = shown_at(frame, Stage.REPRESENT), record_at(frame, Stage.REPRESENT)
    row = shown.chosen or 0
    if len(shown.z) > place.layer:
        return shown.z[place.layer][(row, *place.at)]
    if place.layer:
        raise LookupError(place)
    weight, bias = record.layout.weight(record.theta, 0), record.layout.bias(record.theta, 0)
    return (shown.x[row] @ weight + bias)[place.at]


def unit_slope(frame: Frame, place: Place) -> float:
    """The slope of a unit's activation, for the sample in hand."""
    shown, record = shown_at(frame, Stage.GRADIENTS), record_at(frame, Stage.GRADIENTS)
    return shown.slope(record, place.layer)[(shown.chosen or 0, *place.at)]


Vector = Callable[[Frame], np.ndarray]


def parameter(kind: str, vector: Vector) -> Read:
    """An entry of a vector of parameters, by layer and indices."""

    def read(frame: Frame, place: Place) -> float:
        flat, layout = vector(frame), frame.layout
        if place.layer >= layout.layers:
            raise LookupError(place)
        part = layout.weight if kind == "weight" else layout.bias
        return part(flat, place.layer)[place.at]

    return read


def now(frame: Frame) -> np.ndarray:
    """The parameters as they are."""
    return frame.theta


def before_step(frame: Frame) -> np.ndarray:
    """The parameters that the turn began with."""
    return record_at(frame, Stage.TRANSFORM).theta


def gradient(frame: Frame) -> np.ndarray:
    """The gradient, penalty included."""
    return total_gradient(record_at(frame, Stage.GRADIENTS))


def planned(frame: Frame) -> np.ndarray:
    """w - rate x gradient of the turn in hand, whether stage 7 has come or not."""
    rate = frame.settings.optimizer.learning_rate or 0.0
    return record_at(frame, Stage.GRADIENTS).theta - rate * gradient(frame)


def nudged(name: str) -> Vector:
    """What stage 5 found by nudging, NaN where it did not; made while that stage is inspected."""

    def vector(frame: Frame) -> np.ndarray:
        arrays = frame.explanations[Stage.GRADIENTS].arrays
        flat = np.full(frame.parameters, np.nan)
        flat[arrays["nudged_parameters"]] = arrays[name]
        return flat

    return vector


def step_made(frame: Frame) -> np.ndarray:
    """What the update added."""
    step = record_at(frame, Stage.UPDATE).step
    if step is None:
        raise LookupError("step")
    return step


def weight_share(frame: Frame, place: Place) -> float:
    """What the sample in hand adds to a weight's gradient: input x delta x vote."""
    shown, (i, j) = shown_at(frame, Stage.GRADIENTS), place.at
    k = shown.chosen or 0
    given = shown.input_of(place.layer)[k, i]
    return given * shown.delta[place.layer][k, j] * shown.vote[k]


def probability(frame: Frame, stage: Stage, of_class: int) -> float:
    """The probability that the sample in hand gave to a class."""
    shown, problem = shown_at(frame, stage), frame.problem
    shares = problem.loss.probabilities(shown.scores) if problem.classes else None
    if shares is None:
        raise LookupError("no probabilities")
    return float(shares[shown.chosen or 0, of_class])


def truth_probability(frame: Frame, place: Place) -> float:
    """The probability that it gave to its true class."""
    return probability(frame, Stage.PREDICT, int(frame.problem.dataset.target[frame.sample]))


def output_probability(frame: Frame, place: Place) -> float:
    """The probability of the second class, where one output stands for two."""
    if frame.problem.outputs != 1:
        raise LookupError("more than one output")
    return probability(frame, Stage.TRANSFORM, 1)


def sample_loss(shown: Shown) -> np.ndarray:
    """Each shown sample's loss."""
    if shown.price is None:
        raise LookupError("loss")
    return shown.price


def batch_right(frame: Frame, place: Place) -> float:
    """How many of the batch are guessed right."""
    record = record_at(frame, Stage.PREDICT)
    truth = frame.problem.dataset.target[record.rows]
    return float((predicted_classes(record.scores) == truth).sum())


def told(stage: Stage, name: str) -> Read:
    """A number of the stage's explanation, which is made while that stage is inspected."""

    def read(frame: Frame, place: Place) -> float:
        return float(frame.explanations[stage].arrays[name])

    return read


def of_frame(read: Callable[[Frame], float]) -> Read:
    """A number of the frame itself."""
    return lambda frame, place: read(frame)


def from_record(stage: Stage, read: Callable[[TurnRecord], float]) -> Read:
    """A number of the record of the last turn that did a stage."""
    return lambda frame, place: read(record_at(frame, stage))
