"""How a script reads raw rows: numbers, and texts as the data's categories are called."""

from __future__ import annotations

from collections.abc import Sequence

from core.data.dataset import Column
from core.data.sniff import MISSING
from core.export.literals import listed, wrapped

TRUTHS = {"True", "False"}

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
CASES = {
    "numeral": """\
        elif kind == "numeral":
            values = [None if missing(v) else numeral(v) for v in values]
""",
    "truth": """\
        elif kind == "truth":
            values = [None if missing(v) else str(v).strip().capitalize() for v in values]
""",
}
PLAIN = """\
        else:
            values = [None if missing(v) else " ".join(str(v).split()) for v in values]
"""
NUMERAL = '''
def numeral(value):
    """A category that is a number, as it is called."""
    try:
        number = float(value)
    except ValueError:
        return str(value)
    return str(int(number)) if number.is_integer() else str(number)
'''


def reading(columns: Sequence[Column]) -> tuple[str, list[str]]:
    """The constants ``COLUMNS``, ``NUMBERS`` and ``MISSING``, and the function ``read``.

    Returns
    -------
    str
    list of str
        A paragraph for each function.
    """
    kinds = {column.name: _kind(column) for column in columns}
    there = set(kinds.values())
    cases = "".join(text for kind, text in CASES.items() if kind in there)
    cases += PLAIN if there & {"category", "text"} else ""
    constants = [
        "COLUMNS = " + wrapped([f"{name!r}: {kind!r}" for name, kind in kinds.items()], "{", "}"),
        'NUMBERS = {name for name, kind in COLUMNS.items() if kind == "number"}',
        f"MISSING = {listed(sorted(MISSING), '{', '}')}",
    ]
    helpers = [NUMERAL.strip()] if "numeral" in there else []
    return "\n".join(constants), [*helpers, READ.format(kinds=cases).strip()]


def _kind(column: Column) -> str:
    """How a column's values are read: as numbers, or in one of the ways to read texts."""
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
