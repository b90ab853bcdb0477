"""What a model answers over a plane, worked out from one batch forward pass."""

from __future__ import annotations

from math import sqrt

import numpy as np

from core.loop import LearningLoop
from core.problem import Problem
from mlloop_gui.frames import EmbeddingFrame, MapFrame

FINEST, COARSEST = 100, 25
MOST_PRODUCTS = 60e6
UNITS_SHOWN = 24
CURVE_POINTS = 400
EMBEDDED = 500
UNIT_CELLS = 40
TELLING_ROWS = 20_000

Extent = tuple[float, float, float, float]


def extent_of(problem: Problem, columns: tuple[int, int]) -> Extent:
    """The stretch of the plane in view: all samples, and a margin."""
    ends: list[float] = []
    for column in columns:
        values = problem.dataset.inputs[:, column]
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        if problem.dataset.generated:
            reach = max(1.0, abs(low), abs(high)) * 1.06
            low, high = -reach, reach
        margin = 0.0 if problem.dataset.generated else 0.06 * ((high - low) or 1.0)
        ends += [low - margin, high + margin]
    if problem.dataset.generated and columns[0] != columns[1]:
        reach = max(ends)
        ends = [-reach, reach, -reach, reach]
    return ends[0], ends[1], ends[2], ends[3]


def telling_columns(problem: Problem) -> tuple[int, int]:
    """The two columns that say most about the target, by the training part.

    For classes by the spread of the class means over the spread within (F ratio), for numbers by
    the square of the correlation. Two columns or fewer stand as they are.
    """
    dataset, rows = problem.dataset, problem.parts.train
    if len(dataset.columns) <= 2:
        return 0, len(dataset.columns) - 1
    rows = rows[:: -(-len(rows) // TELLING_ROWS)]
    x = np.nan_to_num(dataset.inputs[rows])
    spread = x.var(axis=0)
    if problem.classes:
        target = dataset.target[rows]
        means = np.stack([x[target == k].mean(axis=0) for k in np.unique(target)])
        explained = means.var(axis=0)
        score = explained / np.maximum(spread - explained, 1e-12)
    else:
        y = dataset.target[rows] - dataset.target[rows].mean()
        score = ((x - x.mean(axis=0)) * y[:, None]).mean(axis=0) ** 2 / np.maximum(spread, 1e-12)
    first, second = np.argsort(-np.where(spread > 0, score, -1.0), kind="stable")[:2]
    return int(first), int(second)


class MapMaker:
    """Makes `MapFrame`s; keeps the represented grid while the same plane is looked at.

    Parameters
    ----------
    finest : int
        Cells a side of a small network's map.
    """

    def __init__(self, finest: int = FINEST) -> None:
        self._finest = finest
        self._plane: tuple | None = None
        self._representation: object = None
        self._bounds: Bounds | None = None
        self._held = -1
        self._x = np.zeros((0, 0), np.float32)

    def make(
        self,
        loop: LearningLoop,
        columns: tuple[int, int],
        held: int,
        units: bool,
        theta: np.ndarray | None = None,
        share: float = 1.0,
    ) -> MapFrame:
        """The map over two columns, all others as they are in row `held`.

        By the present parameters, or by `theta` (parameters,); with a `share` of the finest
        map's cells a side.
        """
        problem = loop.problem
        theta = loop.learner.kernel.theta if theta is None else theta
        if len(problem.dataset.columns) < 2:
            columns = (0, 0)
        if self._bounds is None or not self._bounds.are_of(problem, columns):
            self._bounds = Bounds(problem, columns)
        if len(problem.dataset.columns) < 2 and not problem.classes:
            return self._curve(loop, units, theta)
        fine = min(self._finest, max(COARSEST, sqrt(MOST_PRODUCTS / (2 * loop.learner.parameters))))
        size = max(COARSEST, int(share * int(fine)))
        self._look_at(problem, columns, held, size)
        found = loop.learner.kernel.activations(self._x, theta.astype(np.float32))
        frame = _answers(problem, found[-1], size, self._bounds)
        if not units:
            return frame
        maps = [_unit_maps(self._x, size)]
        maps += [_unit_maps(a, size) for a in found[:-1]]
        maps.append(_output_maps(frame, found[-1], size))
        return MapFrame(**{**frame.__dict__, "units": tuple(maps)})

    def _look_at(self, problem: Problem, columns: tuple[int, int], held: int, size: int) -> None:
        """Represent the cells' middles; what only the held row decides is written over."""
        made, plane = problem.representation, (columns, size)
        known = made is self._representation and plane == self._plane
        if known and held == self._held:
            return
        assert self._bounds is not None
        x0, x1, y0, y1 = self._bounds.extent
        centres = (np.arange(size) + 0.5) / size
        raw = np.repeat(problem.dataset.inputs[held : held + 1], size, axis=0)
        raw[:, columns[1]] = y0 + (y1 - y0) * centres
        raw[:, columns[0]] = x0 + (x1 - x0) * centres
        # A line of cells tells all of what is made of one of the two columns.
        line = made.transform(raw).astype(np.float32)
        names = problem.dataset.column_names
        across, up = (names[column] for column in columns)
        if not known:
            # A feature after the other, as the kernel reads them, and as exact as a colour is.
            self._x = np.empty((size * size, line.shape[1]), np.float32, order="F")
        joint = []
        for k, feature in enumerate(made.features):
            of_across, of_up = across in feature.columns, up in feature.columns
            if of_across and of_up and across != up:
                joint.append(k)
            elif not (of_across or of_up):
                self._x[:, k] = line[0, k]
            elif not known or len(feature.columns) > 1:
                cells = np.tile(line[:, k], size) if of_across else line[:, k].repeat(size)
                self._x[:, k] = cells
        if joint:
            whole = np.repeat(raw[:1], size * size, axis=0)
            whole[:, columns[1]] = np.repeat(raw[:, columns[1]], size)
            whole[:, columns[0]] = np.tile(raw[:, columns[0]], size)
            self._x[:, joint] = made.transform(whole)[:, joint]
        self._representation, self._plane, self._held = made, plane, held

    def _curve(self, loop: LearningLoop, units: bool, theta: np.ndarray) -> MapFrame:
        problem, bounds = loop.problem, self._bounds
        assert bounds is not None
        low, high = bounds.inputs
        margin = 0.06 * ((high - low) or 1.0)
        x = np.linspace(low - margin, high + margin, CURVE_POINTS)
        inputs = problem.representation.transform(x[:, None]).astype(problem.x.dtype)
        found = loop.learner.kernel.activations(inputs, theta)
        y = problem.representation.inverse_target(found[-1][:, 0].astype(np.float64))
        bottom, top = bounds.targets
        space = 0.12 * ((top - bottom) or 1.0)
        extent = (float(x[0]), float(x[-1]), bottom - space, top + space)
        maps = tuple(_strips(a) for a in (inputs, *found)) if units else ()
        return MapFrame("curve", extent, curve=(x, y), units=maps)


class Bounds:
    """How far the data reach: looked at once, because there may be many rows.

    Attributes
    ----------
    extent : tuple of float
        Of the plane of two columns, see `extent_of`.
    inputs, targets : tuple of float
        Least and greatest of the first column across, and of the target.
    """

    def __init__(self, problem: Problem, columns: tuple[int, int]) -> None:
        self._dataset, self._columns = problem.dataset, columns
        self.extent = extent_of(problem, columns)
        values, target = problem.dataset.inputs[:, columns[0]], problem.dataset.target
        self.inputs = float(np.nanmin(values)), float(np.nanmax(values))
        self.targets = float(target.min()), float(target.max())

    def are_of(self, problem: Problem, columns: tuple[int, int]) -> bool:
        """Whether they are those of this plane."""
        return problem.dataset is self._dataset and columns == self._columns


def _answers(problem: Problem, scores: np.ndarray, size: int, bounds: Bounds) -> MapFrame:
    extent = bounds.extent
    if not problem.classes:
        values = problem.representation.inverse_target(scores[:, 0].astype(np.float64))
        values = values.reshape(size, size)
        low, high = bounds.targets
        index = _to_index((values - low) / ((high - low) or 1.0))
        return MapFrame("surface", extent, index, values, scale=(low, high))
    shares = class_shares(problem, scores)
    if problem.classes == 2:
        values = shares[:, 1].reshape(size, size)
        return MapFrame("classes", extent, _to_index(values), values)
    values = shares.reshape(size, size, problem.classes)
    return MapFrame("classes", extent, None, values, values.argmax(axis=2))


def class_shares(problem: Problem, scores: np.ndarray) -> np.ndarray:
    """How much of each class's colour an answer gets, (rows, classes).

    Probabilities where the loss gives them; else scores between their two targets.
    """
    shares = problem.loss.probabilities(scores)
    if shares is None:
        low = -1.0 if problem.loss.name == "hinge" else 0.0
        shares = np.clip((scores - low) / (1.0 - low), 0.0, 1.0)
        if scores.shape[1] == 1:
            return np.hstack([1.0 - shares, shares])
    if problem.classes == 2 and shares.shape[1] == 2 and scores.shape[1] == 2:
        # The colour's middle must stand where the prediction turns over.
        shares = shares + (1.0 - shares.sum(axis=1, keepdims=True)) / 2
        return np.clip(shares, 0.0, 1.0)
    total = shares.sum(axis=1, keepdims=True)
    return np.divide(shares, total, out=np.full_like(shares, 1 / problem.classes), where=total > 0)


def _to_index(values: np.ndarray) -> np.ndarray:
    index = np.nan_to_num(values, nan=0.5) * 256.0
    return np.clip(index, 0.0, 255.0).astype(np.uint8)


def _unit_maps(answers: np.ndarray, size: int) -> np.ndarray:
    """Signed answers (rows, units) as indices, each layer on one scale, top row first."""
    stride = -(-size // UNIT_CELLS)
    units = answers.T[:UNITS_SHOWN].reshape(-1, size, size)[:, ::-stride, ::stride]
    reach = float(np.nanmax(np.abs(units))) if units.size else 0.0
    if not np.isfinite(reach) or reach == 0.0:
        return np.full(units.shape, 128, np.uint8)
    return _to_index(0.5 + 0.5 * units / reach)


def _strips(answers: np.ndarray) -> np.ndarray:
    """Signed answers along one input (points, units) as bands of colour."""
    bands = answers[::10].T[:UNITS_SHOWN, None, :]
    reach = float(np.nanmax(np.abs(bands))) if bands.size else 0.0
    shown = np.repeat(bands, 8, axis=1)
    if not np.isfinite(reach) or reach == 0.0:
        return np.full(shown.shape, 128, np.uint8)
    return _to_index(0.5 + 0.5 * shown / reach)


def _output_maps(frame: MapFrame, scores: np.ndarray, size: int) -> np.ndarray:
    stride = -(-size // UNIT_CELLS)
    if frame.index is not None and scores.shape[1] == 1:
        return frame.index[None, ::-stride, ::stride]
    shares = frame.values if frame.values is not None else scores
    if shares.ndim == 2:
        shares = np.stack([1.0 - shares, shares], axis=2)
    maps = shares.transpose(2, 0, 1)[:UNITS_SHOWN, ::-stride, ::stride]
    return _to_index(maps)


def embedding(loop: LearningLoop) -> EmbeddingFrame | None:
    """Validation samples in the last hidden layer, by its two main directions (PCA)."""
    problem = loop.problem
    rows = problem.parts.validation[:EMBEDDED]
    if not len(rows):
        rows = problem.parts.train[:EMBEDDED]
    found = loop.learner.kernel.activations(problem.inputs(rows))
    a = (found[-2] if len(found) > 1 else problem.inputs(rows)).astype(np.float64)
    if not np.isfinite(a).all():
        return None
    a = a - a.mean(axis=0)
    spread = a.T @ a
    directions = np.linalg.eigh(spread)[1][:, ::-1][:, :2]
    # A direction may come out either way round; its largest entry is kept above 0.
    top = np.abs(directions).argmax(axis=0)
    directions = directions * np.sign(directions[top, np.arange(directions.shape[1])])
    xy = a @ directions
    if xy.shape[1] < 2:
        xy = np.column_stack([xy, np.zeros(len(xy))])
    wrong = problem.evaluate(rows, found[-1]).wrong
    return EmbeddingFrame(rows, xy, np.zeros(len(rows), bool) if wrong is None else wrong)
