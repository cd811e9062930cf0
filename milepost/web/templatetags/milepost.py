"""The filters and tags of every Milepost template: `{% load milepost %}`."""

from collections.abc import Mapping

from django import template
from django.forms import BoundField
from django.forms.utils import flatatt
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from milepost.core.refusals import Refusal
from milepost.web import controls, drawings, icons, rail, show
from milepost.web.letter_words import letter_words

register = template.Library()

register.filter("money", show.money)
register.filter("money_code", show.money_code)
register.filter("signed", show.signed)
register.filter("percent", show.percent)
register.filter("share_bp", show.share_bp)
register.filter("quantity", show.quantity)
register.filter("unit_price", show.unit_price)
register.filter("typed_quantity", show.typed_number)
register.filter("typed_price", show.typed_price)
register.filter("day", show.day)
register.filter("short_day", show.short_day)
register.filter("moment", show.moment)
register.filter("relative_day", show.relative_day)
register.filter("letter_words", letter_words)

register.simple_tag(icons.icon, name="icon")
register.simple_tag(icons.mark, name="mark")
register.simple_tag(drawings.qr, name="qr")


@register.filter
def refusal(value: Refusal | str | None) -> str:
    """What a refusal says, in the reader's language, its amounts and dates written their way."""
    if isinstance(value, Refusal):
        return value.text(translate=gettext, show=show.shown)
    return str(value or "")


@register.filter
def at(value: Refusal | str | None, names: str) -> str:
    """What a refusal says if it is about one of these fields ("email,phone"), else nothing."""
    return refusal(value) if getattr(value, "field", None) in names.split(",") else ""


@register.filter
def at_part(value: Refusal | str | None, group: str) -> str:
    """Which field of a group a refusal is about: "price" for "line-3-price" of "line-3", else nothing."""
    field = getattr(value, "field", None) or ""
    return field.removeprefix(group + "-") if field.startswith(group + "-") else ""


@register.filter
def html_attrs(attrs: Mapping[str, object]) -> SafeString:
    """A component's own `attrs`, escaped. (`{{ attrs }}` alone is not.)"""
    plain = attrs.attrs_dict() if hasattr(attrs, "attrs_dict") else attrs
    return flatatt(controls.html_attrs(plain))


@register.filter
def has(flag: object) -> bool:
    """Whether a component's flag is set: present, and neither empty nor "false"."""
    return flag not in (None, False, "", "false", "False", "0", 0)


@register.simple_tag
def bar(
    total: show.Amount,
    solid: show.Amount,
    half: show.Amount,
    original: show.Amount = None,
) -> SafeString:
    """The money bar's drawing alone; `<c-money-bar>` adds its figures."""
    return drawings.bar(total=total, solid=solid, half=half, original=original)


@register.simple_tag(takes_context=True)
def control(context: Context) -> controls.Control:
    """The control that a field component describes by its own variables."""
    optional = context.get("optional", "")
    return controls.control_of(
        source=_source(context),
        label=context.get("label", ""),
        hint=context.get("hint", ""),
        error=refusal(context.get("error", "")),
        optional=None if optional == "" else has(optional),
        attrs=context["attrs"].attrs_dict(),
    )


@register.simple_tag(takes_context=True)
def choices(context: Context) -> list[controls.Choice]:
    """The chips of a segmented control."""
    return controls.choices_of(_source(context))


def _source(context: Context) -> BoundField | controls.Bare:
    field = context.get("field")
    if isinstance(field, BoundField):
        return field
    return controls.Bare(
        kind=context.get("kind") or "input",
        name=context.get("name", ""),
        id=context.get("id", ""),
        value=context.get("value", ""),
        type=context.get("type") or "text",
        options=context.get("options") or (),
    )


@register.simple_tag(takes_context=True)
def office_rail(context: Context) -> list[rail.Entry]:
    """The office's doors, the one that is open marked."""
    request = context.get("request")
    return rail.entries(path=request.path if request else "", waiting=context.get("needs_you_count"))
