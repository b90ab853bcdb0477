"""The trees that formulas are read into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Symbol:
    """A piece of text; kind ``variable`` (italic), ``number``, ``function`` or ``word``."""

    text: str
    kind: str


@dataclass(frozen=True)
class Operator:
    """A sign.

    Its kind is ``relation``, ``comparison``, ``sum``, ``product``, ``prefix``, ``big``, ``colon``,
    ``list`` (a comma) or ``clause``: a semicolon, or a comma that two spaces follow.
    """

    text: str
    kind: str


@dataclass(frozen=True)
class Space:
    """A gap of the source between two things that no operator parts; ``wide`` beside words."""

    wide: bool = False


@dataclass(frozen=True)
class Row:
    """Things side by side; `whole` is never broken over lines, as 3 × 10⁻⁷."""

    items: tuple[Node, ...]
    whole: bool = False


@dataclass(frozen=True)
class Fraction:
    """Two things over each other; brackets round a whole one are kept here, not drawn."""

    above: Node
    below: Node


@dataclass(frozen=True)
class Script:
    """A base with a superscript, a subscript or both."""

    base: Node
    above: Node | None = None
    below: Node | None = None


@dataclass(frozen=True)
class Root:
    """The square root of `inside`."""

    inside: Node


@dataclass(frozen=True)
class Fence:
    """Brackets or bars round a row."""

    left: str
    inside: Row
    right: str


@dataclass(frozen=True)
class Accent:
    """A mark over a letter."""

    base: Symbol
    mark: str


Node: TypeAlias = Symbol | Operator | Space | Row | Fraction | Script | Root | Fence | Accent


def dump(node: Node | None) -> str:
    """Return a tree as text, for tests: ``(/ 1 (row 2 + x))``."""
    if node is None:
        return "."
    if isinstance(node, Symbol):
        return f"'{node.text}'" if node.kind == "word" else node.text
    if isinstance(node, Operator):
        return node.text
    if isinstance(node, Space):
        return "_"
    if isinstance(node, Row):
        return f"(row {' '.join(map(dump, node.items))})"
    if isinstance(node, Fraction):
        return f"(/ {dump(node.above)} {dump(node.below)})"
    if isinstance(node, Script):
        return f"(script {dump(node.base)} {dump(node.above)} {dump(node.below)})"
    if isinstance(node, Root):
        return f"(√ {dump(node.inside)})"
    if isinstance(node, Fence):
        return f"(fence {node.left} {' '.join(map(dump, node.inside.items))} {node.right})"
    return f"({node.mark} {dump(node.base)})"
