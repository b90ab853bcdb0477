"""From pydantic's list of errors to the first one a person should read, in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import pydantic

from core.errors import InputError, nearest
from core.settings.fields import KIND_WORDS, Field, describe

_RANGE = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}
_EMPTY = {"too_short", "string_too_short"}


def printable(value: Any) -> Any:
    """`value`, or a text in its place where Python refuses to print it."""
    try:
        repr(value)
    except (ValueError, RecursionError):
        return "a value too long to print"
    return value


def dotted(path: Sequence[str | int]) -> str:
    """``("change", 2, "field")`` as ``change[2].field``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def _given(value: Any) -> str:
    for kind, words in (
        (bool, "true or false"),
        (int, "a whole number"),
        (float, "a number"),
        (str, "a text"),
        (Mapping, "a table"),
        (Sequence, "a list"),
    ):
        if isinstance(value, kind):
            return words
    return "nothing" if value is None else f"a {type(value).__name__}"


def _walk(raw: Any, location: Sequence[str | int]) -> tuple[tuple[str | int, ...], list[int], Any]:
    """The part of an error's location that exists in the input, its order there, and the value."""
    path: list[str | int] = []
    order: list[int] = []
    for part in location:
        if isinstance(raw, Mapping) and part in raw:
            order.append(list(raw).index(part))
        elif isinstance(raw, (list, tuple)) and isinstance(part, int) and part < len(raw):
            order.append(part)
        else:
            break
        path.append(part)
        raw = raw[part]
    return tuple(path), order, raw


def _model_at(root: type[pydantic.BaseModel], path: Sequence[str | int]) -> Any:
    """The model that holds the last name of `path`, and its declaration if it is a field."""
    model = root
    for part in path:
        if isinstance(part, int):
            continue
        info = model.model_fields.get(part)
        if info is None:
            return model, None
        inner = next(
            (
                kind
                for kind in (info.annotation, *get_args(info.annotation))
                if isinstance(kind, type) and issubclass(kind, pydantic.BaseModel)
            ),
            None,
        )
        if inner is None:
            return model, info
        model = inner
    return model, None


def _unknown(model: Any, root: Any, path: Sequence[str | int], value: Any) -> InputError:
    name, known = str(path[-1]), list(model.model_fields)
    guess = nearest(name, known)
    if name not in known and model is not root:
        for table, info in root.model_fields.items():
            inner = info.annotation
            if name in getattr(inner, "model_fields", {}):
                guess = f"did you mean '{table}.{name}'? "
    what = "table" if isinstance(value, Mapping) else "field"
    return InputError(
        f"{guess}unknown {what}",
        field=dotted(path),
        value=printable(value),
        allowed=", ".join(known),
    )


def _problem(kind: str, value: Any, field: Field) -> str:
    if kind in _RANGE:
        return "out of range"
    if kind in _EMPTY:
        return "empty"
    if kind == "finite_number":
        return "not a finite number"
    if kind == "string_unicode":
        return "not valid Unicode"
    if kind == "literal_error" and isinstance(value, str):
        return f"{nearest(value, field.choices)}unknown value"
    return f"{_given(value)} where {KIND_WORDS[field.kind]} is expected"


def input_error(
    error: pydantic.ValidationError, raw: Any, root: type[pydantic.BaseModel]
) -> InputError:
    """The first error in the order of the input, as one `InputError`.

    Parameters
    ----------
    error : pydantic.ValidationError
        What validating `raw` as `root` gave.
    raw : object
        The input, whose keys are in file order.
    root : type
        The model; the table's name is put before the field where it is not the whole tree.
    """
    found = []
    for item in error.errors(include_url=False, include_input=False):
        path, order, value = _walk(raw, item["loc"])
        if item["type"] == "missing":
            # After all that is there.
            path, order, value = (*path, item["loc"][-1]), [*order, 10**9], None
        found.append((order, path, value, item))
    _, path, value, item = min(found, key=lambda entry: entry[0])
    table = getattr(root, "table", "")
    place = (table, *path) if table else path
    inner = item.get("ctx", {}).get("error")
    if isinstance(inner, InputError):
        if inner.field:
            # A new one: `error` holds the inner one where no collector sees it, and whoever raised
            # that again would be kept alive by its traceback for ever.
            given: dict[str, Any] = {} if inner.value is None else {"value": inner.value}
            return InputError(inner.problem, field=inner.field, allowed=inner.allowed, **given)
        bad = value if inner.value is None else inner.value
        return InputError(
            inner.problem, field=dotted(place), value=printable(bad), allowed=inner.allowed
        )
    model, info = _model_at(root, path)
    if item["type"] in ("extra_forbidden", "invalid_key"):
        return _unknown(model, root, place, value)
    if item["type"] == "missing":
        allowed = describe(dotted(place), info).allowed if info is not None else None
        return InputError("missing", field=dotted(place), allowed=allowed)
    if info is not None:
        field = describe(dotted(place), info)
        problem, allowed = _problem(item["type"], value, field), field.allowed
    else:
        wanted = "a list of [[change]] tables" if place == ("change",) else "a table"
        problem, allowed = f"{_given(value)} where {wanted} is expected", None
    return InputError(problem, field=dotted(place), value=printable(value), allowed=allowed)
