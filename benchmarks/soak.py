"""`python -m benchmarks.soak [UPDATES [WINDOWS]]`: runs for long and watches the memory.

Ten million updates of a tiny network must grow the process by less than 50 MB beyond the budgets
of history and checkpoints, which are never exceeded. Then windows come and go; none may leave
anything behind.
"""

from __future__ import annotations

import os
import sys
from time import perf_counter

for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[_variable] = "1"  # before anything imports numpy

UPDATES = 10_000_000
CHUNKS = 20
BUDGET = 2**18  # for checkpoints: small, so that they must make room again and again
HISTORY = 64 * 2**20
GROWTH = 50 * 2**20


def resident() -> int:
    """Bytes of memory that this process has now."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def engine(updates: int = UPDATES) -> int:
    """Run the loop for so many updates, printing its memory; how many limits were broken."""
    from core.experiment import Experiment
    from core.loop import LearningLoop
    from core.stages import StepSize

    experiment = Experiment().replace_many(
        {"data.samples": 10_000, "data.noise": 0.3, "evaluation.validation_fraction": 0,
         "evaluation.test_fraction": 0, "optimizer.name": "momentum",
         "optimizer.learning_rate": 0.001}
    )  # fmt: skip
    loop = LearningLoop(experiment, budget=BUDGET)
    loop.run(3000)
    start, started, broken = resident(), perf_counter(), 0
    print(f"{updates:,} updates of 2-4-1 on 10,000 rows; {start / 2**20:.1f} MB to begin with")
    print(f"{'updates':>12} {'grown MB':>9} {'history MB':>11} {'checkpoints MB':>15} {'s':>7}")
    for chunk in range(1, CHUNKS + 1):
        loop.run(updates * chunk // CHUNKS - loop.update)
        # What a person does now and then must not pile anything up either.
        loop.step_back(StepSize.UPDATE)
        loop.step(StepSize.UPDATE)
        history, saved = loop.updates.nbytes + loop.checks.nbytes, loop.checkpoints.nbytes
        grown = resident() - start
        limits = (history <= HISTORY, saved <= BUDGET, grown < GROWTH + history + saved)
        broken += limits.count(False)
        print(
            f"{loop.update:12,} {grown / 2**20:9.1f} {history / 2**20:11.1f}"
            f" {saved / 2**20:15.2f} {perf_counter() - started:7.0f}"
            + ("" if all(limits) else "  BROKEN"),
            flush=True,
        )
    failed = f", failed: {loop.failure.message}" if loop.failure else ""
    print(f"limits broken: {broken}{failed}")
    return broken + bool(loop.failure)


def main(words: list[str]) -> int:
    """0 where every limit holds."""
    from benchmarks.soak_windows import WINDOWS, windows

    counts = [int(word) for word in words]
    broken = engine(counts[0] if counts else UPDATES)
    return min(1, broken + windows(counts[1] if len(counts) > 1 else WINDOWS))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
