"""Preprocessing as numpy source: from raw rows to the numbers that the network sees.

Each kind of piece has a writer, found by the piece's type in `WRITERS`: it gives the expression
that makes the piece's features, shape (rows, f), of the ``table`` that the script's ``read`` makes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from core.data.dataset import Column, Dataset
from core.data.sniff import MISSING
from core.errors import InputError
from core.export.literals import Arrays, listed, wrapped
from core.representation.categories import OneHotPiece
from core.representation.numbers import NumbersPiece
from core.representation.representation import Representation

TRUTHS = {"True", "False"}
TAKEN = {"COLUMNS", "NUMBERS", "MISSING", "CLASSES", "PACKED"}


class Code:
    """A script's preprocessing while it is being written.

    Parameters
    ----------
    dataset : Dataset
        Whose columns the pieces speak of.

    Attributes
    ----------
    arrays : Arrays
        What the script needs of numbers.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.arrays = Arrays()
        self._dataset = dataset
        self._used: set[int] = set()
        self._helpers: dict[str, str] = {}
        self._constants: dict[str, str | tuple[int, ...]] = {}
        self._names = set(TAKEN)

    def column(self, place: int) -> str:
        """The name of a column, as source; it is one of those that the script wants."""
        self._used.add(place)
        return repr(self._dataset.columns[place].name)

    def columns(self, places: Sequence[int]) -> str:
        """The names of some columns as a list, as source; they are wanted too."""
        self._used.update(places)
        name = self._free("INPUTS")
        self._constants[name] = tuple(places)
        return name

    def categories(self, place: int) -> tuple[str, ...]:
        """What the codes of a column stand for."""
        return self._dataset.columns[place].categories

    def array(self, name: str, values: np.ndarray) -> str:
        """Hold an array under a name like `name` that is still free; returns that name."""
        return self.arrays.add(self._free(name), values)

    def constant(self, name: str, text: str) -> str:
        """Define a name like `name` that is still free as `text`, source; returns that name."""
        free = self._free(name)
        self._constants[free] = text
        return free

    def helper(self, source: str) -> None:
        """Have a function in the script, once."""
        self._helpers[source.strip()] = source.strip()

    def _free(self, name: str) -> str:
        name = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").upper()[:24] or "VALUES"
        name = name if name[0].isalpha() else f"C_{name}"
        free, count = name, 2
        while free in self._names:
            free, count = f"{name}_{count}", count + 1
        self._names.add(free)
        return free

    def expression(self, piece: Any) -> str:
        """What makes a piece's features.

        Raises
        ------
        InputError
            If there is no writer for such a piece.
        """
        writer = WRITERS.get(type(piece))
        if writer is None:
            raise InputError(
                "this part of the representation cannot be written as code",
                field="export",
                value=type(piece).__name__,
                allowed=", ".join(sorted(kind.__name__ for kind in WRITERS)),
            )
        return writer(piece, self)

    def values(self, piece: Any) -> str:
        """What makes a number piece's features before scaling; raises `InputError`."""
        writer = VALUES.get(type(piece))
        if writer is None:
            raise InputError(
                "numbers of this part of the representation cannot be written as code",
                field="export",
                value=type(piece).__name__,
                allowed=", ".join(sorted(kind.__name__ for kind in VALUES)),
            )
        return writer(piece, self)

    def wanted(self) -> tuple[Column, ...]:
        """The columns that the script wants, in the data set's order."""
        return tuple(self._dataset.columns[place] for place in sorted(self._used))

    def helpers(self) -> list[str]:
        """The functions that the writers asked for."""
        return list(self._helpers.values())

    def constants(self) -> list[str]:
        """Lines that define what the functions refer to, once all writers are done."""
        found = []
        for name, text in self._constants.items():
            if not isinstance(text, str):
                every = text == tuple(sorted(self._used))
                names = [self._dataset.columns[place].name for place in text]
                text = "list(COLUMNS)" if every else listed(names)
            found.append(f"{name} = {text}")
        return [*found, *self.arrays.written()]


Writer = Callable[[Any, Code], str]
WRITERS: dict[type, Writer] = {}
VALUES: dict[type, Writer] = {}


def scaled(made: str, piece: Any, code: Code) -> str:
    """An expression for a piece's features, scaled, given that for its values."""
    center, width = piece.stats.center, piece.stats.width
    if np.any(center != 0):
        made = f"({made} - {code.array('CENTER', center)})"
    return f"{made} / {code.array('WIDTH', width)}" if np.any(width != 1) else made


FILLED = '''
def filled(table, names, fill):
    """Columns of numbers side by side, gaps filled."""
    raw = np.column_stack([table[name] for name in names])
    return np.where(np.isnan(raw), fill, raw)
'''
ONE_HOT = '''
def one_hot(texts, categories):
    """1 for the category that a text names, 0 for the others; missing and unknown: all 0."""
    return np.reshape([[float(text == name) for name in categories] for text in texts],
                      (len(texts), len(categories)))
'''


def _number_values(piece: NumbersPiece, code: Code) -> str:
    code.helper(FILLED)
    return f"filled(table, {code.columns(piece.places)}, {code.array('FILL', piece.fill)})"


def _numbers(piece: NumbersPiece, code: Code) -> str:
    return scaled(_number_values(piece, code), piece, code)


def _one_hot(piece: OneHotPiece, code: Code) -> str:
    code.helper(ONE_HOT)
    names = listed(feature.category for feature in piece.features)
    return f"one_hot(table[{code.column(piece.place)}], {names})"


VALUES[NumbersPiece] = _number_values
WRITERS |= {NumbersPiece: _numbers, OneHotPiece: _one_hot}


# -- the whole -------------------------------------------------------------------------------------

READ = '''
def missing(value):
    """Whether a value stands for none."""
    return value is None or str(value).strip().lower() in MISSING


def read(rows):
    """The columns of some rows by name: numbers (NaN = missing), or texts (None = missing)."""
    table = {{}}
    for place, (name, kind) in enumerate(COLUMNS.items()):
        try:
            values = [row[name] if isinstance(row, dict) else row[place] for row in rows]
        except (KeyError, IndexError):
            raise ValueError(f"a row has no {{name!r}}; wanted: {{', '.join(COLUMNS)}}") from None
        if kind == "number":
            values = np.array([np.nan if missing(v) else float(v) for v in values])
{kinds}        table[name] = values
    return table
'''
PLAIN = """\
        else:
            values = [None if missing(v) else " ".join(str(v).split()) for v in values]
"""
NUMERAL = """\
        elif kind == "numeral":
            values = [None if missing(v) else numeral(v) for v in values]
"""
TRUTH = """\
        elif kind == "truth":
            values = [None if missing(v) else str(v).strip().capitalize() for v in values]
"""
NUMERAL_HELPER = '''
def numeral(value):
    """A category that is a number, as it is called."""
    try:
        number = float(value)
    except ValueError:
        return str(value)
    return str(int(number)) if number.is_integer() else str(number)
'''


def kind_of(column: Column) -> str:
    """How the script reads a column's values: a number, or one of three ways to read texts."""
    if column.kind != "category":
        return column.kind
    if set(column.categories) <= TRUTHS:
        return "truth"
    return "numeral" if all(map(_is_numeral, column.categories)) else "category"


def _is_numeral(text: str) -> bool:
    """Whether a category is called what a table's number is called."""
    try:
        number = float(text)
    except ValueError:
        return False
    return text == (str(int(number)) if number.is_integer() else str(number))


def preprocessing(representation: Representation, code: Code) -> list[str]:
    """Constants, the functions ``read`` and ``represent``, and what they need; a paragraph each.

    Raises
    ------
    InputError
        If a piece has no writer.
    """
    parts = [code.expression(piece) for piece in representation.pieces]
    wanted = code.wanted()
    kinds = {column.name: kind_of(column) for column in wanted}
    cases = ""
    for kind, text in (("truth", TRUTH), ("numeral", NUMERAL)):
        cases += text if kind in kinds.values() else ""
    cases += PLAIN if set(kinds.values()) & {"category", "text"} else ""
    if len(parts) == 1:
        made = f"    return {_indented(parts[0])}"
    else:
        rows = "\n".join(f"        {_indented(part, 8)}," for part in parts)
        made = f"    return np.hstack([\n{rows}\n    ])"
    features = len(representation.features)
    columns = wrapped([f"{name!r}: {kind!r}" for name, kind in kinds.items()], "{", "}")
    return [
        f"COLUMNS = {columns}\n"
        'NUMBERS = {name for name, kind in COLUMNS.items() if kind == "number"}\n'
        f"MISSING = {listed(sorted(MISSING), '{', '}')}",
        *([NUMERAL_HELPER.strip()] if "numeral" in kinds.values() else []),
        READ.format(kinds=cases).strip(),
        *code.helpers(),
        "def represent(rows):\n"
        f'    """The model\'s input of raw rows, shape (rows, {features})."""\n'
        "    table = read(rows)\n" + made,
    ]


def _indented(text: str, by: int = 4) -> str:
    return text.replace("\n", "\n" + " " * by)
