"""Stage 9: how the model does on the opened test part, and on shifted copies of it."""

from __future__ import annotations

import numpy as np

from core.data.shift import shifted_rows
from core.errors import InputError
from core.explain.case import ArrayTable, Case
from core.explain.lenses.crowd import some_rows
from core.explain.lenses.unseen import activations_of_now
from core.metrics import number_metrics, predicted_classes, wilson
from core.problem import CHECK_ROWS
from core.settings.shift import ShiftSettings

#: The settings of each kind of shift, in the order in which they are shown.
KINDS: dict[str, tuple[str, ...]] = {
    "covariate": ("move", "turn", "scale", "noise"),
    "label": ("class_shares",),
    "concept": ("label_flips", "concept", "concept_angle"),
}


def shift(case: Case) -> ArrayTable:
    """The test part as it is, under each kind of shift alone, and under all together.

    Of a large part a fixed choice. As long as no shift is asked for the part is sealed: then, and
    where there is none, there is nothing but ``opened``.

    Returns
    -------
    dict
        ``opened``; ``looked``, of ``size`` rows; ``kinds`` (k,), 0 for the part as it is, 1 to 3
        for the kinds of `KINDS`, 4 for all together where there is more than one; ``refused``
        (k,), whether that shift does not fit these data. For classes ``share`` (k,), the accuracy,
        and ``low`` and ``high``, the ends of its 95 % interval; for numbers ``share``, the typical
        miss (RMSE) in the target's unit. What is refused or not finite is -1.
    """
    problem, asked = case.problem, case.asked.shift
    part = problem.parts.test
    if asked is None or not len(part):
        return {"opened": np.asarray(False)}
    rows = some_rows(case, part, CHECK_ROWS)
    wanted = [(0, ShiftSettings())]
    wanted += [
        (at, alone) for at, kind in enumerate(KINDS, 1) if (alone := only(asked, kind)).kinds
    ]
    if len(wanted) > 2:
        wanted.append((len(KINDS) + 1, asked))
    found = [_measure(case, rows, settings) for _, settings in wanted]
    share, low, high = np.array([(-1.0,) * 3 if row is None else row for row in found]).T
    arrays = {
        "opened": np.asarray(True),
        "looked": np.asarray(len(rows)),
        "size": np.asarray(len(part)),
        "kinds": np.array([kind for kind, _ in wanted]),
        "refused": np.array([row is None for row in found]),
        "share": share.copy(),
    }
    return arrays | ({"low": low.copy(), "high": high.copy()} if problem.classes else {})


def only(asked: ShiftSettings, kind: str) -> ShiftSettings:
    """One kind of a shift alone."""
    return ShiftSettings(**{name: getattr(asked, name) for name in KINDS[kind]})


def _measure(
    case: Case, rows: np.ndarray, settings: ShiftSettings
) -> tuple[float, float, float] | None:
    """Accuracy and its interval, or the typical miss, on a shifted copy; None where it is none."""
    problem = case.problem
    seed = case.record.settings.data_seed
    try:
        inputs, truth, _ = shifted_rows(problem.dataset, problem.parts.train, rows, settings, seed)
    except InputError:
        return None
    x = problem.representation.transform(inputs).astype(problem.x.dtype)
    scores = activations_of_now(case, x)[-1]
    if problem.classes:
        hits = int((predicted_classes(scores) == truth).sum())
        return hits / len(truth), *wilson(hits, len(truth))
    guess = problem.representation.inverse_target(scores[:, 0].astype(np.float64))
    miss = number_metrics(truth, guess)["rmse"]
    return None if miss is None or not np.isfinite(miss) else (miss, miss, miss)
