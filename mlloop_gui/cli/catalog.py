"""``mlloop list``: everything that can be chosen by name."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from core.registry import HOMES, Part, registry
from mlloop_gui.cli.arguments import Parser


def list_parts(words: list[str]) -> int:
    """Print a line for each part of a registry, or for each registry: name, tab, explanation."""
    parser = Parser(
        "mlloop list",
        description="List what can be chosen: a registry's parts, or the registries.",
        epilog="registries: " + ", ".join(HOMES),
    )
    parser.add_argument("registry", nargs="?", metavar="REGISTRY", help="one of those below")
    chosen = parser.parse_args(words).registry
    lines = part_lines(registry(chosen)) if chosen else registry_lines()
    sys.stdout.write("".join(line + "\n" for line in lines))
    sys.stdout.flush()
    return 0


def part_lines(parts: Iterable[Part]) -> list[str]:
    """A line for each part."""
    return [f"{part.name}\t{part.explanation}" for part in parts]


def registry_lines() -> list[str]:
    """A line for each registry: its name, and the names of its parts."""
    return [f"{family}\t{', '.join(registry(family).names)}" for family in HOMES]
