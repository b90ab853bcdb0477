"""Values as Python source: numbers that read back bit for bit, texts that stay in their line."""

from __future__ import annotations

import base64
import io
import math
import textwrap
from collections.abc import Iterable

import numpy as np

WIDTH = 100
WRITTEN_OUT = 5000  # numbers of a script, beyond which its larger arrays are packed
SMALL = 64  # numbers of an array that is written out in any case


def number(value: float | np.floating) -> str:
    """The shortest text that reads back as this number, of its own precision."""
    if not math.isfinite(value):
        return "np.nan" if math.isnan(value) else "np.inf" if value > 0 else "-np.inf"
    if isinstance(value, np.float32):
        short = str(value)
        return short if np.float32(float(short)) == value else repr(float(value))
    return repr(float(value))


def comment(text: str) -> list[str]:
    """`text` as comment lines: whatever might end a line, or not be seen, is spelled out."""
    return [f"# {_visible(line)}".rstrip() for line in text.split("\n")]


def _visible(line: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)


def listed(values: Iterable[object], opening: str = "[", closing: str = "]") -> str:
    """A list of plain values, wrapped."""
    return wrapped([repr(value) for value in values], opening, closing)


def wrapped(items: list[str], opening: str, closing: str, indent: str = "") -> str:
    """Items between brackets, on as many lines as they need."""
    line = f"{indent}{opening}{', '.join(items)}{closing}"
    if len(line) <= WIDTH - 12:
        return line
    # Not textwrap: it would break a text at its blanks.
    lines, inner = [f"{indent}{opening}"], f"{indent}    "
    row = inner
    for item in items:
        if len(row) + len(item) + 2 > WIDTH and row != inner:
            lines.append(row.rstrip())
            row = inner
        row += f"{item}, "
    return "\n".join([*lines, row.rstrip(), f"{indent}{closing}"])


def array(values: np.ndarray) -> str:
    """A numpy expression for an array of one or two dimensions, of float32, float64 or int64."""
    kind = "" if values.dtype in (np.float64, np.int64) else f", np.{values.dtype}"
    if not values.size:
        return f"np.zeros({values.shape}{kind})"
    as_text = str if values.dtype.kind == "i" else number
    if values.ndim == 1:
        body = wrapped([as_text(value) for value in values], "[", "]")
    else:
        rows = [wrapped([as_text(v) for v in row], "[", "]", "    ") + "," for row in values]
        body = "\n".join(["[", *rows, "]"])
    return f"np.array({body}{kind})"


class Arrays:
    """The named arrays of a script: written out, or, where they are many numbers, packed."""

    def __init__(self) -> None:
        self._held: dict[str, np.ndarray] = {}

    def add(self, name: str, values: np.ndarray) -> str:
        """Hold an array; returns the name by which the script knows it."""
        assert name not in self._held
        self._held[name] = values
        return name

    def _packed(self) -> dict[str, np.ndarray]:
        if sum(values.size for values in self._held.values()) <= WRITTEN_OUT:
            return {}
        return {name: values for name, values in self._held.items() if values.size > SMALL}

    def written(self) -> list[str]:
        """Lines that define the arrays that are written out."""
        packed = self._packed()
        return [
            f"{name} = {array(values)}" for name, values in self._held.items() if name not in packed
        ]

    def packed(self) -> list[str]:
        """Lines that define the others: one block of base64, an npz file without pickle."""
        packed = self._packed()
        if not packed:
            return []
        stream = io.BytesIO()
        np.savez(stream, **packed)  # type: ignore[arg-type]  # the stub takes **arrays for allow_pickle
        block = textwrap.fill(base64.b64encode(stream.getvalue()).decode("ascii"), WIDTH)
        return [
            "# The larger arrays: an .npz file in base64.",
            f'PACKED = """\n{block}\n"""',
            "with np.load(io.BytesIO(base64.b64decode(PACKED)), allow_pickle=False) as arrays:",
            *(f'    {name} = arrays["{name}"]' for name in packed),
        ]
