"""Settings by their dotted paths: what there is, what may change live, values from text."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from core.errors import InputError, nearest
from core.settings.base import Header
from core.settings.fields import Field, describe
from core.settings.file import parse_toml
from core.settings.learning import LossSettings, ModelSettings, OptimizerSettings, StopSettings
from core.settings.problem import DataSettings, EvaluationSettings, RepresentationSettings

WEIGHT = re.compile(r"weight_(\d{1,9})\[(\d{1,9}),\s*(\d{1,9})\]", re.ASCII)
BIAS = re.compile(r"bias_(\d{1,9})\[(\d{1,9})\]", re.ASCII)
TABLES = (
    DataSettings,
    RepresentationSettings,
    ModelSettings,
    LossSettings,
    OptimizerSettings,
    EvaluationSettings,
    StopSettings,
)


@cache
def fields() -> dict[str, Field]:
    """Every setting by its dotted path, in file order; `format` and the events are none."""
    found = {"seed": describe("seed", Header.model_fields["seed"])}
    for table in TABLES:
        for name, info in table.model_fields.items():
            path = f"{table.table}.{name}"
            found[path] = describe(path, info)
    return found


def field_at(path: str) -> Field:
    """The setting at a dotted path; raises `InputError` that names the nearest known one."""
    known = fields()
    if path not in known:
        table = path.partition(".")[0] + "."
        near = [name for name in known if name.startswith(table)] or ["seed", "data.source", "..."]
        raise InputError(
            f"{nearest(path, known)}unknown field", field=path, allowed=", ".join(near)
        )
    return known[path]


def is_live(path: str) -> bool:
    """Whether the field, or the weight or bias, may change during a run."""
    field = fields().get(path)
    return field.live if field else weight_place(path) is not None


def weight_place(path: str) -> tuple[str, int, tuple[int, ...]] | None:
    """``"weight_0[1,3]"`` as ``("weight", 0, (1, 3))``, ``"bias_0[3]"`` as ``("bias", 0, (3,))``.

    None for any other text. Weights are (input, output) of layer 0, 1, ...
    """
    found = WEIGHT.fullmatch(path)
    if found:
        layer, row, column = map(int, found.groups())
        return "weight", layer, (row, column)
    found = BIAS.fullmatch(path)
    return ("bias", int(found[1]), (int(found[2]),)) if found else None


def parse_assignment(text: str) -> tuple[str, Any]:
    """``"optimizer.learning_rate=0.1"`` as path and value, for ``--set``.

    Values are written as in the file; texts and names need no quotes, lists no brackets, and
    ``none`` clears an optional setting. The value is checked when it is put in place.
    """
    path, equals, written = (part.strip() for part in text.partition("="))
    if not equals:
        raise InputError("not an assignment", value=text, allowed="FIELD=VALUE")
    field = field_at(path)
    return path, _parse_value(field, written)


def _parse_value(field: Field, text: str) -> Any:
    if text.lower() == "none" and (field.optional or field.default is None):
        return None
    quoted = text[:1] in ("'", '"', "[", "{")
    if field.kind in ("text", "choice") and not quoted:
        return text
    many = field.kind in ("integers", "numbers", "texts", "choices")
    if many and not quoted:
        items = [item.strip() for item in text.split(",") if item.strip()]
        if field.kind == "choices" and len(items) == 1:
            return items[0]
        if field.kind in ("choices", "texts"):
            return items
        text = f"[{text}]"
    try:
        found = parse_toml(f"value = {text}")
    except InputError:
        return text
    return found["value"] if list(found) == ["value"] else text
