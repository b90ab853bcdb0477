"""Numbers that a chapter may name: read from the frame's own arrays, never written in a file.

Those marked * are made only while their stage is the one inspected.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

import numpy as np

from core.explain.objective import total_gradient
from core.metrics import predicted_classes
from core.record import TurnRecord
from core.stages import Stage
from mlloop_gui.frames import Frame
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.shown import Shown
from mlloop_gui.plots import numbers

_NAME = re.compile(r"([a-z_]+?)(?:_(\d{1,3}))?(?:\[(\d{1,6})(?:,(\d{1,6}))?\])?", re.ASCII)
UNKNOWN = "…"


@dataclass(frozen=True)
class Place:
    """Which of a family of numbers: the layer, and the indices within it."""

    layer: int = 0
    at: tuple[int, ...] = ()


Read = Callable[[Frame, Place], float]
Write = Callable[[float], str]


def _four(value: float) -> str:
    return numbers.short(value, 4)


def _exact(value: float) -> str:
    return numbers.fixed(value, 10)


def _whole(value: float) -> str:
    return numbers.count(round(value))


@dataclass(frozen=True)
class Quantity:
    """A number by name.

    Attributes
    ----------
    told : str
        What it is, for whoever writes a chapter.
    read : callable
        ``read(frame, place)``; what a frame does not have is an error of lookup, and no number.
    layered : bool
        Whether a layer, counted from 0, follows the name: ``z_0``.
    indices : int
        How many stand in brackets after it.
    write : callable
        The number as text.
    """

    told: str
    read: Read
    layered: bool = False
    indices: int = 0
    write: Write = _four

    def spelled(self, name: str) -> str:
        """How it is written in a chapter."""
        marks = ("", "[j]", "[i,j]")[self.indices]
        return f"{name}{'_0' if self.layered else ''}{marks}"


def known(name: str) -> bool:
    """Return whether a chapter may write this name."""
    return _parse(name) is not None


def spelled() -> list[str]:
    """Return every name as a chapter writes it."""
    return [quantity.spelled(name) for name, quantity in QUANTITIES.items()]


def value_of(name: str, frame: Frame | None) -> float | None:
    """Return a number, None while there is none; KeyError for an unknown name."""
    parsed = _parse(name)
    if parsed is None:
        raise KeyError(name)
    quantity, place = parsed
    if frame is None:
        return None
    try:
        with np.errstate(all="ignore"):
            value = float(quantity.read(frame, place))
        return value if isfinite(value) else None
    except (LookupError, AttributeError, TypeError):
        # The turn has not come so far, or the model has no such part.
        return None


def text_of(name: str, frame: Frame | None) -> str:
    """Return a number as text, an ellipsis while there is none."""
    value = value_of(name, frame)
    parsed = _parse(name)
    return UNKNOWN if value is None or parsed is None else parsed[0].write(value)


def _parse(name: str) -> tuple[Quantity, Place] | None:
    if name in QUANTITIES and not (QUANTITIES[name].layered or QUANTITIES[name].indices):
        return QUANTITIES[name], Place()
    found = _NAME.fullmatch(name.replace(" ", ""))
    if found is None or found[1] not in QUANTITIES:
        return None
    quantity = QUANTITIES[found[1]]
    at = tuple(int(index) for index in (found[3], found[4]) if index is not None)
    if quantity.layered != (found[2] is not None) or quantity.indices != len(at):
        return None
    return quantity, Place(int(found[2] or 0), at)


# -- where they come from ----------------------------------------------------------------------


def _record(frame: Frame, stage: Stage) -> TurnRecord:
    record = frame.record_of(stage)
    if record is None:
        raise LookupError(stage)
    return record


def _shown(frame: Frame, stage: Stage) -> Shown:
    moment = Moment.of(frame, stage)
    if moment.record is None or moment.half is not None:
        raise LookupError(stage)
    return moment.shown


def _mine(stage: Stage, arrays: Callable[[Shown], np.ndarray]) -> Read:
    """A number of the sample in hand."""

    def read(frame: Frame, place: Place) -> float:
        shown = _shown(frame, stage)
        return arrays(shown)[(shown.chosen or 0, *place.at)]

    return read


def _by_layer(stage: Stage, arrays: Callable[[Shown], tuple[np.ndarray, ...]]) -> Read:
    """A unit's number, for the sample in hand."""

    def read(frame: Frame, place: Place) -> float:
        shown = _shown(frame, stage)
        return arrays(shown)[place.layer][(shown.chosen or 0, *place.at)]

    return read


def _slope(frame: Frame, place: Place) -> float:
    shown, record = _shown(frame, Stage.BACKPROPAGATE), _record(frame, Stage.BACKPROPAGATE)
    return shown.slope(record, place.layer)[(shown.chosen or 0, *place.at)]


Vector = Callable[[Frame], np.ndarray]


def _parameter(kind: str, vector: Vector) -> Read:
    """An entry of a vector of parameters, by layer and indices."""

    def read(frame: Frame, place: Place) -> float:
        flat, layout = vector(frame), frame.layout
        if place.layer >= layout.layers:
            raise LookupError(place)
        part = layout.weight if kind == "weight" else layout.bias
        return part(flat, place.layer)[place.at]

    return read


def _now(frame: Frame) -> np.ndarray:
    return frame.theta


def _before(frame: Frame) -> np.ndarray:
    return _record(frame, Stage.TRANSFORM).theta


def _gradient(frame: Frame) -> np.ndarray:
    return total_gradient(_record(frame, Stage.GRADIENTS))


def _planned(frame: Frame) -> np.ndarray:
    """w - rate x gradient of the turn in hand, whether stage 7 has come or not."""
    rate = frame.settings.optimizer.learning_rate or 0.0
    return _record(frame, Stage.GRADIENTS).theta - rate * _gradient(frame)


def _nudged(name: str) -> Vector:
    """What stage 5 found by nudging, NaN where it did not; made while that stage is inspected."""

    def vector(frame: Frame) -> np.ndarray:
        arrays = frame.explanations[Stage.GRADIENTS].arrays
        flat = np.full(frame.parameters, np.nan)
        flat[arrays["nudged_parameters"]] = arrays[name]
        return flat

    return vector


def _step(frame: Frame) -> np.ndarray:
    step = _record(frame, Stage.UPDATE).step
    if step is None:
        raise LookupError("step")
    return step


def _share(frame: Frame, place: Place) -> float:
    """What the sample in hand adds to a weight's gradient: input x delta x vote."""
    shown, (i, j) = _shown(frame, Stage.BACKPROPAGATE), place.at
    k = shown.chosen or 0
    given = shown.input_of(place.layer)[k, i]
    return given * shown.delta[place.layer][k, j] * shown.vote[k]


def _truth_probability(frame: Frame, place: Place) -> float:
    shown, problem = _shown(frame, Stage.PREDICT), frame.problem
    shares = problem.loss.probabilities(shown.scores) if problem.classes else None
    if shares is None:
        raise LookupError("no probabilities")
    k = shown.chosen or 0
    return float(shares[k, int(problem.dataset.target[frame.sample])])


def _output_probability(frame: Frame, place: Place) -> float:
    shown, problem = _shown(frame, Stage.TRANSFORM), frame.problem
    shares = problem.loss.probabilities(shown.scores) if problem.classes else None
    if shares is None or problem.outputs != 1:
        raise LookupError("no one probability")
    return float(shares[shown.chosen or 0, 1])


def _sample_loss(shown: Shown) -> np.ndarray:
    if shown.price is None:
        raise LookupError("loss")
    return shown.price


def _right(frame: Frame, place: Place) -> float:
    record = _record(frame, Stage.PREDICT)
    truth = frame.problem.dataset.target[record.rows]
    return float((predicted_classes(record.scores) == truth).sum())


def _told(stage: Stage, name: str) -> Read:
    """A number of the stage's explanation, which is made while that stage is inspected."""

    def read(frame: Frame, place: Place) -> float:
        return float(frame.explanations[stage].arrays[name])

    return read


def _of(read: Callable[[Frame], float]) -> Read:
    return lambda frame, place: read(frame)


def _from(stage: Stage, read: Callable[[TurnRecord], float]) -> Read:
    return lambda frame, place: read(_record(frame, stage))


def _families() -> dict[str, Quantity]:
    """Weights and biases: before the step, now, and what belongs to them."""
    vectors: dict[str, tuple[str, Vector, Write]] = {
        "{}": ("as it is now", _now, _four),
        "old_{}": ("before this turn's step", _before, _four),
        "gradient_{}": ("its gradient, penalty included", _gradient, _four),
        "new_{}": ("its value minus rate × gradient, also before stage 7", _planned, _four),
        "step_{}": ("what the update added", _step, _four),
        "loss_up_{}": ("the objective with it nudged up *", _nudged("objective_up"), _exact),
        "loss_down_{}": ("the objective with it nudged down *", _nudged("objective_down"), _exact),
        "nudged_{}": ("its slope found by nudging *", _nudged("nudged_gradient"), _four),
    }
    kinds = (("weight", 2), ("bias", 1))
    return {
        name.format(kind): Quantity(
            f"{kind} of a layer: {told}", _parameter(kind, vector), True, n, write
        )
        for name, (told, vector, write) in vectors.items()
        for kind, n in kinds
    }


QUANTITIES: dict[str, Quantity] = {
    "update": Quantity("updates made", _of(lambda f: f.position.update), write=_whole),
    "epoch": Quantity("epochs finished", _of(lambda f: f.position.epoch), write=_whole),
    "parameters": Quantity("weights and biases", _of(lambda f: f.parameters), write=_whole),
    "weights": Quantity("weights", _of(lambda f: float(f.layout.is_weight.sum())), write=_whole),
    "biases": Quantity("biases", _of(lambda f: sum(f.layout.sizes[1:])), write=_whole),
    "passes": Quantity(
        "forward passes that nudge every parameter both ways",
        _of(lambda f: 2 * f.parameters),
        write=_whole,
    ),
    "rate": Quantity(
        "learning rate in force",
        _of(lambda f: f.settings.optimizer.learning_rate or 0.0),
        write=lambda value: numbers.signed(f"{value:g}"),
    ),
    "batch_size": Quantity(
        "samples in a batch", _of(lambda f: f.settings.optimizer.batch_size), write=_whole
    ),
    "batches": Quantity("batches in an epoch", _of(lambda f: f.batches_per_epoch), write=_whole),
    "train_rows": Quantity(
        "samples to learn from", _of(lambda f: len(f.problem.parts.train)), write=_whole
    ),
    "validation_rows": Quantity(
        "samples kept unseen", _of(lambda f: len(f.problem.parts.validation)), write=_whole
    ),
    "test_rows": Quantity(
        "samples under seal", _of(lambda f: len(f.problem.parts.test)), write=_whole
    ),
    "features": Quantity("numbers in a sample", _of(lambda f: f.problem.features), write=_whole),
    "loss": Quantity("mean loss of the batch", _from(Stage.LOSS, lambda r: r.loss)),
    "penalty": Quantity("penalty of the batch", _from(Stage.LOSS, lambda r: r.penalty)),
    "batch_right": Quantity("right guesses in the batch", _right, write=_whole),
    "gradient_norm": Quantity(
        "length of the gradient", _from(Stage.GRADIENTS, lambda r: r.gradient_norm)
    ),
    "promised": Quantity(
        "change of the objective that the slope promised *",
        _told(Stage.UPDATE, "promised"),
    ),
    "delivered": Quantity(
        "change of the objective that the step brought *",
        _told(Stage.UPDATE, "delivered"),
    ),
    "worsened": Quantity(
        "watched steps that made the whole worse", _of(lambda f: f.worsened), write=_whole
    ),
    "stepped": Quantity("watched steps", _of(lambda f: f.stepped), write=_whole),
    "train_loss": Quantity("loss on the training part", _of(lambda f: f.check.train.loss)),
    "validation_loss": Quantity("loss on unseen data", _of(lambda f: f.check.validation.loss)),
    "gap": Quantity(
        "validation loss minus training loss",
        _of(lambda f: f.check.validation.loss - f.check.train.loss),
    ),
    "train_accuracy": Quantity(
        "share of right guesses on the training part",
        _of(lambda f: f.check.train.metrics["accuracy"]),  # type: ignore[arg-type, return-value]
        write=numbers.percent,
    ),
    "validation_accuracy": Quantity(
        "share of right guesses on unseen data",
        _of(lambda f: f.check.validation.metrics["accuracy"]),  # type: ignore[arg-type, return-value]
        write=numbers.percent,
    ),
    "x": Quantity(
        "a number of the sample in hand", _mine(Stage.REPRESENT, lambda s: s.x), indices=1
    ),
    "target": Quantity(
        "its truth as the loss wants it", _mine(Stage.REPRESENT, lambda s: s.y[:, 0])
    ),
    "score": Quantity("its (first) score", _mine(Stage.TRANSFORM, lambda s: s.scores[:, 0])),
    "output_probability": Quantity(
        "p of the second class, where there is one output", _output_probability
    ),
    "truth_probability": Quantity("probability that its true class got", _truth_probability),
    "sample_loss": Quantity("its loss", _mine(Stage.LOSS, _sample_loss)),
    "vote": Quantity("its weight in the mean", _mine(Stage.LOSS, lambda s: s.vote)),
    "loss_share": Quantity(
        "vote × loss: what it adds to the mean",
        _mine(Stage.LOSS, lambda s: s.vote * _sample_loss(s)),
    ),
    "z": Quantity(
        "sum of a unit for the sample in hand", _by_layer(Stage.TRANSFORM, lambda s: s.z), True, 1
    ),
    "a": Quantity("what the unit makes of it", _by_layer(Stage.TRANSFORM, lambda s: s.a), True, 1),
    "unit_slope": Quantity("slope of the unit's activation there", _slope, True, 1),
    "delta": Quantity(
        "slope of the sample's own loss by a unit's z",
        _by_layer(Stage.BACKPROPAGATE, lambda s: s.delta),
        True,
        1,
    ),
    "share_weight": Quantity("input × delta × vote: its share in a slope", _share, True, 2),
    **_families(),
}
