"""Which pieces a representation is made of: what the settings ask for, in order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from core.data.dataset import Dataset
from core.errors import InputError, nearest
from core.representation.categories import fit_one_hot
from core.representation.numbers import fit_numbers
from core.representation.pieces import Piece, Training
from core.representation.text import fit_text_piece

FIELD = "representation.features"


def chosen_columns(dataset: Dataset, names: Sequence[str] | None) -> list[int]:
    """Indices of the chosen columns, in the order chosen."""
    known = dataset.column_names
    if names is None:
        return list(range(len(known)))
    shown = ", ".join(known[:12]) + (f" ... ({len(known)} columns)" if len(known) > 12 else "")
    if not names:
        raise InputError("no feature is chosen", field=FIELD, value=[], allowed=shown)
    for position, name in enumerate(names):
        if name not in known:
            raise InputError(
                f"{nearest(str(name), known)}unknown feature",
                field=FIELD,
                value=name,
                allowed=shown,
            )
        if name in names[:position]:
            raise InputError(
                "a feature is named twice", field=FIELD, value=name, allowed="each feature once"
            )
    return [known.index(name) for name in names]


def fit_pieces(training: Training, settings: Any, chosen: Sequence[int]) -> tuple[Piece, ...]:
    """The pieces that make the features of the chosen columns, fitted.

    Raises
    ------
    InputError
        If they would make no feature.
    """
    columns = training.dataset.columns
    # Number columns next to each other are written by one piece.
    runs = [(kind, list(run)) for kind, run in groupby(chosen, lambda at: columns[at].kind)]
    numbers = iter(fit_numbers(training, [run for kind, run in runs if kind == "number"]))
    pieces: list[Piece] = []
    for kind, run in runs:
        if kind == "number":
            pieces.append(next(numbers))
        elif kind == "text":
            way, most = settings.text, settings.vocabulary
            pieces += [fit_text_piece(training, place, way, most) for place in run]
        else:
            pieces += [fit_one_hot(training, place) for place in run]
    if not any(piece.features for piece in pieces):
        raise InputError(
            "no category of the chosen columns occurs in the training part",
            field=FIELD,
            value=settings.features,
            allowed="columns with values in the training part",
        )
    return tuple(piece for piece in pieces if piece.features)
