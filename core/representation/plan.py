"""Which pieces a representation is made of: what the settings ask for, in order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from core.data.dataset import Dataset
from core.errors import InputError, nearest
from core.representation.categories import fit_one_hot, fit_ordinal
from core.representation.components import fit_components
from core.representation.formulas import fit_formula
from core.representation.grammar import FIELD, FUNCTIONS, Formula, Node
from core.representation.numbers import fit_numbers
from core.representation.pictures import fit_picture, picture_shape
from core.representation.pieces import NumberPiece, Piece, Training
from core.representation.polynomial import fit_products
from core.representation.rbf import fit_rbf
from core.representation.text import fit_text_piece

Chosen = int | Formula  # a column's place, or a formula of some columns


def chosen_features(dataset: Dataset, names: Sequence[str] | None) -> list[Chosen]:
    """What the names stand for, in the order chosen; None: all columns.

    Raises
    ------
    InputError
        For none at all, a repeated one, and what is neither a column nor a formula of columns.
    """
    known = dataset.column_names
    if names is None:
        return list(range(len(known)))
    shown = ", ".join(known[:12]) + (f" ... ({len(known)} columns)" if len(known) > 12 else "")
    if not names:
        raise InputError("no feature is chosen", field=FIELD, value=[], allowed=shown)
    numbers = [column.name for column in dataset.columns if column.kind == "number"]
    found: list[Chosen] = []
    for name in names:
        feature = _feature(str(name), known, numbers, shown)
        if any(str(feature) == str(other) for other in found):
            raise InputError(
                "a feature is named twice", field=FIELD, value=name, allowed="each feature once"
            )
        found.append(feature)
    return found


def _feature(name: str, known: Sequence[str], numbers: Sequence[str], shown: str) -> Chosen:
    if name in known:
        return known.index(name)
    if not any(sign in name for sign in "+-*/^(`"):
        raise InputError(
            f"{nearest(name, known)}unknown feature", field=FIELD, value=name, allowed=shown
        )
    formula = FUNCTIONS.parse(name, numbers)
    if formula.root.kind == "column":
        return known.index(formula.columns[0])
    return formula


def fit_pieces(training: Training, settings: Any, chosen: Sequence[Chosen]) -> tuple[Piece, ...]:
    """The pieces that make the features asked for, fitted.

    Parameters
    ----------
    training : Training
    settings : RepresentationSettings
    chosen : sequence of Chosen

    Raises
    ------
    InputError
        If they would make no feature, or a setting does not fit the data.
    """
    pieces, sources = _of_columns(training, settings, chosen)
    nodes = [node for source in sources for node in _nodes(source, chosen)]
    others = sum(len(piece.features) for piece in pieces) + settings.rbf
    pieces += fit_products(training, sources, nodes, settings.degree, settings.interactions, others)
    pieces += fit_rbf(training, sources, settings.rbf, settings.rbf_width)
    if not pieces:
        raise InputError(
            "no category of the chosen columns occurs in the training part",
            field=FIELD,
            value=settings.features,
            allowed="columns with values in the training part",
        )
    if settings.components is not None:
        return (fit_components(training, pieces, settings.components),)
    return tuple(pieces)


def _of_columns(
    training: Training, settings: Any, chosen: Sequence[Chosen]
) -> tuple[list[Piece], list[NumberPiece]]:
    """The pieces of columns and formulas, and those of them that make numbers."""
    columns = training.dataset.columns
    kinds = ["formula" if isinstance(at, Formula) else columns[at].kind for at in chosen]
    pieces: list[Piece] = []
    sources: list[NumberPiece] = []
    if settings.picture != "pixels":
        _check_picture(training.dataset, settings, chosen)
        sources.append(fit_picture(training, settings.picture))
        pieces.append(sources[0])
        chosen = [at for at in chosen if isinstance(at, Formula)]
        kinds = ["formula"] * len(chosen)
    # Number columns next to each other are written by one piece.
    pairs = groupby(zip(kinds, chosen, strict=True), lambda pair: pair[0])
    runs = [(kind, [at for _, at in run]) for kind, run in pairs]
    places = [[at for at in run if isinstance(at, int)] for kind, run in runs if kind == "number"]
    numbers = iter(fit_numbers(training, places))
    for kind, run in runs:
        if kind == "number":
            sources.append(next(numbers))
            pieces.append(sources[-1])
        for at in run:
            if isinstance(at, Formula):
                sources.append(fit_formula(training, at))
                pieces.append(sources[-1])
            elif kind == "text":
                pieces.append(fit_text_piece(training, at, settings.text, settings.vocabulary))
            elif kind == "category":
                ordinal = settings.encoding == "ordinal"
                fitted = (fit_ordinal if ordinal else fit_one_hot)(training, at)
                pieces += [fitted] if fitted is not None else []
    return pieces, sources


def _check_picture(dataset: Dataset, settings: Any, chosen: Sequence[Chosen]) -> None:
    picture_shape(dataset, settings.picture)
    if {at for at in chosen if not isinstance(at, Formula)} != set(range(len(dataset.columns))):
        raise InputError(
            "is made of all dots, of which some are left out",
            field="representation.picture",
            value=settings.picture,
            allowed="pixels, or all columns among the features",
        )


def _nodes(source: NumberPiece, chosen: Sequence[Chosen]) -> list[Node]:
    """The features of a piece as they stand in a formula."""
    formulas = {str(at): at.root for at in chosen if isinstance(at, Formula)}
    names = (feature.name for feature in source.features)
    return [formulas.get(name) or Node("column", value=name) for name in names]
