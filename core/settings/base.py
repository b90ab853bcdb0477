"""What all tables of an experiment share: frozen, strict, and errors in plain words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import pydantic
from pydantic import ConfigDict, ValidationInfo, field_validator

from core.registry import registry
from core.settings.errors import input_error
from core.settings.fields import setting

LARGEST_COUNT = 1_000_000_000
LARGEST_SEED = 2**31 - 1
FORMAT = 1


def _as_base_init(function: Callable[..., None]) -> Callable[..., None]:
    # pydantic calls a foreign __init__ for nested tables too, where their errors would lose
    # their place; this mark, which its own RootModel uses, keeps nested validation inside.
    function.__dict__["__pydantic_base_init__"] = True
    return function


class Settings(pydantic.BaseModel):
    """A frozen table; a bad value raises `InputError`, never pydantic's own error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
    table: ClassVar[str] = ""

    @_as_base_init
    def __init__(self, /, **values: Any) -> None:
        try:
            self.__pydantic_validator__.validate_python(values, self_instance=self)
        except pydantic.ValidationError as error:
            raise input_error(error, values, type(self)) from None

    @classmethod
    def checked(cls, values: Any) -> Self:
        """The table made of `values`; raises `InputError` for the first bad one."""
        try:
            return cls.model_validate(values)
        except pydantic.ValidationError as error:
            raise input_error(error, values, cls) from None

    def with_values(self, **values: Any) -> Self:
        """A validated copy with some values changed."""
        own = {name: getattr(self, name) for name in type(self).model_fields}
        return self.checked({**own, **values})

    @field_validator("*", mode="before")
    @classmethod
    def _list_to_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("*", mode="after")
    @classmethod
    def _known_name(cls, value: Any, info: ValidationInfo) -> Any:
        extra = cls.model_fields[str(info.field_name)].json_schema_extra
        family = extra.get("registry") if isinstance(extra, dict) else None
        if family and value is not None:
            parts = registry(str(family))
            for name in (value,) if isinstance(value, str) else value:
                parts[name]
        return value


class Header(Settings):
    """The fields above the first table."""

    format: int = setting(FORMAT, "Version of the file's format.", ge=1)
    seed: int = setting(
        7,
        "Everything random follows from it: the same seed, the same run.",
        basic=True,
        ge=0,
        le=LARGEST_SEED,
    )
