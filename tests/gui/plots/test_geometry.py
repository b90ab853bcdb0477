"""Boundaries and hatches found in maps, against places known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from mlloop_gui.plots import geometry


def grid(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    return np.meshgrid(np.arange(columns, dtype=float), np.arange(rows, dtype=float))


def test_boundary_of_a_slanted_plane_is_where_it_is_level():
    x, y = grid(20, 30)
    field = x + 0.5 * y - 12.3
    lines = geometry.boundary_segments(*geometry.level_crossings(field, 0.0))
    assert len(lines) > 10
    for column in (0, 2):
        assert lines[:, column] + 0.5 * lines[:, column + 1] == pytest.approx(12.3, abs=1e-4)


def test_no_boundary_where_nothing_changes():
    lines = geometry.boundary_segments(*geometry.level_crossings(np.ones((5, 6)), 0.0))
    assert lines.shape == (0, 4)


def test_boundary_of_labels_lies_where_the_scores_are_equal():
    x, _y = grid(16, 16)
    scores = np.stack([7.25 - x, x - 7.25, np.full_like(x, -50.0)], axis=-1)
    labels = scores.argmax(axis=-1)
    lines = geometry.boundary_segments(*geometry.label_crossings(labels, scores))
    assert lines[:, [0, 2]] == pytest.approx(7.25, abs=1e-5)
    halfway = geometry.boundary_segments(*geometry.label_crossings(labels, None))
    assert halfway[:, [0, 2]] == pytest.approx(7.5)


def test_three_classes_meet_at_a_point():
    x, y = grid(20, 20)
    labels = np.where(y > 9.5, 2, np.where(x > 9.5, 1, 0))
    lines = geometry.boundary_segments(*geometry.label_crossings(labels, None))
    ends = {tuple(point) for point in np.round(lines[:, 2:], 3).tolist()}
    assert any(abs(x - 9.5) < 0.4 and abs(y - 9.5) < 0.4 for x, y in ends)


def test_hatch_lies_on_the_upper_side_and_ends_at_the_level():
    x, _y = grid(40, 40)
    field = x - 20.4
    lines = geometry.hatch_segments(field, 0.0, spacing=3)
    assert len(lines) > 10
    assert lines[:, [0, 2]].min() >= 20.4 - 1e-4
    # Those that do not begin at the rim begin just at the level.
    inner = lines[lines[:, 1] > 0.0]
    assert inner[:, 0].min() == pytest.approx(20.4, abs=1e-4)
    assert np.allclose(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])


def test_hatch_stays_within_the_map():
    for shape in ((30, 50), (50, 30)):
        lines = geometry.hatch_segments(np.ones(shape), 0.5, spacing=4)
        assert lines[:, [0, 2]].min() >= -0.5
        assert lines[:, [0, 2]].max() <= shape[1] - 0.5
        assert lines[:, [1, 3]].min() >= -0.5
        assert lines[:, [1, 3]].max() <= shape[0] - 0.5
    assert len(geometry.hatch_segments(np.zeros((30, 30)), 0.5)) == 0
