"""Stage 2: the plane as each layer bends it, with the classes in it."""

from __future__ import annotations

import numpy as np

from core.explain.case import ArrayTable, Case
from core.explain.context import kernel_of
from core.explain.lenses.crowd import Crowd, some_rows
from core.explain.lenses.plane import Plane
from core.explain.lenses.probe import probe
from core.metrics import predicted_classes

LINES, POINTS = 13, 40
MARGIN = 0.05
PROBED = 2000
FEWEST_PROBED, NUMBERS_PROBED = 300, 128_000


def warp(case: Case) -> ArrayTable:
    """Samples, grid and linear probe at each layer, at the turn's parameters, without dropout.

    Layer 0 are the represented inputs, layer i the outputs of the i-th hidden layer.

    Returns
    -------
    dict
        ``widths`` (layers,); ``rows``, ``source_rows``, ``classes``, ``in_batch`` (n,) and
        ``chosen`` of the samples shown; for classes ``wrong`` (n,), which of them the model gets
        wrong; for each layer ``points_i`` (n, 2), ``explained_i`` and
        ``probe_i``; for two features ``grid_i`` (lines, points, 2), half of the lines along each
        input; ``probe_rows`` and ``probe_tested``, how many rows the probe is fitted and tested
        on, and ``probe_validation``, whether these are unseen.
    """
    record, problem = case.record, case.problem
    widths = record.layout.sizes[:-1]
    crowd = Crowd.of(case)
    most = min(PROBED, max(FEWEST_PROBED, NUMBERS_PROBED // max(widths)))
    fitted = some_rows(case, problem.parts.train, most)
    tested = some_rows(case, problem.parts.validation, most)
    unseen = bool(len(tested))
    tested = tested if unseen else fitted
    shown = problem.inputs(crowd.rows)
    grid = _grid(shown[: crowd.training]) if widths[0] == 2 else np.zeros((0, POINTS, 2))
    # One pass for all of them.
    parts = (shown, problem.inputs(fitted), problem.inputs(tested), grid.reshape(-1, widths[0])
             if len(grid) else np.zeros((0, widths[0])))  # fmt: skip
    x = np.concatenate(parts, dtype=record.theta.dtype, casting="same_kind")
    cuts = np.cumsum([len(part) for part in parts])[:-1]
    kernel = kernel_of(case.context, record.theta.dtype.name, False)
    *hidden, scores = kernel.activations(x)
    layers = [x, *hidden]
    arrays = crowd.arrays(case) | {
        "widths": np.array(widths),
        "probe_rows": np.asarray(len(fitted)),
        "probe_tested": np.asarray(len(tested)),
        "probe_validation": np.asarray(unseen),
    }
    target = problem.dataset.target
    if problem.classes:
        arrays["wrong"] = predicted_classes(scores[: len(shown)]) != target[crowd.rows]
    for i, layer in enumerate(layers):
        points, known, asked, lines = np.split(layer, cuts)
        plane = Plane.fit(points[: crowd.training])
        arrays[f"points_{i}"] = plane.project(points)
        arrays[f"explained_{i}"] = np.asarray(plane.explained)
        if len(grid):
            arrays[f"grid_{i}"] = plane.project(lines).reshape(grid.shape)
        arrays[f"probe_{i}"] = np.asarray(
            probe(known, target[fitted], asked, target[tested], problem.classes)
        )
    return arrays


def _grid(x: np.ndarray) -> np.ndarray:
    """Lines (lines, points, 2) over the place that two inputs (n, 2) take."""
    x = x.astype(np.float64)
    low, high = x.min(axis=0), x.max(axis=0)
    room = MARGIN * np.where(high > low, high - low, 1.0)
    low, high = low - room, high + room
    share = np.linspace(0.0, 1.0, LINES)[:, None], np.linspace(0.0, 1.0, POINTS)[None, :]
    lines = np.empty((2, LINES, POINTS, 2))
    for held, moving in ((0, 1), (1, 0)):
        lines[held, :, :, held] = low[held] + (high[held] - low[held]) * share[0]
        lines[held, :, :, moving] = low[moving] + (high[moving] - low[moving]) * share[1]
    return lines.reshape(2 * LINES, POINTS, 2)
