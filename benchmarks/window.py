"""The window's table: frames and epochs a second, pause, live changes, start.

    python -m benchmarks.window

The real program runs in processes of its own, on the display that is given or on one that Xvfb
makes for as long as this takes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

import numpy as np

from benchmarks.loading import PLACES, ROWS, write_table
from core.data import load_dataset
from core.experiment import Experiment, save

ROOT = Path(__file__).parents[1]
SECONDS, REPEATS, PRESSES, CHANGES, STARTS = 5.0, 3, 100, 20, 5
SCREEN = "1440x900x24"
OTHERS = ("loss", "metric", "gradients", "ratio", "network")
#: What must be reached at least; the gap between frames at most.
DEFAULT = {"boundary": 58.0, "gap": 25.0, "epochs": 3000.0} | dict.fromkeys(OTHERS, 4.0)
PAUSE, CHANGE = 30.0, 100.0  # milliseconds
POINTS = 500
ADAM = {"optimizer.name": "adam", "optimizer.learning_rate": 0.01}
SQUARES = ("x1", "x2", "x1_squared", "x2_squared")
LARGE = f"CSV of {ROWS:,} x {PLACES}"
#: The files of those that learn from a table, and the column that they predict.
TABLES = {"4-8-8-2 adam": ("squares.csv", "class"), LARGE: ("large.csv", "answer")}
#: Beside the default experiment: settings, and what must be reached.
MORE: dict[str, tuple[dict[str, Any], dict[str, float]]] = {
    "4-8-8-2 adam": (
        {
            "loss.name": "cross_entropy",
            "model.hidden": [8, 8],
            "optimizer.batch_size": 10,
            **ADAM,
        },
        {"epochs": 1000.0},
    ),
    "digits 64-64-10": (
        {
            "model.hidden": [64],
            "model.activation": "relu",
            "optimizer.name": "adam",
            "optimizer.learning_rate": 0.003,
        },
        {"boundary": 50.0},
    ),
    LARGE: ({}, {"boundary": 50.0}),
}
MORE_SECONDS = 3.0
PACKAGES = ("numpy", "PySide6", "shibokensupport", "pyqtgraph", "pydantic", "core", "mlloop_gui")
#: What the program imports before its first picture, in its own order.
IMPORTS = "import mlloop_gui.__main__, mlloop_gui.cli.window, mlloop_gui.application"


@contextmanager
def display() -> Iterator[str]:
    """The display at hand, or one of Xvfb's that ends with the block."""
    given = os.environ.get("DISPLAY")
    if given:
        yield given
        return
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        yield f":{server.stdout.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def _environment(folder: Path, on: str) -> dict[str, str]:
    """As a person's, but with settings of its own: the full window, nothing to restore."""
    settings = folder / "mlloop" / "settings.json"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(json.dumps({"version": 1, "seen_introduction": True}))
    return {
        **os.environ,
        "DISPLAY": on,
        "QT_QPA_PLATFORM": "xcb",
        "XDG_CONFIG_HOME": str(folder),
        "OPENBLAS_NUM_THREADS": "1",
    }


def _probe(
    environment: Mapping[str, str], *words: object, module: str = "window_probe"
) -> dict[str, Any]:
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, words)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    if done.returncode or not done.stdout:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def _experiment(folder: Path, name: str, settings: Mapping[str, Any]) -> Path:
    experiment, data = Experiment(), TABLES.get(name)
    if data:
        given = {"source": "csv", "path": str(folder / data[0]), "target": data[1]}
        experiment = Experiment.from_dict({"data": given})
    elif name.startswith("digits"):
        experiment, _ = experiment.with_source("digits")
    path = folder / f"{name.split(' ')[0]}.toml"
    save(experiment.replace_many(settings), path)
    return path


def _write_tables(folder: Path) -> None:
    """The circle's points with their squares, and a large table."""
    points = load_dataset(Experiment().replace("data.samples", POINTS))
    table = np.column_stack([points.inputs, points.inputs**2, points.target])
    np.savetxt(folder / "squares.csv", table, fmt=["%.6f"] * 4 + ["%d"], delimiter=",",
               header=",".join((*SQUARES, "class")), comments="")  # fmt: skip
    write_table(folder / "large.csv", "numbers")


def measure_starts(environment: Mapping[str, str]) -> dict[str, list[float]]:
    """Seconds from the command to each thing that a person waits for; the first start warms up."""
    found = defaultdict(list)
    for turn in range(STARTS + 1):
        begun = monotonic()
        for name, at in _probe(environment, "start").items():
            if turn:
                found[name].append(at - begun)
    return found


def measure_imports() -> dict[str, float]:
    """Milliseconds that each package's own modules take to import, from a run that times them."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", IMPORTS],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = dict.fromkeys((*PACKAGES, "others"), 0.0)
    for line in done.stderr.splitlines():
        own, _, module = line.removeprefix("import time:").split("|")
        if own.strip().isdigit():
            package = module.strip().split(".")[0].removesuffix("_core")
            found[package if package in PACKAGES else "others"] += int(own) / 1000
    return found


class Table:
    """Lines of what was measured, what it must be, and the noise."""

    def __init__(self) -> None:
        self.missed = 0
        print(f"{'':44}{'measured':>12}{'target':>12}{'noise':>8}")

    def line(
        self, name: str, values: list[float], unit: str, target: float = 0.0, most: bool = False
    ) -> None:
        """The median of `values`; `target` is the least allowed, or the `most`."""
        value = median(values)
        spread = (max(values) - min(values)) / value if value and len(values) > 1 else 0.0
        self.print(name, value, unit, target, most, f"{100 * spread:.0f} %")

    def print(
        self, name: str, value: float, unit: str, target: float, most: bool, noise: str
    ) -> None:
        told, mark = "", ""
        if target:
            missed = value > target if most else value < target
            self.missed += missed
            told = f"{'≤' if most else '≥'} {target:g}"
            mark = "  MISSED" if missed else ""
        print(f"{name:44}{value:12.4g}{told:>12}{noise:>8}  {unit}{mark}")


def _print_rates(table: Table, rates: list[dict[str, float]], targets: Mapping[str, float]) -> None:
    for name, said, unit in (
        ("boundary", "boundary", "frames/s"),
        ("gap", "  99th percentile of its frame gap", "ms"),
        *((name, name, "frames/s") for name in OTHERS),
        ("epochs", "training", "epochs/s"),
        ("updates", "", "updates/s"),
    ):
        values = [rate[name] for rate in rates]
        table.line(said, values, unit, targets.get(name, 0.0), most=name == "gap")


def run() -> int:
    """Measure and print everything; how many targets were missed."""
    before = os.getloadavg()[0]
    with display() as on, tempfile.TemporaryDirectory() as where:
        folder = Path(where)
        environment = _environment(folder, on)
        print(f"\nThe window on {SCREEN.rsplit('x', 1)[0]}, default experiment, speed max,")
        print(f"all views visible; median of {REPEATS} stretches of {SECONDS:g} s")
        table = Table()
        default = _experiment(folder, "default", {})
        found = _probe(environment, "run", default, SECONDS, REPEATS, PRESSES, CHANGES)
        _print_rates(table, found["rates"], DEFAULT)
        for name, values, most in (
            ("pause pressed until all is still", found["presses"], PAUSE),
            ("live change until an update uses it", found["changes"], CHANGE),
        ):
            table.line(f"{name}, median of {len(values)}", values, "ms")
            table.print("  99th percentile", np.percentile(values, 99), "ms", most, True, "")
        starts = measure_starts(environment)
        table.line("start until the first picture is painted", starts["painted"], "s", 1.0, True)
        table.line("  until usable", starts["usable"], "s", 1.2, True)
        table.line("  until a first step is shown", starts["stepped"], "s")
        table.line("  until the docks are filled", starts["whole"], "s")
        imports = measure_imports()
        print("imports, timed: ", ", ".join(f"{k} {v:.0f} ms" for k, v in imports.items()))
        _write_tables(folder)
        for name, (settings, targets) in MORE.items():
            print(f"{name}, one stretch of {MORE_SECONDS:g} s")
            path = _experiment(folder, name, settings)
            found = _probe(environment, "run", path, MORE_SECONDS, 1, 0, 0)
            _print_rates(table, found["rates"], targets)
    print(f"load of the machine {before:.1f} before, {os.getloadavg()[0]:.1f} after,"
          f" {os.cpu_count()} cores")  # fmt: skip
    return table.missed


if __name__ == "__main__":
    sys.exit(min(1, run()))
