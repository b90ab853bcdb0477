"""Texts as numbers: scikit-learn's, to the last digit, and of the training part alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.dataset import Column, Dataset
from core.errors import InputError
from core.representation.pieces import Training
from core.representation.scaling import SCALINGS
from core.representation.text import TEXT_KINDS, TextVectors, fit_text, fit_text_piece

MESSAGES = [
    "The train was late, the seats were dirty.",
    "Not bad at all: the SOUP was hot and the bread was fresh!",
    "I  can't\tsay\nthat I liked it",
    "Ein schönes Haus, straße und Ärger",
    "x y z 1 22 333",
    "the the the the",
    "",
]
NEW = ["The soup was late", "unheard-of words, all of them", "", "b", "a train train"]


def sklearn_vectorizer(kind, vocabulary):
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

    if kind == "bag_of_words":
        return CountVectorizer(max_features=vocabulary)
    if kind == "tfidf":
        return TfidfVectorizer(max_features=vocabulary)
    return TfidfVectorizer(max_features=vocabulary, analyzer="char_wb", ngram_range=(3, 3))


def agree(texts, others, kind, vocabulary):
    theirs = sklearn_vectorizer(kind, vocabulary)
    wanted = theirs.fit_transform(texts).toarray()
    fitted = fit_text(texts, kind, vocabulary)
    assert fitted.terms == tuple(theirs.get_feature_names_out())
    np.testing.assert_allclose(fitted.vectorise(texts), wanted, rtol=0, atol=1e-12)
    new = theirs.transform(others).toarray()
    np.testing.assert_allclose(fitted.vectorise(others), new, rtol=0, atol=1e-12)
    return fitted


@pytest.mark.parametrize("kind", TEXT_KINDS)
@pytest.mark.parametrize("vocabulary", [1, 3, 12, 40, 1000])
def test_agrees_with_scikit_learn(kind, vocabulary):
    fitted = agree(MESSAGES, NEW, kind, vocabulary)
    assert len(fitted.terms) <= vocabulary


@pytest.mark.parametrize("kind", TEXT_KINDS)
@pytest.mark.parametrize("vocabulary", [17, 200])
def test_agrees_with_scikit_learn_where_many_terms_are_as_frequent(kind, vocabulary):
    rng = np.random.default_rng(3)
    words = [f"word{number}" for number in range(400)]
    texts = [" ".join(rng.choice(words, 9)) for _ in range(150)]
    agree(texts, texts[:5], kind, vocabulary)


@given(
    texts=st.lists(st.text("abAB äß_1'.-\n", max_size=30), min_size=1, max_size=8),
    other=st.text("abAB äß_1'.-\n", max_size=30),
    kind=st.sampled_from(TEXT_KINDS),
    vocabulary=st.integers(1, 15),
)
def test_agrees_with_scikit_learn_on_any_text(texts, other, kind, vocabulary):
    try:
        agree(["some word", *texts], [other], kind, vocabulary)
    except InputError as error:
        pytest.fail(str(error))


@given(
    texts=st.lists(st.text("ab cd", min_size=1, max_size=12), min_size=1, max_size=6, unique=True),
    kind=st.sampled_from(TEXT_KINDS),
    data=st.data(),
)
def test_a_repeated_text_counts_as_often_as_it_stands_there(texts, kind, data):
    texts = ["abc", *texts]
    repeats = [data.draw(st.integers(1, 4)) for _ in texts]
    long = [text for text, times in zip(texts, repeats, strict=True) for _ in range(times)]
    one, other = fit_text(texts, kind, 9, np.array(repeats)), fit_text(long, kind, 9)
    assert one.terms == other.terms
    assert (one.weight == other.weight).all()


def test_weighed_vectors_have_length_one_and_unknown_texts_are_zeros():
    fitted = fit_text(MESSAGES, "tfidf", 1000)
    length = np.linalg.norm(fitted.vectorise([*MESSAGES, "nothing known"]), axis=1)
    assert length == pytest.approx([1, 1, 1, 1, 1, 1, 0, 0], abs=1e-12)


def test_words_that_the_vocabulary_lacks():
    fitted = fit_text(["good food", "bad food"], "tfidf", 10)
    assert fitted.unknown("Good GROUSE, a grouse and bad luck") == ("grouse", "and", "luck")
    assert fitted.unknown("food") == ()
    letters = fit_text(["good food", "bad food"], "characters", 100)
    assert letters.unknown("goodness! a fox flew") == ("flew",)


@pytest.mark.parametrize("kind", TEXT_KINDS)
def test_looks_up_while_it_counts(kind):
    class CancelledError(Exception):
        pass

    def cancel():
        raise CancelledError

    with pytest.raises(CancelledError):
        fit_text(MESSAGES, kind, 10, look_up=cancel)
    fitted = fit_text(MESSAGES, kind, 10)
    with pytest.raises(CancelledError):
        fitted.vectorise(MESSAGES, cancel)


@pytest.mark.parametrize(
    ("texts", "kind", "value"),
    [
        (["a b", "1 2 !"], "bag_of_words", "bag_of_words"),
        (["", " "], "characters", "characters"),
        (["some words"], "bigrams", "bigrams"),
    ],
)
def test_what_cannot_be_counted(texts, kind, value):
    with pytest.raises(InputError) as caught:
        fit_text(texts, kind, 10)
    assert caught.value.field == "representation.text"
    assert caught.value.value == value
    assert caught.value.allowed


TEXTS = ("good food", "bad bad food", "good luck", "hidden secret")


def training(codes, rows, columns=()):
    """Rows of texts by code; other columns are numbers."""
    inputs = np.column_stack([np.array(codes, float), *(np.zeros(len(codes)) for _ in columns)])
    dataset = Dataset(
        name="t",
        task="classification",
        description="",
        columns=(Column("note", "text", TEXTS), *(Column(name) for name in columns)),
        inputs=inputs,
        target=np.arange(len(codes)) % 2,
        class_names=("a", "b"),
    )
    return Training(dataset, np.array(rows), SCALINGS["standard"], 0, lambda: None, 2**18)


@pytest.mark.parametrize("kind", TEXT_KINDS)
def test_terms_and_weights_come_from_the_training_rows_alone(kind):
    codes = [0, 1, 1, 2, 3, 3, 3]
    piece = fit_text_piece(training(codes, [0, 1, 2, 3]), 0, kind, 100)
    alone = fit_text([TEXTS[code] for code in codes[:4]], kind, 100)
    assert piece.vectors.terms == alone.terms
    assert (piece.vectors.weight == alone.weight).all()
    assert not any("hid" in feature.name for feature in piece.features)
    # Whatever the other rows hold, the training rows' vectors stay the same.
    other = fit_text_piece(training([0, 1, 1, 2, 0, 1, 2], [0, 1, 2, 3]), 0, kind, 100)
    assert other.vectors.terms == piece.vectors.terms
    assert (other.table[:3] == piece.table[:3]).all()


def test_codes_and_texts_give_the_same_vectors():
    piece = fit_text_piece(training([0, 1, 2, 3], [0, 1, 2]), 0, "tfidf", 100)
    assert [feature.name for feature in piece.features] == ["bad", "food", "good", "luck"]
    codes = np.array([2, -1, 3, 0, 1], np.int8)
    texts = np.array(["good luck", None, "hidden secret", "good food", "BAD bad food"], object)
    wanted = piece.vectors.vectorise(["good luck", "", "", "good food", "bad bad food"])
    missing = np.array([2, np.nan, 3, 0, 1])
    for given_column in (codes, texts, missing):
        out = np.full((4, 4), np.nan)
        piece.into([given_column], slice(1, 5), out)
        assert (out == wanted[1:]).all()
    out = np.empty((5, 6), np.float32)[:, 1:5]
    piece.into([codes], slice(0, 5), out)
    assert (out == wanted.astype(np.float32)).all()


def test_features_say_how_they_are_made():
    piece = fit_text_piece(training([0, 1, 2, 3], [0, 1, 2], ["size"]), 0, "tfidf", 100)
    first = piece.features[0]
    assert (first.name, first.column) == ("note: bad", "note")
    assert first.formula == f"count of bad × {np.log(4 / 2) + 1:.4g}, row to length 1"
    counted = fit_text_piece(training([0, 1, 2, 3], [0, 1, 2]), 0, "bag_of_words", 2)
    assert [feature.formula for feature in counted.features] == ["count of bad", "count of food"]
    letters = fit_text_piece(training([0, 1, 2, 3], [0, 1, 2]), 0, "characters", 100)
    assert letters.features[0].name == "·ba"
    assert len({feature.name for feature in letters.features}) == len(letters.features)


def test_vectors_that_would_not_fit_are_refused(monkeypatch):
    monkeypatch.setattr("core.representation.text.MOST_NUMBERS", 15)
    with pytest.raises(InputError) as caught:
        fit_text_piece(training([0, 1, 2, 3], [0, 1, 2]), 0, "tfidf", 100)
    assert caught.value.field == "representation.vocabulary"
    assert caught.value.allowed == "at most 3 here"
    assert "4 terms of 4 different texts" in str(caught.value)
    assert isinstance(
        fit_text_piece(training([0, 1, 2, 3], [0, 1, 2]), 0, "tfidf", 3).vectors, TextVectors
    )
