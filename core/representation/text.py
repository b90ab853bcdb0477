"""Texts as numbers: how often each of the most frequent terms occurs, perhaps weighed.

The numbers are those of scikit-learn's ``CountVectorizer`` (``bag_of_words``), ``TfidfVectorizer``
(``tfidf``) and ``TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3))`` (``characters``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.errors import InputError
from core.representation.categories import known_codes
from core.representation.pieces import Feature, Training
from core.representation.scaling import Affine

TEXT_KINDS = ("bag_of_words", "tfidf", "characters")
MOST_NUMBERS = 50_000_000  # in the table of vectors, 8 bytes each
LETTERS = 3  # in a row, that make a term of "characters"
OFTEN = 4096  # texts between two looks at whether to go on
_WORD = re.compile(r"\b\w\w+\b")


def terms_of(text: str, kind: str) -> list[str]:
    """The terms of a text, in order and as often as they occur.

    Words of two letters or more; for ``"characters"`` each three characters in a row of each word
    between blanks, one blank before the word and one behind it included.
    """
    if kind != "characters":
        return _WORD.findall(text.lower())
    return [
        padded[start : start + LETTERS]
        for padded in (f" {word} " for word in text.lower().split())
        for start in range(len(padded) - LETTERS + 1)
    ]


@dataclass(frozen=True, eq=False)
class TextVectors:
    """Fitted once, on the training texts alone; then applied to any text.

    Parameters
    ----------
    kind : str
        One of `TEXT_KINDS`.
    terms : tuple of str
        The f terms that are counted, sorted.
    weight : ndarray of shape (f,), read-only
        What a term's count is multiplied by: 1 in a bag of words, else the inverse document
        frequency ``ln((1 + n) / (1 + df)) + 1`` of n training texts of which df hold the term.
    """

    kind: str
    terms: tuple[str, ...]
    weight: np.ndarray

    def __post_init__(self) -> None:
        self.weight.setflags(write=False)

    @cached_property
    def places(self) -> dict[str, int]:
        """Which number of the vector each term makes."""
        return {term: at for at, term in enumerate(self.terms)}

    def vectorise(
        self, texts: Sequence[str], look_up: Callable[[], object] = lambda: None
    ) -> np.ndarray:
        """The vectors of n texts, (n, f), float64.

        Weighed ones are brought to length 1; a text without a known term is all zeros. `look_up`
        is called now and then, and may raise to cancel.
        """
        places = self.places
        out = np.zeros((len(texts), len(self.terms)))
        for row, text in enumerate(texts):
            if row % OFTEN == 0:
                look_up()
            for term in terms_of(text, self.kind):
                at = places.get(term)
                if at is not None:
                    out[row, at] += 1.0
        if self.kind != "bag_of_words":
            out *= self.weight
            length = np.sqrt(np.einsum("ij,ij->i", out, out))[:, None]
            np.divide(out, length, out=out, where=length > 0)
        return out

    def unknown(self, sentence: str) -> tuple[str, ...]:
        """Its words that leave no mark in the vector, in lower case, each once, in order.

        No training text has them, or they were too rare for the vocabulary. Words of one letter
        are no terms and so not unknown ones; in ``"characters"`` a word is known by any three
        characters of it.
        """
        words = dict.fromkeys(_WORD.findall(sentence.lower()))
        return tuple(
            word for word in words if not any(t in self.places for t in terms_of(word, self.kind))
        )


def fit_text(
    texts: Sequence[str],
    kind: str,
    vocabulary: int,
    repeats: np.ndarray | None = None,
    look_up: Callable[[], object] = lambda: None,
) -> TextVectors:
    """Choose the terms and weigh them, by these texts alone.

    Parameters
    ----------
    texts : sequence of str
    kind : str
        One of `TEXT_KINDS`.
    vocabulary : int
        At most so many terms are kept, the most frequent ones.
    repeats : ndarray of shape (len(texts),), int64, optional
        How often each of the texts stands in the data; left out: once.
    look_up : callable, optional
        Called now and then; may raise to cancel.

    Raises
    ------
    InputError
        For an unknown kind, or where the texts hold no term at all.
    """
    if kind not in TEXT_KINDS:
        raise InputError(
            "unknown way to count",
            field="representation.text",
            value=kind,
            allowed=", ".join(TEXT_KINDS),
        )
    often = np.ones(len(texts), np.int64) if repeats is None else repeats
    totals: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    for row, (text, times) in enumerate(zip(texts, often.tolist(), strict=True)):
        if row % OFTEN == 0:
            look_up()
        for term, count in Counter(terms_of(text, kind)).items():
            totals[term] += count * times
            documents[term] += times
    if not totals:
        raise InputError(
            "the training texts hold nothing to count",
            field="representation.text",
            value=kind,
            allowed="a column of texts with words in the training part",
        )
    terms = sorted(totals)
    if len(terms) > vocabulary:
        # As scikit-learn sorts, number type and all, so that the same ones of equals are kept.
        count_type = np.int64 if kind == "bag_of_words" else np.float64
        frequency = np.array([totals[term] for term in terms], count_type)
        terms = [terms[at] for at in np.sort((-frequency).argsort()[:vocabulary])]
    weight = np.ones(len(terms))
    if kind != "bag_of_words":
        held = np.array([documents[term] for term in terms], np.float64)
        weight = np.log((1.0 + often.sum()) / (1.0 + held)) + 1.0
    return TextVectors(kind, tuple(terms), weight)


@dataclass(frozen=True, eq=False)
class TextPiece:
    """The terms of a column of texts; see `core.representation.pieces.Piece`.

    Nothing is scaled: a rare word would count for more than all others of its text.

    Parameters
    ----------
    features, stats, fill
        As for every piece.
    place : int
        The column.
    vectors : TextVectors
        What makes a vector of any text.
    table : ndarray of shape (codes + 1, f)
        The vector of each text of the data set; all zeros in the last row, for a missing one.
    """

    features: tuple[Feature, ...]
    stats: Affine
    fill: np.ndarray
    place: int
    vectors: TextVectors
    table: np.ndarray

    def into(self, columns: Sequence[np.ndarray], rows: slice, out: np.ndarray) -> None:
        """Write the vectors of some rows, given as codes or as the texts themselves."""
        given = columns[self.place][rows]
        if given.dtype.kind == "O":
            out[:] = self.vectors.vectorise(["" if text is None else text for text in given])
        else:
            out[:] = self.table[known_codes(given, len(self.table) - 1)]


def fit_text_piece(training: Training, place: int, kind: str, vocabulary: int) -> TextPiece:
    """The piece of a text column.

    Raises
    ------
    InputError
        Where the training rows hold no term, or the vectors would not fit.
    """
    column = training.dataset.columns[place]
    codes = training.column(place)
    counts = np.bincount(codes[codes >= 0].astype(np.int64), minlength=len(column.categories))
    seen = np.flatnonzero(counts)
    texts = [column.categories[code] for code in seen]
    vectors = fit_text(texts, kind, vocabulary, counts[seen], training.look_up)
    size, distinct = len(vectors.terms), len(column.categories)
    if size * distinct > MOST_NUMBERS:
        raise InputError(
            f"{size:,} terms of {distinct:,} different texts: over {MOST_NUMBERS:,} numbers",
            field="representation.vocabulary",
            value=vocabulary,
            allowed=f"at most {MOST_NUMBERS // distinct:,} here",
        )
    table = np.zeros((distinct + 1, size))
    table[:-1] = vectors.vectorise(column.categories, training.look_up)
    table.setflags(write=False)
    alone = len(training.dataset.columns) == 1
    features = tuple(
        _feature(column.name, alone, kind, term, weight)
        for term, weight in zip(vectors.terms, vectors.weight, strict=True)
    )
    stats = Affine(np.zeros(size), np.ones(size))
    return TextPiece(features, stats, np.zeros(size), place, vectors, table)


def _feature(column: str, alone: bool, kind: str, term: str, weight: float) -> Feature:
    shown = term.replace(" ", "·")  # a blank at either end would not be seen
    formula = f"count of {shown}"
    if kind != "bag_of_words":
        formula += f" × {weight:.4g}, row to length 1"
    return Feature(shown if alone else f"{column}: {shown}", column, formula)
