"""One update: ours beside JAX, PyTorch and scikit-learn, on five networks, in the same run."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import median
from time import process_time

from benchmarks.contestants import (
    EPOCH,
    Network,
    Run,
    large_product,
    loop_of,
    others,
    with_checks,
    without_checks,
)
from benchmarks.tables import table, verdict
from core.network.choice import KERNELS

ROUNDS = 9
PEAK = 0.78  # of this core's own large product

NETWORKS = (
    Network((2, 4, 2, 1), "tanh", 10, 10_000),
    Network((7, 8, 8, 8, 8, 8, 8, 1), "tanh", 30, 2000),
    Network((2, 32, 32, 1), "relu", 32, 2000),
    Network((64, 128, 64, 10), "relu", 64, 500),
    Network((784, 512, 256, 10), "relu", 128, 50),
)
#: The largest share of each other's time that ours may take, network by network.
LIMITS = {
    "JAX": (1 / 2.5, 1.0, 1.0, 1.0, 1.05),
    "PyTorch": (0.15, 0.16, 0.12, 0.39, 0.95),
    "scikit-learn": (1.0, 1.0, 1.0, 1.0, 1.0),
}


@dataclass
class Times:
    """What was measured of one network, round by round."""

    kernel: str  # ours: the one that `auto` takes
    updates: dict[str, list[float]]  # microseconds an update, by contestant
    product: list[float]  # operations a second of a large product, right after ours

    def share(self, name: str) -> float:
        """Our time over another's: the median of the rounds' shares."""
        pairs = zip(self.updates[self.kernel], self.updates[name], strict=True)
        return median(a / b for a, b in pairs)

    def peak(self, network: Network) -> float:
        """Operations a second of our products over those of the large one."""
        pairs = zip(self.updates[self.kernel], self.product, strict=True)
        return median(network.operations / (1e-6 * took) / most for took, most in pairs)


def contestants(network: Network, kernels: list[str]) -> dict[str, Run]:
    """All of them, ours first."""
    found = {kernel: without_checks(network, kernel) for kernel in kernels}
    found |= {f"{kernel}, checks": with_checks(network, kernel) for kernel in kernels}
    return found | {name: build(network) for name, build in others().items()}


def measure(network: Network) -> Times:
    """The contestants take turns."""
    kernels = ["compiled", "numpy"] if find_spec("numba") else ["numpy"]
    runs, product = contestants(network, kernels), large_product()
    times = Times(loop_of(network, "auto").learner.kernel.name, {name: [] for name in runs}, [])
    for number in range(ROUNDS + 1):
        for name, run in runs.items():
            ours = name.split(",")[0] in KERNELS
            updates = network.updates if ours else max(1, network.updates // 5 // EPOCH) * EPOCH
            started = process_time()
            aside = run(updates)
            took = process_time() - started - aside
            if number:  # the first round warms up
                times.updates[name].append(1e6 * took / updates)
            if number and name == times.kernel:
                times.product.append(product())
    return times


def targets(place: int, network: Network, times: Times) -> list[tuple[list[str], bool]]:
    """What ours must reach on a network, as rows."""
    found = []
    for name in LIMITS:
        if name in times.updates:
            share, limit = times.share(name), LIMITS[name][place]
            cells = [f"time of {times.kernel} / {name}", f"{share:.3f}", f"≤ {limit:.2f}"]
            found.append((cells, share <= limit))
    if network is NETWORKS[-1]:
        peak = times.peak(network)
        most = f"of this core's {median(times.product) / 1e9:.0f} GFLOP/s"
        cells = [most, f"{100 * peak:.1f} %", f"≥ {100 * PEAK:.0f} %"]
        found.append((cells, peak >= PEAK))
    return [([network.label, *cells, verdict(holds)], holds) for cells, holds in found]


def run() -> int:
    """Print the tables; how many targets were missed."""
    rows: list[list[str]] = []
    must: list[tuple[list[str], bool]] = []
    names: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for place, network in enumerate(NETWORKS):
            times = measure(network)
            names = list(times.updates)
            cells = [
                f"{median(each):.1f} ({min(each):.1f}-{max(each):.1f})"
                for each in times.updates.values()
            ]
            rows.append([network.label, *cells, times.kernel])
            must += targets(place, network, times)
    shown = table(
        "One update (forward, backward, apply) in microseconds, float32, SGD",
        ["network, batch", *names, "auto"],
        rows,
        f"Processor time, median of {ROUNDS} rounds (fastest-slowest), one thread, the contestants",
        "in turn. Ours, with either kernel, is the real loop with its shuffling, history of every",
        "update and checkpoints; a column of its own adds stage 9, the check of the whole training",
        "part after each epoch of 25 updates. The others train and keep nothing: JAX with a whole",
        "epoch compiled, PyTorch update by update, scikit-learn's partial_fit.",
    )
    print(shown, flush=True)
    shown = table(
        "What ours must reach, with the kernel that auto takes",
        ["network, batch", "what", "measured", "target", ""],
        [cells for cells, _ in must],
        "The median of the rounds' shares. The last: an update's products over the time of the",
        "whole update, beside 2048 x 2048 by 2048 x 2048 in the same rounds.",
    )
    print(shown, flush=True)
    return sum(not holds for _, holds in must)
