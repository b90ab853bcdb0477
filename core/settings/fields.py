"""What a setting is: its type, bounds, unit, help and formula, written once beside its default.

`setting` declares a field of a pydantic model; `Field` is what panels, help texts and error
messages read of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pydantic
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from core.registry import registry as find_registry

KIND_WORDS = {
    "integer": "a whole number",
    "number": "a number",
    "flag": "true or false",
    "text": "a text",
    "choice": "a name",
    "choices": "a name, or a list with one name for each hidden layer",
    "integers": "a list of whole numbers",
    "numbers": "a list of numbers",
    "texts": "a list of texts",
    "columns": "a table from column name to number, category, text or ignore",
    "points": "a list of points [x1, x2, class], coordinates within ±1e6 and classes 0 to 9",
    "table": "a table",
}
_SCALARS = {bool: "flag", int: "integer", float: "number", str: "text"}


@dataclass(frozen=True)
class Field:
    """One setting, as widgets, help and messages need it.

    Attributes
    ----------
    path : str
        Dotted, e.g. ``"optimizer.learning_rate"``.
    kind : str
        A key of `KIND_WORDS`; for lists the bounds are those of each item.
    default : object
        None also where it follows from other settings (`resolved`).
    low, high : float or None
        Bounds, excluded where `low_open` or `high_open` says so.
    registry : str
        The family of parts the value is a name of, or empty.
    basic : bool
        Whether a panel shows it at once; the rest stand under "More".
    live : bool
        Whether it may change during a run.
    optional : bool
        Whether None is a value of its own ("off", or "the part's own default").
    resolved : bool
        Whether None asks for the value that follows from other settings.
    """

    path: str
    kind: str
    help: str
    default: Any = None
    low: float | None = None
    low_open: bool = False
    high: float | None = None
    high_open: bool = False
    unit: str = ""
    formula: str = ""
    registry: str = ""
    basic: bool = False
    live: bool = False
    optional: bool = False
    resolved: bool = False
    literals: tuple[str, ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """The names that are allowed, or nothing where any value within the bounds is."""
        return find_registry(self.registry).names if self.registry else self.literals

    @property
    def allowed(self) -> str:
        """What would be accepted, for error messages and help."""
        words = KIND_WORDS[self.kind]
        if self.kind == "choice":
            return ", ".join(self.choices)
        if self.choices:
            return f"{words}: {', '.join(self.choices)}"
        if self.kind in ("integers", "numbers"):
            words += ", each"
        if self.low is None and self.high is None:
            return words.removesuffix(", each")
        if self.high is None:
            return f"{words} {'>' if self.low_open else '>='} {self.low:.16g}"
        if self.low is None:
            return f"{words} {'<' if self.high_open else '<='} {self.high:.16g}"
        if self.low_open or self.high_open:
            left, right = "<" if self.low_open else "<=", "<" if self.high_open else "<="
            return f"{words} with {self.low:.16g} {left} value {right} {self.high:.16g}"
        return f"{words} from {self.low:.16g} to {self.high:.16g}"


def setting(
    default: Any,
    help: str,
    *,
    unit: str = "",
    formula: str = "",
    registry: str = "",
    basic: bool = False,
    live: bool = False,
    resolved: bool = False,
    **limits: Any,
) -> Any:
    """Declare one setting of a model.

    Parameters
    ----------
    default : object
        None for a setting that is absent, or filled in from others (`resolved`).
    help : str
        One line: what it does, and what happens when it is too big or too small.
    unit, formula, registry, basic, live
        As in `Field`.
    resolved : bool
        None stands for a value that validation fills in, not for one of its own.
    **limits
        ``ge``, ``gt``, ``le``, ``lt``, ``min_length``, as pydantic takes them.
    """
    extra: JsonDict = {
        "unit": unit,
        "formula": formula,
        "registry": registry,
        "basic": basic,
        "live": live,
        "resolved": resolved,
    }
    return pydantic.Field(default, description=help, json_schema_extra=extra, **limits)


def _bare(annotation: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """The type without None and ``Annotated``, its constraints, and whether None was in it."""
    optional, constraints = False, ()
    if get_origin(annotation) in (Union, UnionType):
        kept = [part for part in get_args(annotation) if part is not NoneType]
        optional = len(kept) < len(get_args(annotation))
        if len(kept) > 1:
            return "choices", (), optional
        annotation = kept[0]
    if get_origin(annotation) is Annotated:
        annotation, *found = get_args(annotation)
        constraints = tuple(found)
    return annotation, constraints, optional


def _limits(constraints: tuple[Any, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    flat = [part for item in constraints for part in getattr(item, "metadata", [item])]
    for item in flat:
        for sign, side, is_open in (
            ("ge", "low", False),
            ("gt", "low", True),
            ("le", "high", False),
            ("lt", "high", True),
        ):
            if hasattr(item, sign):
                found[side], found[f"{side}_open"] = getattr(item, sign), is_open
    return found


def describe(path: str, info: FieldInfo) -> Field:
    """The `Field` of what `setting` declared."""
    kind, constraints, optional = _bare(info.annotation)
    constraints += tuple(info.metadata)
    if not isinstance(info.json_schema_extra, dict):
        raise TypeError(f"{path} was not declared by `setting`")
    extra: dict[str, Any] = dict(info.json_schema_extra)
    literals: tuple[str, ...] = ()
    origin = get_origin(kind)
    if origin is Literal:
        kind, literals = "choice", get_args(kind)
    elif origin is dict:
        kind = "columns"
    elif origin is tuple:
        item, item_constraints, _ = _bare(get_args(kind)[0])
        kind = "points" if get_origin(item) is tuple else f"{_SCALARS[item]}s"
        constraints = item_constraints
    elif isinstance(kind, type) and issubclass(kind, pydantic.BaseModel):
        kind = "table"
    elif kind != "choices":
        kind = "choice" if extra["registry"] else _SCALARS[kind]
    return Field(
        path=path,
        kind=kind,
        help=info.description or "",
        default=info.default,
        optional=optional and not extra["resolved"],
        literals=literals,
        **_limits(constraints),
        **extra,
    )
