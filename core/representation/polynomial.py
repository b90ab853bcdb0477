"""Products of number features: all up to a degree, or of each pair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement
from math import comb

import numpy as np

from core.errors import InputError
from core.representation.grammar import Node
from core.representation.made import MadePiece, Plain, fit_made, union
from core.representation.pieces import Feature, NumberPiece, Training

MOST_FEATURES = 5_000


@dataclass(frozen=True, eq=False)
class ProductMaker:
    """Multiplies the numbers of other pieces, before their scaling.

    Parameters
    ----------
    sources : tuple of NumberPiece
        They make b numbers.
    factors : tuple of (int, int)
        For each product a product made before it, or one of the b numbers, and the number that it
        is multiplied by: places in the row of the b numbers and then the products.
    """

    sources: tuple[NumberPiece, ...]
    factors: tuple[tuple[int, int], ...]

    def values(self, columns: Sequence[np.ndarray], rows: slice) -> np.ndarray:
        """The products of some rows, (r, f)."""
        given = [source.values(columns, rows).T for source in self.sources]
        found = np.empty((sum(map(len, given)) + len(self.factors), given[0].shape[1]))
        np.concatenate(given, out=found[: -len(self.factors)])
        with np.errstate(all="ignore"):
            for place, (one, other) in enumerate(self.factors, len(found) - len(self.factors)):
                np.multiply(found[one], found[other], out=found[place])
        return found[-len(self.factors) :].T


def fit_products(
    training: Training,
    sources: Sequence[NumberPiece],
    nodes: Sequence[Node],
    degree: int,
    interactions: bool,
    others: int,
) -> list[MadePiece]:
    """The piece that makes all products of 2 to `degree` number features, or of each pair.

    The numbers themselves, the products of one, are features already.

    Parameters
    ----------
    training : Training
    sources : sequence of NumberPiece
        What makes the number features.
    nodes : sequence of Node
        Each of them as it stands in a formula.
    degree : int
        From 1.
    interactions : bool
        Whether each pair is wanted where `degree` is 1.
    others : int
        How many features there are beside the products.

    Returns
    -------
    list of MadePiece
        Empty where nothing is asked for.

    Raises
    ------
    InputError
        Without number features, or for too many features.
    """
    if degree == 1 and not interactions:
        return []
    field = "representation.degree" if degree > 1 else "representation.interactions"
    value, base = degree if degree > 1 else True, len(nodes)
    if base < (1 if degree > 1 else 2):
        raise InputError(
            f"there {'is 1 number' if base else 'are no numbers'} to multiply",
            field=field,
            value=value,
            allowed="data with columns of numbers among the features",
        )
    products = comb(base + degree, degree) - 1 - base if degree > 1 else comb(base, 2)
    if products + others > MOST_FEATURES:
        raise InputError(
            f"would make {products + others:,} features of {base} numbers",
            field=field,
            value=value,
            allowed=f"what makes at most {MOST_FEATURES:,} features",
        )
    powers = [combo for size in range(2, degree + 1)
              for combo in combinations_with_replacement(range(base), size)] or list(
                  combinations(range(base), 2))  # fmt: skip
    place: dict[tuple[int, ...], int] = {(at,): at for at in range(base)}
    place |= {combo: at for at, combo in enumerate(powers, base)}
    factors = tuple((place[combo[:-1]], combo[-1]) for combo in powers)
    parts: list[Feature] = [feature for source in sources for feature in source.features]
    features = [_plain(combo, parts, nodes, training.dataset.column_names) for combo in powers]
    maker = ProductMaker(tuple(sources), factors)
    return [fit_made(training, maker, features, field)]


def _plain(
    combo: tuple[int, ...], parts: Sequence[Feature], nodes: Sequence[Node], order: Sequence[str]
) -> Plain:
    product: Node | None = None
    for at, power in Counter(combo).items():
        factor = nodes[at] if power == 1 else Node("^", (nodes[at], Node("number", value=power)))
        product = factor if product is None else Node("*", (product, factor))
    assert product is not None
    text = product.text()
    return Plain(text, text, union([parts[at] for at in combo], order))
