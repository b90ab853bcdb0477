"""The landscape: 41 x 41 losses and the sharpness, for the default network and larger ones."""

from __future__ import annotations

from statistics import median
from time import perf_counter

import numpy as np

from benchmarks.tables import table, verdict
from core.experiment import Experiment
from core.landscape import Request, survey
from core.loop import LearningLoop

LIMIT = 0.5  # seconds, for the default network
REPEATS = 5
UPDATES = 500
OTHERS = {
    "circle, 2-8-8-8-1": {"model": {"hidden": [8, 8, 8]}},
    "digits, 64-64-10": {"data": {"source": "digits"}, "model": {"hidden": [64]}},
}


def measured(request: Request) -> tuple[float, float]:
    """Median seconds of a survey, and the longest that one went on without telling progress."""
    seconds, gaps = [], []
    for _ in range(REPEATS):
        told = [perf_counter()]
        survey(request, lambda share, told=told: told.append(perf_counter()))
        seconds.append(perf_counter() - told[0])
        gaps.append(float(np.diff(told).max()))
    return median(seconds), max(gaps)


def trained(tree: dict) -> LearningLoop:
    """A loop of some settings that has made its updates."""
    loop = LearningLoop(Experiment.from_dict(tree))
    loop.run(UPDATES)
    return loop


def row(name: str, loop: LearningLoop, kind: str, limit: float | None) -> tuple[list[str], bool]:
    """One kind of plane as a row, and whether its limit holds."""
    request = Request(
        loop.problem,
        loop.learner.layout,
        loop.settings,
        loop.learner.state()[0],
        kind,  # type: ignore[arg-type]
        trajectory=loop.trajectory(),
    )
    seconds, gap = measured(request)
    holds = limit is None or seconds <= limit
    against = ["", "", ""] if limit is None else [
        f"{limit:.1f}", f"{seconds / limit:.2f}", verdict(holds)
    ]  # fmt: skip
    rows = len(loop.problem.parts.train)
    cells = [name, kind, str(rows), f"{seconds:.3f}", *against, f"{1e3 * gap:.1f}"]
    return cells, holds


def run() -> int:
    """Print the table; how many limits were missed."""
    default = trained({})
    rows = [
        row("default, 2-4-1", default, kind, LIMIT)
        for kind in ("parameters", "random", "trajectory")
    ]
    rows += [row(name, trained(tree), "random", None) for name, tree in OTHERS.items()]
    shown = table(
        "Landscape: 41 x 41 losses of the training part, and the largest Hessian eigenvalue",
        ["network", "plane", "rows", "s", "limit", "ratio", "holds", "longest silence, ms"],
        [cells for cells, _ in rows],
        f"Median of {REPEATS}, after {UPDATES} updates, float64, one thread. Silence: the longest"
        " time between two looks at whether it was cancelled.",
    )
    print(shown, flush=True)
    return sum(not holds for _, holds in rows)
