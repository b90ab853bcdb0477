"""Tables of text, and what they stand on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *notes: str) -> str:
    """A title, aligned columns (the first to the left), and notes below."""
    widths = [max(len(row[k]) for row in [heads, *rows]) for k in range(len(heads))]
    lines = [title, "=" * len(title)]
    for row in [heads, ["-" * w for w in widths], *rows]:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join([*lines, *notes, ""])


def machine() -> str:
    """One line on where this runs."""
    import numpy as np

    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"Python {platform.python_version()}, numpy {np.__version__},"
        f" {os.cpu_count()} cores{load}, one BLAS thread"
    )


def verdict(holds: bool) -> str:
    """How a target's column says whether it is reached."""
    return "holds" if holds else "MISSED"
