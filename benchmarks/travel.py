"""Time travel: one update back, anywhere in a long run, and what checkpoints cost.

    python -m benchmarks.travel

The states are measured in this process. The pictures are those of the real window, which runs in
a process of its own, on the display that is given or on one that Xvfb makes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time
from typing import Any

import numpy as np

from benchmarks.tables import table, verdict
from benchmarks.window import ROOT, _environment, display
from core.checkpoints import Checkpoints
from core.experiment import Experiment
from core.loop import LearningLoop
from core.runs import Runs
from core.stages import StepSize

SHORT, LONG = 100_000, 1_000_000
BACKS, JUMPS, FORKS = 200, 100, 9
BACK, PICTURE, ANYWHERE, SHARE = 0.016, 0.05, 1.0, 0.05
GROUPS, PAIRS = 5, 60
STRETCHES = (8192, 512)  # updates: long beside the one in the slow gear that ends each
PRESSES, TRAVELS = 40, 30
#: Beside the default experiment, for information: what checkpoints of more numbers cost.
LARGER = {
    "data": {"source": "digits"},
    "model": {"hidden": [64], "activation": "relu"},
    "optimizer": {"name": "adam", "learning_rate": 0.003},
}


class NoCheckpoints(Checkpoints):
    """Saves nothing after update 0, and never asks the run to stop for it."""

    def wants(self, update: int) -> bool:
        """Never."""
        return False

    def next_offer(self, update: int) -> int:  # type: ignore[override]
        """Never."""
        return 2**62


class Rows:
    """Lines of what was measured; how many targets were missed."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.missed = 0

    def seconds(self, name: str, values: list[float], limit: float | None = None) -> None:
        """Median and worst; the worst must be within `ANYWHERE`, the median within the others."""
        middle, worst = median(values), max(values)
        cells = [name, f"{1e3 * middle:.1f} ms", f"{1e3 * worst:.1f} ms"]
        if limit is None:
            self.rows.append([*cells, "", ""])
            return
        holds = (worst if limit == ANYWHERE else middle) <= limit
        self.missed += not holds
        self.rows.append([*cells, f"{1e3 * limit:g} ms", verdict(holds)])

    def line(self, name: str, *cells: str) -> None:
        """Anything else."""
        self.rows.append([name, *cells, *[""] * (4 - len(cells))])


def timed(act: Callable[[], Any]) -> float:
    """Seconds that something takes."""
    started = perf_counter()
    act()
    return perf_counter() - started


def far_places(loop: LearningLoop) -> list[int]:
    """Where the way from the nearest saved state is longest: the ends of the widest gaps."""
    saved = [checkpoint.update for checkpoint in loop.checkpoints.saved]
    widest = max(b - a for a, b in pairwise(saved))
    return [b - 1 for a, b in pairwise(saved) if b - a == widest]


def measure_states(rows: Rows) -> None:
    """The way back without a window."""
    runs = Runs()
    loop = runs.begin(Experiment())
    loop.run(SHORT)
    backs = [timed(lambda: loop.step_back(StepSize.UPDATE)) for _ in range(BACKS)]
    rows.seconds(f"one update back, after {SHORT:,}", backs, BACK)
    loop.go_to(SHORT)
    runs.fork()  # the first also counts what is imported
    rows.seconds(f"a fork at {SHORT:,}", [timed(lambda: runs.fork()) for _ in range(FORKS)])
    loop = runs.switch(1)
    loop.run(LONG - SHORT)
    held = loop.checkpoints
    size = f"{held.nbytes / 2**20:.1f} MB"
    places = far_places(loop)
    # Each in a gap of its own, so that no journey finds what another has left.
    picked = places[:: max(1, len(places) // FORKS)][:FORKS]
    count = f"{len(held)} states"
    rows.seconds(
        f"to a place that no state is near, of {LONG:,}",
        [timed(lambda place=place: loop.go_to(place)) for place in picked],
        ANYWHERE,
    )
    targets = np.random.default_rng(0).integers(0, LONG + 1, JUMPS).tolist()
    rows.seconds(
        f"to any place of {LONG:,}",
        [timed(lambda place=place: loop.go_to(place)) for place in targets],
        ANYWHERE,
    )
    rows.line(f"checkpoints after {LONG:,} updates", size, count)


def measure_cost(tree: dict[str, Any], stretch: int) -> list[float]:
    """What checkpoints add to a run, as shares: stretches with and without, one beside the other.

    Of each group the tenth that was disturbed least is compared, by the thread's own time, which
    other programs change less than the clock's.
    """
    # One loop, for two of them differ by where their buffers happen to lie.
    loop = LearningLoop(Experiment.from_dict(tree))
    kinds = (loop.checkpoints, NoCheckpoints())
    loop.run(40 * STRETCHES[1])
    shares = []
    for _ in range(GROUPS):
        took: tuple[list[float], list[float]] = ([], [])
        for turn in range(PAIRS):
            for which in (0, 1) if turn % 2 else (1, 0):
                loop.checkpoints = kinds[which]
                started = thread_time()
                loop.run(stretch)
                took[which].append(thread_time() - started)
        with_them, without = (float(np.percentile(times, 10)) for times in took)
        shares.append(with_them / without - 1)
    return shares


def add_cost(rows: Rows, name: str, shares: list[float], limit: float | None) -> None:
    """The share of a run's time that checkpoints take: median and largest of the groups."""
    share = median(shares)
    cells = [f"{100 * share:.1f} %", f"{100 * max(shares):.1f} %"]
    if limit is not None:
        rows.missed += share > limit
        cells += [f"{100 * limit:g} %", verdict(share <= limit)]
    rows.line(name, *cells)


def measure_pictures(rows: Rows) -> None:
    """The way back in the window, from the press to the last thing painted."""
    with display() as on, tempfile.TemporaryDirectory() as where:
        words = ("benchmarks.travel_probe", SHORT, LONG, PRESSES, TRAVELS)
        command = [sys.executable, "-m", *map(str, words)]
        done = subprocess.run(
            command, cwd=ROOT, env=_environment(Path(where), on), capture_output=True, text=True,
            timeout=900,
        )  # fmt: skip
    if done.returncode or not done.stdout:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    found = json.loads(done.stdout.splitlines()[-1])
    for name, values in found["backs"].items():
        rows.seconds(f"press of Back until all is still: {name}", values, PICTURE)
    for name, values in found["travels"].items():
        rows.seconds(f"{name}, of {LONG:,}, painted", values, ANYWHERE)


def run() -> int:
    """Print the table; how many targets were missed."""
    rows = Rows()
    measure_states(rows)
    add_cost(rows, "checkpoints, share of a run's time", measure_cost({}, STRETCHES[0]), SHARE)
    add_cost(rows, "  digits, 64-64-10, adam", measure_cost(LARGER, STRETCHES[1]), None)
    measure_pictures(rows)
    shown = table(
        "Time travel, default network",
        ["what", "median", "worst", "at most", "reached"],
        rows.rows,
        "Reached: the median is within the limit; on the way to any place the worst is. Shares:",
        f"{GROUPS} groups of {PAIRS} pairs of {STRETCHES[0]:,} updates (digits: {STRETCHES[1]}),"
        " with and without.",
    )
    print(shown, flush=True)
    return rows.missed


if __name__ == "__main__":
    sys.exit(min(1, run()))
