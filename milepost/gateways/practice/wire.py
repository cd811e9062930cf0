"""How requests and errors look on the wire: nested form fields in, Stripe's JSON errors out."""

import re
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

Params = dict[str, Any]


class ApiError(Exception):
    """An answer in Stripe's error shape."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        self.status = status
        said = {"message": message, "type": kind, "code": code, "param": param}
        self.body = {"error": {name: value for name, value in said.items() if value is not None}}
        super().__init__(message)


class Request(NamedTuple):
    """One request to the API, already known to carry the right key."""

    method: str
    path: str
    params: Params
    idempotency_key: str | None


def decode(encoded: str) -> Params:
    """
    Read form fields whose names nest.

    >>> decode("mode=payment&line_items[0][quantity]=1&expand[]=a&expand[]=b&metadata[x]=y")
    {'mode': 'payment', 'line_items': [{'quantity': '1'}], 'expand': ['a', 'b'], 'metadata': {'x': 'y'}}
    """
    params: Params = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        first, *rest = re.split(r"\]?\[", name.removesuffix("]"))
        _place(params, [first, *rest], value)
    return {name: _as_lists(value) for name, value in params.items()}


def _place(into: Params, keys: list[str], value: str) -> None:
    for key in keys[:-1]:
        inner = into.setdefault(key or str(len(into)), {})
        if not isinstance(inner, dict):
            raise ApiError(f"Invalid parameter: {keys[0]}", param=keys[0])
        into = inner
    into[keys[-1] or str(len(into))] = value


def _as_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _as_lists(part) for key, part in value.items()}
    numbered = bool(inner) and all(key.isascii() and key.isdigit() for key in inner)
    return [inner[key] for key in sorted(inner, key=int)] if numbered else inner


def required(params: Params, name: str) -> Any:
    """A parameter that must be there and not be empty."""
    if not params.get(name):
        raise ApiError(f"Missing required param: {name}.", code="parameter_missing", param=name)
    return params[name]


def whole_number(text: Any, name: str, at_least: int) -> int:
    """A parameter that must be a whole number."""
    if not isinstance(text, str) or not re.fullmatch(r"-?[0-9]{1,12}", text):
        raise ApiError(f"Invalid integer: {text}", code="parameter_invalid_integer", param=name)
    if int(text) < at_least:
        raise ApiError(f"This value must be greater than or equal to {at_least}.", param=name)
    return int(text)
