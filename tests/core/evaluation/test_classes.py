"""Metrics by class, as scikit-learn has them; a share of nothing is 0."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from core.evaluation.classes import class_report

# Four classes, of which some may be in no row and some in no prediction.
PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30)
LABELS = range(4)


@given(PAIRS)
@pytest.mark.filterwarnings("ignore::UserWarning")  # of scikit-learn, about what is missing
def test_all_of_it_is_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    truth, guess = map(np.array, zip(*pairs, strict=True))
    found = class_report(metrics.confusion_matrix(truth, guess, labels=LABELS))
    expected = metrics.precision_recall_fscore_support(truth, guess, labels=LABELS, zero_division=0)
    for own, theirs in zip(
        (found.precision, found.recall, found.f1, found.support), expected, strict=True
    ):
        np.testing.assert_allclose(own, theirs, rtol=1e-12, atol=1e-12)
    for average in ("macro", "weighted"):
        mean = getattr(found, average)
        averaged = metrics.precision_recall_fscore_support(
            truth, guess, labels=LABELS, average=average, zero_division=0
        )
        means = (mean.precision, mean.recall, mean.f1)
        np.testing.assert_allclose(means, averaged[:3], rtol=1e-12, atol=1e-12)
    balanced = metrics.balanced_accuracy_score(truth, guess)
    kappa = metrics.cohen_kappa_score(truth, guess)
    assert found.accuracy == pytest.approx(metrics.accuracy_score(truth, guess), abs=1e-12)
    assert found.balanced_accuracy == pytest.approx(balanced, abs=1e-12)
    assert found.matthews == pytest.approx(metrics.matthews_corrcoef(truth, guess), abs=1e-12)
    assert found.kappa == pytest.approx(kappa, abs=1e-12, nan_ok=True)


def test_many_rows_do_not_overflow() -> None:
    confusion = np.array([[3_000_000_000, 1], [1, 3_000_000_000]])
    found = class_report(confusion)
    assert found.matthews == pytest.approx(1, abs=1e-8)
    assert found.kappa == pytest.approx(1, abs=1e-8)


def test_no_rows_at_all() -> None:
    found = class_report(np.zeros((3, 3), np.int64))
    assert not found.precision.any()
    assert np.isnan([found.accuracy, found.balanced_accuracy, found.kappa]).all()
    assert found.weighted.f1 == found.matthews == 0
