"""Formulas that a person types, ``sin(3*x1) + x2^2``: read by a grammar of their own.

::

    sum     = product (("+" | "-") product)*
    product = signed (("*" | "/") signed)*
    signed  = "-" signed | power
    power   = atom (("^" | "**") signed)?
    atom    = number | name | "`" any name "`" | function "(" sum ("," sum)* ")" | "(" sum ")"

So ``-x^2`` is ``-(x^2)`` and ``2^3^2`` is ``2^(3^2)``. A name is that of a column, or ``pi`` or
``e`` where no column is called so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

import numpy as np

from core.errors import InputError, nearest
from core.registry import Registry
from core.representation.functions import FUNCTIONS as _FUNCTIONS
from core.representation.functions import Function

LONGEST = 500  # characters
DEEPEST = 50  # parentheses, signs and exponents within each other
CONSTANTS = {"pi": np.pi, "e": np.e}
FIELD = "representation.features"

_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<quoted>`(?:[^`]|``)+`)"
    r"|(?P<sign>\*\*|[-+*/^(),])"
)
_BLANK = re.compile(r"\s*")
_NAME = re.compile(r"[^\W\d]\w*")
_SUM, _PRODUCT, _SIGNED, _POWER, _ATOM = range(1, 6)
_BINDING = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "negative": _SIGNED, "^": _POWER}
_OPERATIONS: dict[str, Callable[..., np.ndarray]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "negative": np.negative,
}


@dataclass(frozen=True)
class Node:
    """A part of a formula.

    Parameters
    ----------
    kind : str
        ``"number"``, ``"constant"``, ``"column"``, ``"negative"``, a sign, or a function's name.
    parts : tuple of Node
        What it is made of.
    value : float or str
        The number, or the name of the constant or column.
    """

    kind: str
    parts: tuple[Node, ...] = ()
    value: float | str = 0.0

    @property
    def binding(self) -> int:
        """How firmly it holds together, from a sum to an atom."""
        return _BINDING.get(self.kind, _ATOM)

    def text(self) -> str:
        """The normal form: as few blanks and parentheses as it takes."""
        if self.kind == "number":
            return repr(float(self.value)).removesuffix(".0")
        if self.kind == "constant":
            return str(self.value)
        if self.kind == "column":
            name = str(self.value)
            return name if _NAME.fullmatch(name) else "`" + name.replace("`", "``") + "`"
        if self.kind == "negative":
            return "-" + self._part(0, _SIGNED)
        if self.kind == "^":
            return self._part(0, _ATOM) + "^" + self._part(1, _SIGNED)
        if self.kind in _BINDING:
            sign = f" {self.kind} " if self.binding == _SUM else self.kind
            return self._part(0, self.binding) + sign + self._part(1, self.binding + 1)
        return f"{self.kind}({', '.join(part.text() for part in self.parts)})"

    def _part(self, which: int, binding: int) -> str:
        part = self.parts[which]
        return part.text() if part.binding >= binding else f"({part.text()})"

    def values(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Its values where the columns have these, (n,) or ()."""
        if self.kind == "number":
            return np.asarray(self.value, np.float64)
        if self.kind == "constant":
            return np.asarray(CONSTANTS[str(self.value)])
        if self.kind == "column":
            return columns[str(self.value)]
        parts = [part.values(columns) for part in self.parts]
        if self.kind in _OPERATIONS:
            return _OPERATIONS[self.kind](*parts)
        function = FUNCTIONS[self.kind]
        found = parts[0] if function.several else function.values(parts[0])
        for part in parts[1:]:
            found = function.values(found, part)
        return found

    def names(self) -> set[str]:
        """The columns in it."""
        if self.kind == "column":
            return {str(self.value)}
        return {name for part in self.parts for name in part.names()}


@dataclass(frozen=True)
class Formula:
    """A formula that has been read; ``str`` gives its normal form.

    Parameters
    ----------
    root : Node
    columns : tuple of str
        The columns in it, in the order of those that there are.
    """

    root: Node
    columns: tuple[str, ...]

    def __str__(self) -> str:
        return self.root.text()

    def values(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Its values where the columns have these.

        Parameters
        ----------
        columns : mapping of str to ndarray of shape (n,), float64

        Returns
        -------
        ndarray of shape (n,), float64
            Not finite where the formula has no value.
        """
        with np.errstate(all="ignore"):
            found = self.root.values(columns)
        return np.broadcast_to(found, columns[self.columns[0]].shape)


class Functions(Registry[Function]):
    """The functions, and with them the language of the formulas."""

    def parse(self, text: str, columns: Sequence[str]) -> Formula:
        """Read a formula of these columns of numbers.

        Raises
        ------
        InputError
            Where it cannot be read, naming the position (from 1) and what was expected there.
        """
        return _Reader(text, columns, self).formula()


class _Token(NamedTuple):
    kind: str  # number, name, quoted, sign or end
    text: str
    position: int  # of its first character, from 1


class _Reader:
    """Goes through a formula once, from the left."""

    def __init__(self, text: str, columns: Sequence[str], functions: Functions) -> None:
        self._text, self._columns, self._functions = text, columns, functions
        if len(text) > LONGEST:
            self._refuse(LONGEST + 1, f"a formula has at most {LONGEST} characters")
        self._tokens = list(self._split())
        self._at = 0
        self._depth = 0

    def formula(self) -> Formula:
        root = self._sum()
        if self._now.kind != "end":
            self._expected("an operator or the end is")
        names = root.names()
        if not names:
            self._refuse(1, "the formula names no input")
        return Formula(root, tuple(name for name in self._columns if name in names))

    def _split(self) -> Iterable[_Token]:
        at = self._after_blanks(0)
        while at < len(self._text):
            found = _TOKEN.match(self._text, at)
            if found is None:
                if self._text[at] == "`":
                    self._refuse(at + 1, "a name in backquotes never ends or is empty")
                self._refuse(at + 1, f"{self._text[at]!r} has no meaning in a formula")
            yield _Token(str(found.lastgroup), found.group(), at + 1)
            at = self._after_blanks(found.end())
        yield _Token("end", "", len(self._text) + 1)

    def _after_blanks(self, at: int) -> int:
        found = _BLANK.match(self._text, at)
        return found.end() if found else at

    @property
    def _now(self) -> _Token:
        return self._tokens[self._at]

    def _take(self, *signs: str) -> str:
        """The sign that stands here, if it is one of these, and go on behind it."""
        token = self._now
        if token.kind != "sign" or token.text not in signs:
            return ""
        self._at += 1
        return token.text

    def _sum(self) -> Node:
        found = self._product()
        while sign := self._take("+", "-"):
            found = Node(sign, (found, self._product()))
        return found

    def _product(self) -> Node:
        found = self._signed()
        while sign := self._take("*", "/"):
            found = Node(sign, (found, self._signed()))
        return found

    def _signed(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            self._refuse(self._now.position, f"nested more than {DEEPEST} deep")
        found = Node("negative", (self._signed(),)) if self._take("-") else self._power()
        self._depth -= 1
        return found

    def _power(self) -> Node:
        found = self._atom()
        if self._take("^", "**"):
            found = Node("^", (found, self._signed()))
        return found

    def _atom(self) -> Node:
        token = self._now
        if self._take("("):
            found = self._sum()
            self._close()
            return found
        if token.kind in ("end", "sign"):
            self._expected("a number, an input, a function or '(' is")
        self._at += 1
        if token.kind == "number":
            value = float(token.text)
            if not np.isfinite(value):
                self._refuse(token.position, "the number is too large")
            return Node("number", value=value)
        if token.kind == "quoted":
            return self._column(token, token.text[1:-1].replace("``", "`"))
        if self._now.text == "(":
            return self._call(token)
        if token.text in CONSTANTS and token.text not in self._columns:
            return Node("constant", value=token.text)
        return self._column(token, token.text)

    def _column(self, token: _Token, name: str) -> Node:
        if name in self._columns:
            return Node("column", value=name)
        if name in self._functions:
            self._refuse(token.position + len(name), f"'(' is expected after {name}")
        guess = nearest(name, self._columns)
        self._refuse(token.position, f"{guess}there is no input {name!r} of numbers")

    def _call(self, token: _Token) -> Node:
        if token.text not in self._functions:
            guess = nearest(token.text, self._functions.names)
            self._refuse(token.position, f"{guess}unknown function {token.text!r}")
        self._take("(")
        parts = [self._sum()]
        while self._take(","):
            parts.append(self._sum())
        if self._functions[token.text].several:
            if len(parts) < 2:
                self._expected(f"',' and another number for {token.text} is")
        elif len(parts) > 1:
            self._refuse(token.position, f"{token.text} takes one number, not {len(parts)}")
        self._close()
        return Node(token.text, tuple(parts))

    def _close(self) -> None:
        if not self._take(")"):
            self._expected("an operator or ')' is")

    def _expected(self, what: str) -> NoReturn:
        found = repr(self._now.text) if self._now.text else "the end"
        self._refuse(self._now.position, f"{what} expected, not {found}")

    def _refuse(self, position: int, problem: str) -> NoReturn:
        shown = ", ".join(self._columns[:12]) + (" ..." if len(self._columns) > 12 else "")
        raise InputError(
            f"position {position}: {problem}",
            field=FIELD,
            value=self._text,
            allowed=f"{shown}, or a formula of them with + - * / ^ ( ) pi e"
            f" {' '.join(self._functions.names)}",
        )


FUNCTIONS = Functions("function", *_FUNCTIONS)
