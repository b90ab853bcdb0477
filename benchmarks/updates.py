"""One update: ours beside PyTorch eager and scikit-learn, on five networks, in the same run."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import process_time

import numpy as np

from benchmarks.tables import table, verdict
from core.checks import Check
from core.data.dataset import Column, Dataset
from core.experiment import Experiment
from core.loop import LearningLoop
from core.problem import prepare

Run = Callable[[int], float]
ROUNDS = 9
RATE = 0.01
EPOCH = 25  # updates


@dataclass(frozen=True)
class Network:
    """One row of the table; `target` is the largest share of PyTorch's time."""

    sizes: tuple[int, ...]
    activation: str
    batch: int
    updates: int
    target: float

    @property
    def label(self) -> str:
        return f"{'-'.join(map(str, self.sizes))} {self.activation}, {self.batch}"

    @property
    def rows(self) -> int:
        return EPOCH * self.batch

    @property
    def classes(self) -> int:
        return max(2, self.sizes[-1])


NETWORKS = (
    Network((2, 4, 2, 1), "tanh", 10, 1000, 0.15),
    Network((7, 8, 8, 8, 8, 8, 8, 1), "tanh", 30, 500, 0.16),
    Network((2, 32, 32, 1), "relu", 32, 500, 0.12),
    Network((64, 128, 64, 10), "relu", 64, 250, 0.39),
    Network((784, 512, 256, 10), "relu", 128, 50, 0.95),
)


def data(network: Network) -> tuple[np.ndarray, np.ndarray]:
    """Random rows and classes of the right shape."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((network.rows, network.sizes[0]))
    return x, rng.permutation(np.arange(network.rows) % network.classes)


def ours(network: Network) -> Run:
    """The learning loop itself; gives the seconds that its checks took."""
    x, target = data(network)
    columns = tuple(Column(f"x{i}") for i in range(x.shape[1]))
    names = tuple(map(str, range(network.classes)))
    dataset = Dataset("arrays", "classification", "", columns, x, target, class_names=names)
    experiment = Experiment.from_dict(
        {
            "data": {"source": "csv", "path": "arrays"},
            "model": {
                "hidden": list(network.sizes[1:-1]),
                "activation": network.activation,
                "dtype": "float32",
            },
            "loss": {"name": "binary_cross_entropy" if network.sizes[-1] == 1 else "cross_entropy"},
            "optimizer": {"name": "sgd", "learning_rate": RATE, "batch_size": network.batch},
            "evaluation": {"validation_fraction": 0, "test_fraction": 0},
        }
    )
    loop = LearningLoop(experiment, prepare(dataset, experiment))

    look, looking = loop.examiner.look, 0.0

    def timed_look(update: int, whole: bool = False) -> Check:
        nonlocal looking
        started = process_time()
        check = look(update, whole)
        looking += process_time() - started
        return check

    loop.examiner.look = timed_look  # type: ignore[method-assign]  # the clock is ours alone

    def run(updates: int) -> float:
        nonlocal looking
        looking = 0.0
        loop.run(updates)
        return looking

    return run


def torch_eager(network: Network) -> Run:
    """The usual loop of PyTorch: zero_grad, forward, backward, step; no loader, no metrics."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(0)
    x, target = data(network)
    layers: list[nn.Module] = []
    for i, (inputs, outputs) in enumerate(zip(network.sizes[:-1], network.sizes[1:], strict=True)):
        layers.append(nn.Linear(inputs, outputs))
        if i < len(network.sizes) - 2:
            layers.append(nn.Tanh() if network.activation == "tanh" else nn.ReLU())
    model = nn.Sequential(*layers)
    optimizer = torch.optim.SGD(model.parameters(), RATE)
    xs = torch.tensor(x, dtype=torch.float32)
    if network.sizes[-1] == 1:
        ys = torch.tensor(target, dtype=torch.float32)[:, None]
        loss_of: nn.Module = nn.BCEWithLogitsLoss()
    else:
        ys, loss_of = torch.tensor(target), nn.CrossEntropyLoss()
    order, place = torch.randperm(len(xs)), 0

    def run(updates: int) -> float:
        nonlocal order, place
        for _ in range(updates):
            if place >= len(xs):
                order, place = torch.randperm(len(xs)), 0
            rows = order[place : place + network.batch]
            place += network.batch
            optimizer.zero_grad()
            loss_of(model(xs[rows]), ys[rows]).backward()
            optimizer.step()
        return 0.0

    return run


def sklearn_partial_fit(network: Network) -> Run:
    """scikit-learn's MLPClassifier; partial_fit makes an epoch's updates in one call."""
    from sklearn.neural_network import MLPClassifier

    x, target = data(network)
    x = x.astype(np.float32)
    model = MLPClassifier(network.sizes[1:-1], activation=network.activation, solver="sgd",
                          learning_rate_init=RATE, alpha=0, momentum=0,
                          batch_size=network.batch)  # fmt: skip
    classes = np.arange(network.classes)

    def run(updates: int) -> float:
        for _ in range(updates // EPOCH):
            model.partial_fit(x, target, classes=classes)
        return 0.0

    return run


def contestants() -> dict[str, Callable[[Network], Run]]:
    """Ours, and those of the others that are installed."""
    found: dict[str, Callable[[Network], Run]] = {"ours": ours}
    for name, module, build in (
        ("PyTorch", "torch", torch_eager),
        ("scikit-learn", "sklearn", sklearn_partial_fit),
    ):
        try:
            __import__(module)
        except ImportError:
            continue
        found[name] = build
    return found


def measure(network: Network, names: dict[str, Callable[[Network], Run]]) -> dict[str, list[float]]:
    """Microseconds an update, round by round, the contestants taking turns."""
    runs = {name: build(network) for name, build in names.items()}
    times: dict[str, list[float]] = {name: [] for name in (*runs, "with checks")}
    for number in range(ROUNDS + 1):
        for name, run in runs.items():
            updates = (
                network.updates if name == "ours" else max(1, network.updates // 5 // EPOCH) * EPOCH
            )
            started = process_time()
            looking = run(updates)
            took = process_time() - started
            if number:  # the first round warms up
                times[name].append(1e6 * (took - looking) / updates)
                if name == "ours":
                    times["with checks"].append(1e6 * took / updates)
    return times


def run() -> int:
    """Print the table; how many targets were missed."""
    names, rows, missed = contestants(), [], 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for network in NETWORKS:
            times = measure(network, names)
            cells = [network.label]
            for name in names:
                low, high = min(times[name]), max(times[name])
                cells.append(f"{median(times[name]):.1f} ({low:.0f}-{high:.0f})")
            if "PyTorch" in names:
                pairs = zip(times["ours"], times["PyTorch"], strict=True)
                share = median(a / b for a, b in pairs)
                holds = share <= network.target
                missed += not holds
                cells += [f"{share:.3f}", f"{network.target:.2f}", verdict(holds)]
            rows.append([*cells, f"{median(times['with checks']):.1f}"])
    heads = ["network, batch", *names]
    if "PyTorch" in names:
        heads += ["ours / PyTorch", "at most", "holds"]
    shown = table(
        "One update (forward, backward, apply) in microseconds, float32, SGD",
        [*heads, "ours, checks too"],
        rows,
        f"Processor time, median of {ROUNDS} rounds (fastest-slowest), the contestants in turn;",
        "the share is the median of the rounds' shares. Ours is the real loop with its shuffling,",
        "history of every update and checkpoints; the last column adds stage 9, the check of the",
        "whole training part after each epoch of 25 updates. The others train and keep nothing.",
    )
    print(shown, flush=True)
    return missed
