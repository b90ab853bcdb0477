"""Finding out how a text table is written, from its first 64 KB."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError

SAMPLE_BYTES = 65536
DELIMITERS = (",", ";", "\t", "|")
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
MISSING = frozenset(
    (
        *("", "?", "-", "--", ".", "na", "n.a.", "n/a", "nan", "-nan", "null", "missing"),
        *("<na>", "#n/a", "#na"),
    )
)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"PK\x03\x04", "an Excel, OpenDocument or zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"BZh", "a compressed file"),
    (b"PAR1", "a Parquet file"),
    (b"\x93NUMPY", "a numpy array"),
    (b"\x89HDF", "an HDF5 file"),
    (b"SQLite format 3", "a database"),
)
_DOT = re.compile(r"[+-]?(\d+(,\d{3})*\.?\d*|\.\d+)([eE][+-]?\d+)?$")
_COMMA = re.compile(r"[+-]?(\d+(\.\d{3})*,?\d*|,\d+)([eE][+-]?\d+)?$")
_THOUSANDS = {
    ".": re.compile(r"[+-]?\d{1,3}((,\d{3})+\.\d*|(,\d{3}){2,})$"),
    ",": re.compile(r"[+-]?\d{1,3}((\.\d{3})+,\d*|(\.\d{3}){2,})$"),
}
_SPECIAL = re.compile(r"[+-]?(inf|infinity)$", re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How a table is written.

    Parameters
    ----------
    encoding : str
        A Python codec.
    delimiter, decimal : str
        One character each.
    thousands : str or None
    header : bool
        Whether the first line names the columns.
    names : tuple of str
        Column names, unique; ``column_1`` ... without a header.
    renamed : tuple of str
        Names that stood twice, or not at all, and what they became: a sentence each.
    """

    encoding: str
    delimiter: str
    decimal: str
    thousands: str | None
    header: bool
    names: tuple[str, ...]
    renamed: tuple[str, ...] = ()


def sniff(path: Path, shown: str) -> Dialect:
    """Find out how the table at `path` is written.

    Parameters
    ----------
    path : Path
    shown : str
        The path as the person wrote it, for messages.

    Raises
    ------
    InputError
        For a file that is missing, a directory, unreadable, empty or not a text table.
    """
    try:
        with path.open("rb") as file:
            sample = file.read(SAMPLE_BYTES)
            whole = not file.read(1)
    except FileNotFoundError:
        raise InputError("there is no such file", file=shown, allowed="a CSV or TSV file") from None
    except (OSError, ValueError) as error:
        # Opening a directory fails in another way on each system.
        reason = getattr(error, "strerror", None) or str(error)
        problem = "this is a directory" if _is_directory(path) else f"it cannot be read: {reason}"
        raise InputError(problem, file=shown, allowed="a CSV or TSV file") from None
    encoding, text = _decode(sample, shown)
    if not text.strip():
        raise InputError("the file is empty", file=shown, allowed="a table with a header and rows")
    if not any(character.isalnum() for character in text):
        raise InputError("no text table: neither letters nor digits in it", file=shown)
    delimiter, records = _delimiter(text, whole)
    cells = [cell.strip() for record in records[1:] for cell in record]
    decimal, thousands = _decimal(cells or [c.strip() for c in records[0]], delimiter)
    header = _has_header(records, decimal)
    first = [" ".join(cell.split()) for cell in records[0]]
    names, renamed = _unique(first if header else [""] * len(first))
    return Dialect(
        encoding, delimiter, decimal, thousands, header, names, renamed if header else ()
    )


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_number(cell: str, decimal: str) -> bool:
    """Whether a cell reads as a number with that decimal sign."""
    return bool((_DOT if decimal == "." else _COMMA).match(cell) or _SPECIAL.match(cell))


def _decode(sample: bytes, shown: str) -> tuple[str, str]:
    for signature, what in _SIGNATURES:
        if sample.startswith(signature):
            raise InputError(
                f"this is {what}, not a text table",
                file=shown,
                allowed="a CSV or TSV file (a spreadsheet program saves one)",
            )
    encoding = next((name for mark, name in _BOMS if sample.startswith(mark)), None)
    if encoding is None and b"\0" in sample:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        half = len(sample) // 2
        encoding = "utf-16-le" if odd > 0.3 * half and even < 0.05 * half else None
        encoding = "utf-16-be" if even > 0.3 * half and odd < 0.05 * half else encoding
        if encoding is None:
            raise InputError(
                "a binary file, not a text table", file=shown, allowed="a CSV or TSV file"
            )
    for name in (encoding,) if encoding else ("utf-8", "cp1252", "latin-1"):
        try:
            # An incremental decoder forgives a character cut in two by the end of the sample.
            text = codecs.getincrementaldecoder(name)().decode(sample)
        except UnicodeError:
            continue
        strange = sum(ord(c) < 32 and c not in "\t\r\n\f\v" for c in text[:4096])
        if strange > 0.02 * len(text[:4096]):
            break
        return name, text.lstrip("\ufeff")
    raise InputError("a binary file, not a text table", file=shown, allowed="a CSV or TSV file")


def _records(text: str, delimiter: str, whole: bool) -> list[list[str]]:
    """Non-empty records; without the last one, which the sample's end may have cut."""
    records = []
    try:
        reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True
        )
        for record in reader:
            if len(record) > 1 or (record and record[0].strip()):
                records.append(record)
    except csv.Error:
        pass
    return records if whole or len(records) < 2 else records[:-1]


def _delimiter(text: str, whole: bool) -> tuple[str, list[list[str]]]:
    """The delimiter that gives most records the same number of fields, and most of them clean.

    In ``1,5;2,3`` both signs split evenly, but only the semicolon leaves nothing but numbers.
    """
    best, result = 0.0, None
    for delimiter in DELIMITERS:
        records = _records(text, delimiter, whole)
        if not records:
            continue
        width, count = Counter(map(len, records)).most_common(1)[0]
        if width < 2:
            continue
        body = [cell.strip() for record in records[1:200] for cell in record]
        clean = sum(
            cell.lower() in MISSING or is_number(cell, ".") or is_number(cell, ",") for cell in body
        )
        score = count / len(records) * (1 + clean / max(len(body), 1))
        if score > best:
            best, result = score, (delimiter, records)
    return result or (",", _records(text, ",", whole) or [[text.strip()]])


def _decimal(cells: Sequence[str], delimiter: str) -> tuple[str, str | None]:
    if delimiter == ",":
        # A comma inside a cell stood in quotes there.
        commas = sum(bool(re.match(r"[+-]?\d+,\d{1,2}$|[+-]?\d+,\d{4,}$", c)) for c in cells)
        dots = sum("." in c and is_number(c, ".") for c in cells)
        decimal = "," if commas > dots else "."
    else:
        commas = sum("," in c and is_number(c, ",") and not _THOUSANDS["."].match(c) for c in cells)
        dots = sum("." in c and is_number(c, ".") and not _THOUSANDS[","].match(c) for c in cells)
        decimal = "," if commas > dots else "."
    grouped = any(_THOUSANDS[decimal].match(cell) for cell in cells)
    if delimiter == "," and decimal == ".":
        grouped = grouped or any(re.match(r"[+-]?\d{1,3},\d{3}$", cell) for cell in cells)
    return decimal, ({".": ",", ",": "."}[decimal] if grouped else None)


def _has_header(records: list[list[str]], decimal: str) -> bool:
    """Whether the first record differs from those below it, column by column."""
    first, body = records[0], records[1:500]
    if not body:
        return not any(is_number(cell.strip(), decimal) for cell in first)
    votes = 0
    for position, title in enumerate(first):
        column = [record[position].strip() for record in body if position < len(record)]
        column = [cell for cell in column if cell.lower() not in MISSING]
        title = title.strip()
        if title.lower() in MISSING or not column:
            continue
        numbers = sum(is_number(cell, decimal) for cell in column)
        if numbers > len(column) / 2:
            votes += -1 if is_number(title, decimal) else 1
        elif is_number(title, decimal) or title in column:
            votes -= 1
    titles = [cell.strip() for cell in first]
    named = len(set(titles)) == len(titles) and not any(is_number(t, decimal) for t in titles)
    return votes > 0 or (votes == 0 and named)


def _unique(titles: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names without blanks or repetitions, and a sentence for each change."""
    names: list[str] = []
    notes: list[str] = []
    taken = set(titles)
    for position, title in enumerate(titles, start=1):
        name = title or f"column_{position}"
        base, count = name, 2
        while name in names or (name != title and name in taken):
            name, count = f"{base}_{count}", count + 1
        if name != title:
            notes.append(
                f"column {position} is called {title!r} like another and becomes {name!r}"
                if title
                else f"column {position} has no name and becomes {name!r}"
            )
        names.append(name)
    return tuple(names), tuple(notes)
