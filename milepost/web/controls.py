"""A form control with its words: one shape for a bound field of a form and for a bare input."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.forms import BoundField
from django.forms.utils import flatatt
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True)
class Control:
    """What a field's template needs; every text is ready to print."""

    id: str
    label: str | Promise
    hint: str | Promise
    errors: list[str]
    optional: bool
    html: SafeString

    @property
    def hint_id(self) -> str:
        return f"{self.id}-hint"

    @property
    def error_id(self) -> str:
        return f"{self.id}-error"


@dataclass(frozen=True)
class Choice:
    """One chip of a segmented control."""

    id: str
    name: str
    value: str
    label: str
    hint: str
    checked: bool


@dataclass(frozen=True)
class Bare:
    """An input that no form stands behind."""

    kind: str
    name: str
    id: str
    value: object = ""
    type: str = "text"
    options: Iterable[tuple[Any, ...]] = field(default_factory=tuple)


def html_attrs(attrs: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes ready for `flatatt`: what is False, None or empty is left out."""
    kept = {name: value for name, value in attrs.items() if value is not False and value is not None}
    return {name: (value if value is True else conditional_escape(value)) for name, value in kept.items()}


def control_of(
    *,
    source: BoundField | Bare,
    label: str,
    hint: str,
    error: str,
    optional: bool | None,
    attrs: Mapping[str, Any],
) -> Control:
    """The control of a bound field, or of a bare input when there is no form. What was typed stays."""
    bound = source if isinstance(source, BoundField) else None
    errors = [str(said) for said in (*(bound.errors if bound else ()), error) if said]
    words = hint or (bound.help_text if bound else "")
    described = _described_by(_id_of(source), bool(words), bool(errors))
    all_attrs = {**html_attrs(attrs), **described}
    if optional is None:
        optional = bound is not None and not bound.field.required
    return Control(
        id=_id_of(source),
        label=label or (bound.label if bound else ""),
        hint=words,
        errors=errors,
        optional=optional,
        html=_html(source, all_attrs),
    )


def _id_of(source: BoundField | Bare) -> str:
    if isinstance(source, BoundField):
        return source.id_for_label or source.auto_id or source.html_name
    return source.id or f"id_{source.name}"


def _described_by(of: str, has_hint: bool, has_error: bool) -> dict[str, str]:
    ids = [f"{of}-{part}" for part, there in (("hint", has_hint), ("error", has_error)) if there]
    described = {"aria-describedby": " ".join(ids)} if ids else {}
    return {**described, **({"aria-invalid": "true"} if has_error else {})}


def _html(source: BoundField | Bare, attrs: dict[str, Any]) -> SafeString:
    if isinstance(source, BoundField):
        return source.as_widget(attrs=attrs)
    return _bare_html(source, attrs)


def _bare_html(bare: Bare, attrs: dict[str, Any]) -> SafeString:
    named = {"name": bare.name, "id": _id_of(bare), **attrs}
    value = "" if bare.value is None else bare.value
    if bare.kind == "textarea":
        return format_html("<textarea{}>\n{}</textarea>", flatatt(named), value)
    if bare.kind == "select":
        return format_html("<select{}>{}</select>", flatatt(named), _options(bare.options, value))
    return format_html("<input{}>", flatatt({"type": bare.type, "value": str(value), **named}))


def _options(options: Iterable[tuple[Any, ...]], chosen: object) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, mark_safe(" selected") if str(key) == str(chosen) else "", text) for key, text in options),
    )


def choices_of(source: BoundField | Bare) -> list[Choice]:
    """
    The chips of a radio group. A label of the form "Word | more words" puts the rest beneath;
    bare options are (value, label) or (value, label, hint).
    """
    if isinstance(source, BoundField):
        chosen = {str(value) for value in _as_list(source.value())}
        rows = [(value, *_split(label)) for value, label in source.field.choices]
        name, base = source.html_name, source.auto_id or source.html_name
    else:
        chosen, name, base = {str(source.value)}, source.name, _id_of(source)
        rows = [(row[0], row[1], row[2] if len(row) > 2 else "") for row in source.options]
    return [
        Choice(f"{base}_{at}", name, str(value), label, hint, str(value) in chosen)
        for at, (value, label, hint) in enumerate(rows)
    ]


def _split(label: object) -> tuple[str, str]:
    word, _, rest = str(label).partition(" | ")
    return word, rest


def _as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]
