"""Where the time of a frame goes, and that of a pause: the window's and the worker's, by view.

    python -m benchmarks.frames

Milliseconds of processor time, of a run at full speed with all views visible; what the kernel
computes without the interpreter lock is among the training.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.tables import table
from benchmarks.window import MORE, SCREEN, _environment, _experiment, _probe, display
from core.experiment import Experiment, save

SECONDS, PRESSES = 4.0, 30
ROWS, COLUMNS, BLOCK = 1_000_000, 20, 10_000
KINDS = ("no", "yes")
DIGITS = "digits 64-64-10"
WIDE = "csv 1,000,000 x 20"
#: Parts of a frame under this many milliseconds in all cases are added up.
LEAST = 0.02


def write_table(path: Path, rows: int = ROWS, columns: int = COLUMNS) -> None:
    """A table of numbers and two classes; the same block of rows again and again, to be quick."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(min(rows, BLOCK), columns))
    y = (x[:, 0] + x[:, 1] * x[:, 2] > 0).astype(int)
    block = "".join(
        ",".join(f"{value:.3f}" for value in row) + f",{['no', 'yes'][kind]}\n"
        for row, kind in zip(x.tolist(), y.tolist(), strict=True)
    )
    with path.open("w", encoding="ascii") as file:
        file.write(",".join(f"x{k}" for k in range(columns)) + ",answer\n")
        for _ in range(max(1, rows // BLOCK)):
            file.write(block)


def _wide(folder: Path) -> Path:
    write_table(folder / "wide.csv")
    experiment, _ = Experiment().with_source("csv", path=str(folder / "wide.csv"), target="answer")
    path = folder / "wide.toml"
    save(experiment.replace_many({"model.hidden": [16], "optimizer.batch_size": 64}), path)
    return path


def _of(found: Mapping[str, Any], name: str) -> float:
    """Milliseconds a frame; ``other`` is what no view answers for."""
    spent = found["running"]
    if name == "gui other":
        named = sum(v for k, v in spent.items() if k.startswith(("set ", "paint ", "layout ")))
        return 1000 * (spent["gui"] - named) / found["frames"]
    return 1000 * spent.get(name, 0.0) / found["frames"]


def _paused(found: Mapping[str, Any], name: str) -> str:
    """Milliseconds a press of pause, until all is still."""
    return f"{1000 * found['pauses'].get(name, 0.0) / len(found['presses']):.2f}"


def print_frames(found: Mapping[str, Mapping[str, Any]]) -> None:
    """The table: a column a case, and one for a pause of the first."""
    cases = list(found.values())
    names = sorted({name for case in cases for name in case["running"]} - {"gui", "process"})
    rows = []
    for kind in ("worker", "set", "paint", "layout"):
        parts = [name for name in names if name.startswith(f"{kind} ")]
        parts.sort(key=lambda name: -_of(cases[0], name))
        told = [name for name in parts if max(_of(case, name) for case in cases) >= LEAST]
        rows += [[name, *(f"{_of(c, name):.2f}" for c in cases), _paused(cases[0], name)]
                 for name in told]  # fmt: skip
    for name, shown in (("gui other", "window, other"), ("gui", "window, all")):
        last = _paused(cases[0], "gui") if name == "gui" else ""
        rows.append([shown, *(f"{_of(case, name):.2f}" for case in cases), last])
    for rate, shown in (("boundary", "frames a second"), ("gap", "99th percentile gap, ms")):
        rows.append([shown, *(f"{case['rates'].get(rate, 0.0):.1f}" for case in cases), ""])
    still = [*[""] * len(cases), f"{median(cases[0]['presses']):.1f}"]
    rows.append(["pause until still, median ms", *still])
    print(
        table(
            f"Where a frame's time goes ({SCREEN.rsplit('x', 1)[0]}; ms of processor time)",
            ["", *found, "a pause"],
            rows,
            "worker: what it makes for a frame; set: what a view takes from it; paint: its",
            "painting; window: the frame of it, labels and buttons, and what goes to the screen",
        )
    )


def run() -> int:
    """Measure and print; nothing here has a target."""
    with display() as on, tempfile.TemporaryDirectory() as where:
        folder = Path(where)
        environment = _environment(folder, on)
        paths = {
            "default": _experiment(folder, "default", {}),
            DIGITS: _experiment(folder, DIGITS, MORE[DIGITS][0]),
            WIDE: _wide(folder),
        }
        print_frames(
            {
                name: _probe(
                    environment, path, SECONDS, 0 if index else PRESSES, module="frames_probe"
                )
                for index, (name, path) in enumerate(paths.items())
            }
        )
    return 0


if __name__ == "__main__":
    sys.exit(run())
