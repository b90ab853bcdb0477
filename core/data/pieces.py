"""A large text table cut into pieces that end with a row, so that several can be read at once."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import IO

PIECE = 5 * 2**19  # bytes; smaller ones take longer, larger ones more memory
FIRST_BYTES = 2**16
MOST = 8  # so many of them without an end of a row are not gone through
LINES_ALONE = ("utf-8", "utf-8-sig", "cp1252", "latin-1")  # where byte 10 is a line's end


class UncutError(Exception):
    """The text cannot be cut where a row ends, as far as that is known."""


class Bytes:
    """UTF-8 text that pandas' parser reads as it is; a file of bytes would be decoded first."""

    def __init__(self, text: bytes) -> None:
        self._text, self._at = text, 0

    def read(self, size: int = -1) -> bytes:
        begin = self._at
        self._at = len(self._text) if size < 0 else begin + size
        return self._text[begin : self._at]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._text.splitlines(keepends=True))


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The file's bytes, in pieces that end with a line outside of quotation marks.

    That is where a row ends if each quotation mark in the text opens or closes a cell. Where one
    does not, the parser finds a piece that ends in the middle of a cell.

    Raises
    ------
    UncutError
        Where no such line is found, or where a piece would begin with what a reader skips.
    """
    rest, first = b"", True
    while block := file.read(PIECE):
        text = rest + block
        end = row_end(text)
        if not end and len(text) > MOST * PIECE:
            raise UncutError
        if end:
            yield _checked(text[:end], first)
            first = False
        rest = text[end:]
    if rest:
        yield _checked(rest, first)


def row_end(text: bytes) -> int:
    """Where the last whole line outside of quotation marks ends; 0 if there is none."""
    end = text.rfind(b"\n") + 1
    odd = b'"' in text and text.count(b'"', 0, end) % 2  # to look for none is quick
    while end and odd:
        before = text.rfind(b"\n", 0, end - 1) + 1
        odd ^= text.count(b'"', before, end) % 2
        end = before
    return end


def _checked(piece: bytes, first: bool) -> bytes:
    if not first and piece.startswith(codecs.BOM_UTF8):
        raise UncutError
    return piece


def as_utf8(piece: bytes, encoding: str) -> bytes:
    """The same text in UTF-8.

    Raises
    ------
    UnicodeError
        Where the text is not in that encoding.
    """
    return piece if piece.isascii() else piece.decode(encoding).encode()


def first_fields(text: bytes, delimiter: str) -> int:
    """How many fields the first row of a UTF-8 text has; the parser lets it have any number.

    Raises
    ------
    UncutError
        Where that cannot be told.
    """
    some = io.StringIO(text[:FIRST_BYTES].decode(errors="replace"), newline="")
    try:
        for record in csv.reader(some, delimiter=delimiter, skipinitialspace=True):
            if len(record) > 1 or (record and record[0].strip()):
                return len(record)
    except csv.Error:
        raise UncutError from None
    return 0
