"""Preprocessing as numpy source: from raw rows to the numbers that the network sees.

Each kind of piece has a writer, found by its type in `WRITERS`: it gives the expression that makes
the piece's features, shape (rows, f), of the ``table`` that the script's ``read`` makes. Those of
`VALUES` and `MAKERS` give what there is before scaling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from core.errors import InputError
from core.export.code import Code
from core.export.formulas import source
from core.export.literals import listed, number
from core.export.reading import reading
from core.representation.categories import OneHotPiece, OrdinalMaker
from core.representation.components import ComponentsPiece
from core.representation.formulas import FormulaMaker
from core.representation.made import MadePiece
from core.representation.numbers import NumbersPiece
from core.representation.pictures import PictureMaker
from core.representation.polynomial import ProductMaker
from core.representation.rbf import RbfMaker
from core.representation.representation import Representation
from core.representation.text import TextPiece

FILLED = '''
def filled(table, names, fill):
    """Columns of numbers side by side, gaps filled."""
    raw = np.column_stack([table[name] for name in names])
    return np.where(np.isnan(raw), fill, raw)
'''
COLUMN = '''
def column(table, name, fill):
    """A column of numbers, gaps filled."""
    return np.where(np.isnan(table[name]), fill, table[name])
'''
FINITE = '''
def finite(values, fill):
    """The values, with something else for what is not finite."""
    return np.where(np.isfinite(values), values, fill)
'''
ONE_HOT = '''
def one_hot(texts, categories):
    """1 for the category that a text names, 0 for the others; missing and unknown: all 0."""
    ones = [[float(text == name) for name in categories] for text in texts]
    return np.reshape(ones, (len(texts), len(categories)))
'''
ORDINAL = '''
def ordinal(texts, categories):
    """The place of each text among the categories; missing and unknown: NaN."""
    places = [categories.index(text) if text in categories else np.nan for text in texts]
    return np.array(places, np.float64)[:, None]
'''
PRODUCTS = '''
def products(numbers, factors):
    """Numbers multiplied with each other, and with products made before."""
    made = list(numbers.T)
    for one, other in factors.T:
        made.append(made[one] * made[other])
    return np.stack(made[numbers.shape[1]:], axis=1)
'''
NEARNESS = '''
def nearness(x, centers, width):
    """exp(-|x - c|^2 / (2 width^2)) for each centre c."""
    squares = [((x - center) ** 2).sum(axis=1) for center in centers]
    return np.exp(np.stack(squares, axis=1) / (-2 * width**2))
'''
WORDS = '''
def terms_of(text):
    """The words of two letters or more."""
    return re.findall(r"\\b\\w\\w+\\b", text.lower())
'''
CHARACTERS = '''
def terms_of(text):
    """Each three characters in a row of each word, with a blank at both ends."""
    words = [f" {word} " for word in text.lower().split()]
    return [word[i : i + 3] for word in words for i in range(len(word) - 2)]
'''
COUNTS = '''
def counts(texts, terms):
    """How often each term occurs in each text."""
    places = {term: place for place, term in enumerate(terms)}
    found = np.zeros((len(texts), len(terms)))
    for row, text in enumerate(texts):
        for term in terms_of(text or ""):
            if term in places:
                found[row, places[term]] += 1
    return found
'''
WEIGHED = '''
def weighed(found, weight):
    """Counts times the weight of each term, brought to length 1."""
    made = found * weight
    length = np.sqrt((made**2).sum(axis=1, keepdims=True))
    return made / np.where(length > 0, length, 1)
'''

Writer = Callable[[Any, Code], str]


def _written(thing: Any, code: Code, writers: Mapping[type, Writer]) -> str:
    writer = writers.get(type(thing))
    if writer is None:
        raise InputError(
            "this part of the representation cannot be written as code",
            field="representation",
            value=type(thing).__name__,
            allowed=", ".join(sorted(kind.__name__ for kind in writers)),
        )
    return writer(thing, code)


def features(piece: Any, code: Code) -> str:
    """The expression for a piece's features.

    Raises
    ------
    InputError
        If there is no writer for such a piece.
    """
    if id(piece) not in code.features:
        code.features[id(piece)] = _written(piece, code, WRITERS)
    return code.features[id(piece)]


def values(piece: Any, code: Code) -> str:
    """The name of what holds a number piece's features before scaling; raises `InputError`."""
    if id(piece) not in code.values:
        code.values[id(piece)] = code.local("numbers", _written(piece, code, VALUES))
    return code.values[id(piece)]


def _side_by_side(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"np.hstack([{', '.join(parts)}])"


# -- pieces ----------------------------------------------------------------------------------------


def _scaled(piece: Any, code: Code) -> str:
    made, center, width = values(piece, code), piece.stats.center, piece.stats.width
    if np.any(center != 0):
        made = f"({made} - {code.array('CENTER', center)})"
    return f"{made} / {code.array('WIDTH', width)}" if np.any(width != 1) else made


def _numbers(piece: NumbersPiece, code: Code) -> str:
    code.helper(FILLED)
    return f"filled(table, {code.columns(piece.places)}, {code.array('FILL', piece.fill)})"


def _made(piece: MadePiece, code: Code) -> str:
    code.helper(FINITE)
    made = _written(piece.maker, code, MAKERS)
    code.warns = True
    return f"finite({made}, {code.array('FILL', piece.fill)})"


def _one_hot(piece: OneHotPiece, code: Code) -> str:
    code.helper(ONE_HOT)
    names = listed(feature.category for feature in piece.features)
    return f"one_hot(table[{code.column(piece.place)}], {code.constant('CATEGORIES', names)})"


def _text(piece: TextPiece, code: Code) -> str:
    words = piece.vectors.kind != "characters"
    code.helper(WORDS if words else CHARACTERS)
    code.helper(COUNTS)
    code.modules |= {"re"} if words else set()
    terms = code.constant("TERMS", listed(piece.vectors.terms))
    made = f"counts(table[{code.column(piece.place)}], {terms})"
    if piece.vectors.kind == "bag_of_words":
        return made
    code.helper(WEIGHED)
    return f"weighed({made}, {code.array('WEIGHT', piece.vectors.weight)})"


def _components(piece: ComponentsPiece, code: Code) -> str:
    made = _side_by_side([features(source, code) for source in piece.sources])
    mean, axes = code.array("MEAN", piece.mean), code.array("AXES", piece.axes)
    return f"({made} - {mean}) @ {axes}.T"


# -- what made pieces are made by ------------------------------------------------------------------


def _formula(maker: FormulaMaker, code: Code) -> str:
    code.helper(COLUMN)
    columns = {
        name: f"column(table, {code.column(place)}, {number(fill)})"
        for name, place, fill in zip(maker.formula.columns, maker.places, maker.fill, strict=True)
    }
    return f"({source(maker.formula.root, columns)})[:, None]"


def _products(maker: ProductMaker, code: Code) -> str:
    code.helper(PRODUCTS)
    given = _side_by_side([values(piece, code) for piece in maker.sources])
    factors = code.array("FACTORS", np.array(maker.factors, np.int64).T)
    return f"products({given}, {factors})"


def _nearness(maker: RbfMaker, code: Code) -> str:
    code.helper(NEARNESS)
    x = _side_by_side([features(piece, code) for piece in maker.sources])
    return f"nearness({x}, {code.array('CENTERS', maker.centers)}, {number(maker.width)})"


def _picture(maker: PictureMaker, code: Code) -> str:
    code.helper(FILLED)
    dots = code.columns(range(maker.dots))
    given = f"filled(table, {dots}, {code.array('FILL', maker.fill)})"
    made = f"{given} @ {code.array('DOTS', maker.weights)}"
    return f"np.abs({made})" if maker.absolute else made


def _ordinal(maker: OrdinalMaker, code: Code) -> str:
    code.helper(ORDINAL)
    ranks = maker.ranks[:-1]
    order = [int(at) for at in np.argsort(ranks) if np.isfinite(ranks[at])]
    names = listed(code.categories(maker.place)[at] for at in order)
    return f"ordinal(table[{code.column(maker.place)}], {code.constant('CATEGORIES', names)})"


WRITERS: dict[type, Writer] = {
    NumbersPiece: _scaled,
    MadePiece: _scaled,
    OneHotPiece: _one_hot,
    TextPiece: _text,
    ComponentsPiece: _components,
}
VALUES: dict[type, Writer] = {NumbersPiece: _numbers, MadePiece: _made}
MAKERS: dict[type, Writer] = {
    FormulaMaker: _formula,
    ProductMaker: _products,
    RbfMaker: _nearness,
    PictureMaker: _picture,
    OrdinalMaker: _ordinal,
}


def preprocessing(representation: Representation, code: Code) -> tuple[str, list[str]]:
    """Constants, and the functions ``read`` and ``represent`` with what they need.

    Returns
    -------
    str
        To which `Code.constants` come.
    list of str
        A paragraph for each function.

    Raises
    ------
    InputError
        If a piece has no writer.
    """
    parts = [features(piece, code) for piece in representation.pieces]
    if len(parts) == 1:
        made = [f"return {parts[0]}"]
    else:
        made = ["return np.hstack([", *(f"    {part}," for part in parts), "])"]
    lines = [*code.statements, *made]
    if code.warns:  # what is not finite is replaced
        lines = ['with np.errstate(all="ignore"):', *(f"    {line}" for line in lines)]
    constants, functions = reading(code.wanted())
    count = len(representation.features)
    represent = [
        "def represent(rows):",
        f'    """The model\'s input of raw rows, shape (rows, {count})."""',
        "    table = read(rows)",
        *(f"    {line}" for line in lines),
    ]
    return constants, [*functions, *code.helpers(), "\n".join(represent)]
