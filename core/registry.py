"""Named parts (activations, losses, data sources, ...), each written once and listed everywhere.

A part is an object with ``name``, ``label``, ``explanation`` and ``formula``; the module that
defines a family of parts fills one `Registry`. `HOMES` says in which module each family lives, so
that lower layers can check a name without importing the layers above them.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Generic, Protocol, TypeVar

from core.errors import InputError, nearest

HOMES = {
    "sources": "core.data.sources",
    "scalings": "core.representation.scaling",
    "functions": "core.representation.grammar",
    "activations": "core.network.activations",
    "initializers": "core.network.initializers",
    "losses": "core.losses",
    "optimizers": "core.optimizers",
    "schedules": "core.schedules",
    "families": "core.learners",
}


class Part(Protocol):
    """What every registered thing has."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def explanation(self) -> str: ...
    @property
    def formula(self) -> str: ...
    @property
    def basic(self) -> bool:
        """Whether a beginner's menu shows it at once; the rest stand under "More"."""
        ...


T = TypeVar("T", bound=Part)


class Registry(Generic[T]):
    """An ordered table of parts by name.

    Parameters
    ----------
    kind : str
        Singular noun for messages, e.g. ``"activation"``.
    parts : T
        The parts, in the order in which menus show them.
    """

    def __init__(self, kind: str, *parts: T) -> None:
        self.kind = kind
        self._parts = {part.name: part for part in parts}
        if len(self._parts) != len(parts):
            raise ValueError(f"two {kind}s share a name")

    def __getitem__(self, name: str) -> T:
        """The part called `name`; raises `InputError` naming the nearest known one."""
        try:
            return self._parts[name]
        except (KeyError, TypeError):
            guess = nearest(str(name), self._parts)
            raise InputError(
                f"{guess}unknown {self.kind}", value=name, allowed=", ".join(self._parts)
            ) from None

    def __iter__(self) -> Iterator[T]:
        return iter(self._parts.values())

    def __len__(self) -> int:
        return len(self._parts)

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._parts)


def registry(family: str) -> Registry:
    """The registry called `family`, one of `HOMES`.

    Each home module calls its registry by the family's name in capitals (``ACTIVATIONS``).
    """
    if family not in HOMES:
        guess = nearest(family, HOMES)
        raise InputError(f"{guess}unknown registry", value=family, allowed=", ".join(HOMES))
    return getattr(import_module(HOMES[family]), family.upper())
