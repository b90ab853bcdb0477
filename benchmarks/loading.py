"""The table of loading: a CSV of a million rows, beside pandas alone; memory; the window meanwhile.

    python -m benchmarks.loading

Each measurement is a process of its own, by turns, so that what else the machine does falls on all
alike.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.tables import table, verdict

ROWS, PLACES, REPEATS = 1_000_000, 20, 3
BLOCK = 100_000  # rows that are made, and written again and again
MOST_TIME, MOST_MEMORY, LONGEST_BLOCK, LONGEST_CANCEL = 3.0, 2.5, 0.050, 0.200
TEXTS = (
    ("red", "green", "blue"),
    ("Oslo", "Rome", "Paris", "Lima", "Cairo"),
    ("low", "middle", "high", "very high"),
)
KINDS = {
    "numbers": "15 real and 4 whole numbers, a class",
    "mixed": "12 real and 4 whole numbers, 3 categories as text, a class",
}


def write_table(path: Path, kind: str, rows: int = ROWS) -> None:
    """A table of `rows` rows and 20 columns; what it takes as float64 is the measure of memory."""
    rng = np.random.default_rng(5)
    block = min(rows, BLOCK)
    real = rng.normal(size=(block, 12 if kind == "mixed" else 15))
    real *= 10.0 ** (np.arange(real.shape[1]) % 3)
    whole = rng.integers(0, [100, 1000, 50_000, 7], size=(block, 4))
    columns = [[f"{value:.6f}" for value in column] for column in real.T.tolist()]
    columns += [[str(value) for value in column] for column in whole.T.tolist()]
    answers = ("0", "1")
    if kind == "mixed":
        answers = ("no", "yes")
        columns += [rng.choice(texts, block).tolist() for texts in TEXTS]
    score = real[:, 0] - 0.05 * real[:, 1]
    columns.append([answers[int(value > 0)] for value in score.tolist()])
    text = "\n".join(map(",".join, zip(*columns, strict=True))) + "\n"
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join([*(f"c{k}" for k in range(PLACES - 1)), "answer"]) + "\n")
        for _ in range(rows // block):
            file.write(text)


def probe(what: str, path: Path) -> dict[str, Any]:
    """One measurement, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.loading_probe", what, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(path: Path) -> dict[str, list[dict[str, Any]]]:
    """All measurements of one table, by turns."""
    path.read_bytes()  # a warm disk
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _ in range(REPEATS):
        for what in ("pandas", "core", "window"):
            found[what].append(probe(what, path))
    return found


def run() -> int:
    """Print the tables; how many targets are missed."""
    rows, window, missed = [], [], 0
    size = ROWS * PLACES * 8
    with tempfile.TemporaryDirectory() as folder:
        for kind, words in KINDS.items():
            path = Path(folder) / f"{kind}.csv"
            write_table(path, kind)
            found = measure(path)
            path.unlink()
            alone, ours = ([f["seconds"] for f in found[w]] for w in ("pandas", "core"))
            ratio = median(ours) / median(alone)
            # The worst of the three: what must fit must fit each time.
            peaks = [max(f["peak"] for f in found[w]) / size for w in ("pandas", "core")]
            holds = ratio <= MOST_TIME and peaks[1] <= MOST_MEMORY
            missed += (ratio > MOST_TIME) + (peaks[1] > MOST_MEMORY)
            rows.append(
                [
                    words,
                    _seconds(alone),
                    _seconds(ours),
                    f"{ratio:.2f}",
                    *(f"{peak:.2f}" if peak else "-" for peak in peaks),
                    verdict(holds),
                ]
            )
            block = median(f["block"] for f in found["window"])
            cancel = max(f["cancel"] for f in found["window"])
            told = max(f["told"] for f in found["window"])
            holds = block <= LONGEST_BLOCK and cancel <= LONGEST_CANCEL
            missed += (block > LONGEST_BLOCK) + (cancel > LONGEST_CANCEL)
            window.append(
                [
                    words,
                    _seconds([f["seconds"] for f in found["window"]]),
                    f"{1000 * block:.0f}",
                    f"{1000 * told:.0f}",
                    f"{1000 * cancel:.0f}",
                    verdict(holds),
                ]
            )
    print(
        table(
            f"Loading a CSV of {ROWS:,} rows x {PLACES} columns, to a problem ready to train on",
            ["columns", "pandas alone s", "loading s", "ratio", "pandas' peak", "peak", "reached"],
            rows,
            f"median of {REPEATS} (least-most); a ratio of at most {MOST_TIME:g}; the peak of"
            f" resident memory over what was there before,",
            f"in units of {size / 1e6:.0f} MB (8 bytes a cell), at most {MOST_MEMORY:g}:"
            " raw and represented inputs are both in it.",
            "pandas alone reads a path on every core it is given, at most six (from version 3.1);"
            " loading reads and represents",
            "with two threads, as in the window. On one core the ratio is the smaller.",
        )
    )
    print(
        table(
            "The same in the window, off screen, the default run at rest",
            ["columns", "loading s", "longest block ms", "answer ms", "cancelled ms", "reached"],
            window,
            "longest block: of the GUI thread while the table is loaded, at most"
            f" {1000 * LONGEST_BLOCK:.0f}; answer: from Cancel to the window as before;",
            "cancelled: to an idle thread, at most"
            f" {1000 * LONGEST_CANCEL:.0f}, the slowest of six moments of each time.",
        )
    )
    return missed


def _seconds(found: list[float]) -> str:
    return f"{median(found):.2f} ({min(found):.2f}-{max(found):.2f})"


if __name__ == "__main__":
    sys.exit(min(1, run()))
