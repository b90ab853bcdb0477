"""Who trains in the table of updates: ours with each kernel, and the others, each in its own way.

A contestant is built for a network and then makes updates when told to, in whole epochs; what it
gives back are seconds that do not count as training.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from time import process_time

import numpy as np

from core.checks import Check
from core.data.dataset import Column, Dataset
from core.experiment import Experiment
from core.loop import LearningLoop
from core.problem import prepare

Run = Callable[[int], float]
RATE = 0.01
EPOCH = 25  # updates


@dataclass(frozen=True)
class Network:
    """What is trained; `updates` of ours are timed at a time."""

    sizes: tuple[int, ...]
    activation: str
    batch: int
    updates: int

    @property
    def label(self) -> str:
        return f"{'-'.join(map(str, self.sizes))} {self.activation}, {self.batch}"

    @property
    def rows(self) -> int:
        return EPOCH * self.batch

    @property
    def classes(self) -> int:
        return max(2, self.sizes[-1])

    @property
    def operations(self) -> int:
        """Of an update's products: forward, weight gradients, and blame, but not the inputs'."""
        weights = [a * b for a, b in zip(self.sizes[:-1], self.sizes[1:], strict=True)]
        return 2 * self.batch * (3 * sum(weights) - weights[0])


def data(network: Network) -> tuple[np.ndarray, np.ndarray]:
    """Random rows and classes of the right shape."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((network.rows, network.sizes[0]))
    return x, rng.permutation(np.arange(network.rows) % network.classes)


def loop_of(network: Network, kernel: str, dtype: str = "float32") -> LearningLoop:
    """The learning loop itself, as a window has it."""
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
                "dtype": dtype,
                "kernel": kernel,
            },
            "loss": {"name": "binary_cross_entropy" if network.sizes[-1] == 1 else "cross_entropy"},
            "optimizer": {"name": "sgd", "learning_rate": RATE, "batch_size": network.batch},
            "evaluation": {"validation_fraction": 0, "test_fraction": 0},
        }
    )
    return LearningLoop(experiment, prepare(dataset, experiment))


def with_checks(network: Network, kernel: str) -> Run:
    """Ours with everything: shuffling, history, checkpoints, and stage 9 after each epoch."""
    loop = loop_of(network, kernel)

    def run(updates: int) -> float:
        loop.run(updates)
        return 0.0

    return run


def without_checks(network: Network, kernel: str) -> Run:
    """The same, but its history has all checks already, so that it makes none.

    What is looked at for show when a run ends is timed apart.
    """
    loop = loop_of(network, kernel)
    loop.checks.append(np.array([2**62]), np.zeros((1, len(loop.checks.names))))
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


def jax_epochs(network: Network) -> Run:
    """JAX with a whole epoch compiled: a scan over its batches, awaited when all are under way."""
    # Read once, when JAX is imported: the pool for its products, and the one for its operations.
    os.environ.setdefault(
        "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    )
    import jax
    from jax import numpy as jnp

    x, target = data(network)
    rng = np.random.default_rng(0)
    is_binary = network.sizes[-1] == 1
    xs = jnp.asarray(x, jnp.float32)
    ys = jnp.asarray(target[:, None] if is_binary else np.eye(network.classes)[target], jnp.float32)
    shapes = list(zip(network.sizes[:-1], network.sizes[1:], strict=True))
    layers = [
        (jnp.asarray(rng.standard_normal(at) / np.sqrt(at[0]), jnp.float32), jnp.zeros(at[1]))
        for at in shapes
    ]
    activation = jnp.tanh if network.activation == "tanh" else jax.nn.relu

    def loss_of(layers, x, y):
        for weight, bias in layers[:-1]:
            x = activation(x @ weight + bias)
        weight, bias = layers[-1]
        s = x @ weight + bias
        if is_binary:
            return jnp.mean(jnp.maximum(s, 0) - s * y + jnp.log1p(jnp.exp(-jnp.abs(s))))
        return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(s), axis=1))

    @jax.jit
    def epoch(layers, order):
        def update(layers, rows):
            loss, slopes = jax.value_and_grad(loss_of)(layers, xs[rows], ys[rows])
            return jax.tree.map(lambda p, g: p - RATE * g, layers, slopes), loss

        return jax.lax.scan(update, layers, order.reshape(-1, network.batch))

    def run(updates: int) -> float:
        nonlocal layers
        for _ in range(updates // EPOCH):
            layers, losses = epoch(layers, rng.permutation(network.rows))
        jax.block_until_ready((layers, losses))
        return 0.0

    return run


OTHERS = (
    ("JAX", "jax", jax_epochs),
    ("PyTorch", "torch", torch_eager),
    ("scikit-learn", "sklearn", sklearn_partial_fit),
)


def others() -> dict[str, Callable[[Network], Run]]:
    """Those of the others that are installed."""
    return {name: build for name, module, build in OTHERS if find_spec(module)}


def large_product() -> Callable[[], float]:
    """What makes a large product on this core, and says at how many operations a second."""
    rng, n = np.random.default_rng(0), 2048
    a, b = rng.standard_normal((2, n, n)).astype(np.float32)
    c = np.empty_like(a)

    def product() -> float:
        started = process_time()
        np.dot(a, b, c)
        return 2 * n**3 / (process_time() - started)

    return product
