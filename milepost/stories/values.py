"""What stands behind a story's keys: texts, days, amounts that are texts in major units and become cents."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    InstanceOf,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, core_schema
from pydantic_core.core_schema import ValidationInfo

from milepost.core.money import parse_cents, parse_decimal
from milepost.core.refusals import Refusal


def _text(value: Any) -> Any:
    """A number may be a name: invoice 1001, check 4711."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


AS_TEXT = BeforeValidator(_text)
Name = Annotated[str, AS_TEXT, Field(min_length=1, max_length=200)]
Words = Annotated[str, AS_TEXT, Field(max_length=5000)]
Days = Annotated[int, Field(ge=0, le=3650)]
Place = Annotated[int, Field(ge=1, le=10_000)]


def _amount(value: Any, info: ValidationInfo, *, negative: bool = False) -> int:
    if not isinstance(value, str):
        raise PydanticCustomError("amount", 'Put amounts in quotes: "1250.00".')
    try:
        return parse_cents(value, (info.context or {}).get("currency", "USD"), negative=negative)
    except Refusal as refusal:
        raise PydanticCustomError("amount", "{said}", {"said": str(refusal)}) from None


def _exact(value: Any, *, digits: int, places: int, negative: bool = False) -> Decimal:
    if not isinstance(value, str):
        raise PydanticCustomError("exact", 'Put numbers in quotes: "8.25".')
    try:
        return parse_decimal(value, digits=digits, places=places, negative=negative)
    except Refusal as refusal:
        raise PydanticCustomError("exact", "{said}", {"said": str(refusal)}) from None


def _share(value: Any) -> Fraction:
    """A part of the whole, "0.5" or "1/3", or, above 1, a percentage."""
    over = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", value) if isinstance(value, str) else None
    if over:
        share = Fraction(int(over[1]), int(over[2])) if int(over[2]) else Fraction(0)
    else:
        share = Fraction(_exact(value, digits=3, places=6))
        share = share / 100 if share > 1 else share
    if not 0 < share <= 1:
        raise PydanticCustomError(
            "share", 'A share is more than nothing, and all at most: "0.5", "1/3", "30".'
        )
    return share


def _day(value: Any) -> Any:
    """A day may stand in quotes too, as in JSON, which is YAML."""
    if not isinstance(value, str):
        return value
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("day", "Write a day like 2026-03-02.")


def _not_built(_value: Any) -> Any:
    raise PydanticCustomError("not_built", "is not built yet.")


_NUMBER = WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"})
Amount = Annotated[int, BeforeValidator(_amount), _NUMBER]
SignedAmount = Annotated[int, BeforeValidator(lambda v, info: _amount(v, info, negative=True)), _NUMBER]
Rate = Annotated[Decimal, BeforeValidator(lambda v: _exact(v, digits=3, places=5, negative=True)), _NUMBER]
Exact = Annotated[Decimal, BeforeValidator(lambda v: _exact(v, digits=13, places=6, negative=True)), _NUMBER]
Share = Annotated[
    InstanceOf[Fraction],
    BeforeValidator(_share),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+|/[0-9]+)?$"}),
]
Day = Annotated[date, BeforeValidator(_day)]
NotBuilt = Annotated[Any, BeforeValidator(_not_built), WithJsonSchema({"description": "Not built yet."})]


class Part(BaseModel):
    """Whatever stands in a story: no key beyond these, no value of another kind."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True)
class Short:
    """
    A part that may be written as one value: `write_off: Deposit` is `write_off: {invoice: Deposit}`,
    and `true` is the part with nothing in it.
    """

    key: str
    kind: str = "string"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        return core_schema.no_info_before_validator_function(self._widen, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": self.kind}, {"const": True}, handler(schema)]}

    def _widen(self, value: Any) -> Any:
        if value is True:
            return {}
        return value if isinstance(value, dict) or value is None else {self.key: value}
