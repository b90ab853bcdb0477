"""The events of a live run, checked one after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from core.errors import InputError, nearest
from core.settings import rules
from core.settings.base import Settings
from core.settings.errors import printable
from core.settings.learning import Change, LossSettings, ModelSettings
from core.settings.paths import fields, is_live, weight_place
from core.settings.problem import DataSettings

Tables = dict[str, Settings]


def replay(
    changes: Sequence[Change], data: DataSettings, start: Tables
) -> Iterator[tuple[Change, Tables]]:
    """Each event with its value as the field takes it, and the tables in force after it.

    Parameters
    ----------
    changes : sequence of Change
        In the order of their updates; `InputError` names the first bad one.
    data : DataSettings
        What is learned, with which a new loss must agree.
    start : dict
        The tables ``model``, ``loss``, ``optimizer`` and ``stop`` at update 0.
    """
    tables, latest = start, 0
    for index, change in enumerate(changes):
        place = f"change[{index}]"
        if change.update < latest:
            raise InputError(
                "events stand in the order of their updates",
                field=f"{place}.update",
                value=change.update,
                allowed=f"a whole number >= {latest}",
            )
        latest = change.update
        if weight_place(change.field) is None:
            change, tables = _setting(change, place, data, tables)
        else:
            change = _weight(change, place, data, tables)
        yield change, tables


def _setting(
    change: Change, place: str, data: DataSettings, tables: Tables
) -> tuple[Change, Tables]:
    if not is_live(change.field):
        live = [name for name, field in fields().items() if field.live]
        is_known = change.field in fields()
        guess = "" if is_known else nearest(change.field, live)
        raise InputError(
            f"{guess}{'cannot change during a run' if is_known else 'unknown field'}",
            field=f"{place}.field",
            value=change.field,
            allowed="a field of [loss], [optimizer] or [stop], model.dropout,"
            " weight_0[1,3], bias_0[3]",
        )
    table, name = change.field.split(".")
    try:
        field = fields()[change.field]
        # A count of epochs may give way to a count of updates.
        clearable = field.optional or table == "stop"
        if change.value is None and not clearable:
            raise InputError("missing", allowed=field.allowed)
        old = tables[table]
        new = old.with_values(**{name: change.value})
        if isinstance(old, LossSettings) and isinstance(new, LossSettings):
            new = rules.resolve_loss(new, data)
            _same_outputs(old, new, data)
    except InputError as error:
        raise InputError(
            f"{change.field}: {error.problem}",
            field=f"{place}.value",
            value=change.value if error.value is None else error.value,
            allowed=error.allowed,
        ) from None
    return change.model_copy(update={"value": getattr(new, name)}), {**tables, table: new}


def _same_outputs(old: LossSettings, new: LossSettings, data: DataSettings) -> None:
    before, after = rules.output_count(old, data), rules.output_count(new, data)
    if before != after:
        raise InputError(
            f"would change the number of outputs from {before} to {after}, which takes a new run",
            value=new.name,
        )


def _weight(change: Change, place: str, data: DataSettings, tables: Tables) -> Change:
    misplaced = _misplaced(change.field, data, tables)
    if misplaced:
        problem, allowed = misplaced
        raise InputError(problem, field=f"{place}.field", value=change.field, allowed=allowed)
    value: Any = change.value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # Weights beyond this would overflow in the first product; ints may be larger than any float.
    if not is_number or abs(value) > 1e300 or not isfinite(value):
        raise InputError(
            f"{change.field} cannot take it",
            field=f"{place}.value",
            value=printable(value),
            allowed="a finite number",
        )
    return change.model_copy(update={"value": float(value)})


def _misplaced(path: str, data: DataSettings, tables: Tables) -> tuple[str, str] | None:
    """What is wrong with a weight's place in the network, and what would be allowed."""
    model, loss, found = tables["model"], tables["loss"], weight_place(path)
    if not isinstance(model, ModelSettings) or not isinstance(loss, LossSettings) or found is None:
        return "no such weight", "weight_0[1,3] or bias_0[3], say"
    kind, layer, indices = found
    if layer > len(model.hidden):
        return f"there is no layer {layer}", f"layer 0 to {len(model.hidden)}"
    size = [*model.hidden, rules.output_count(loss, data)][layer]
    if size is not None and indices[-1] >= size:
        return f"layer {layer} has no output {indices[-1]}", f"output 0 to {size - 1}"
    inputs = model.hidden[layer - 1] if layer else None
    if kind == "weight" and inputs is not None and indices[0] >= inputs:
        return f"layer {layer} has no input {indices[0]}", f"input 0 to {inputs - 1}"
    return None
