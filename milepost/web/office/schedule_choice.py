"""The schedules to begin a quote from: those that come with Milepost, and the business's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest
from django.utils.translation import gettext as _

from milepost.core.quote_input import RowInput
from milepost.core.schedule_templates import SCHEDULE_TEMPLATES
from milepost.queries.door import NotThere
from milepost.queries.own_templates import OwnTemplateRow, own_template, own_templates
from milepost.web.office.quote_fields import RowFields, saved_row, template_rows
from milepost.web.show import money, percent, quantity

OWN = "own-"


@dataclass(frozen=True)
class Chosen:
    """A schedule whose rows go into the form. `recovery`: how its deposit comes off."""

    code: str
    rows: tuple[RowFields, ...]
    recovery: str


def chosen_schedule(request: HttpRequest, code: str) -> Chosen | None:
    """The schedule of this code, of Milepost's or the business's own; None for neither."""
    for template in SCHEDULE_TEMPLATES:
        if template.code == code:
            return Chosen(code, template_rows(template), template.recovery)
    number = code.removeprefix(OWN)
    if not code.startswith(OWN) or not (number.isascii() and number.isdecimal() and len(number) < 18):
        return None
    try:
        own = own_template(request.business_id, int(number))  # type: ignore[attr-defined]
    except NotThere:
        return None
    rows = tuple(saved_row(key, row, request.currency) for key, row in enumerate(own.rows, start=1))  # type: ignore[attr-defined]
    return Chosen(code, rows, own.recovery)


def schedules(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Every schedule as (code, name, what it does), the business's own first."""
    own = own_templates(request.business_id)  # type: ignore[attr-defined]
    return [
        *((template.code, template.name, said(template, request.currency)) for template in own),  # type: ignore[attr-defined]
        *((template.code, _(template.name), _(template.summary)) for template in SCHEDULE_TEMPLATES),
    ]


def said(template: OwnTemplateRow, currency: str) -> str:
    """A schedule in one line: "Deposit 25 %, Cabinets 12,000.00, Final walkthrough the rest"."""
    return ", ".join(f"{row.name} {_part(row, template.rows, currency)}" for row in template.rows)


def _part(row: RowInput, rows: Sequence[RowInput], currency: str) -> str:
    if row.basis == "percent":
        return percent(row.value)
    if row.basis == "fixed":
        return money(int(row.value or 0), currency)
    if row.basis == "share":
        shares = sum((other.value or Decimal(0) for other in rows if other.basis == "share"), Decimal(0))
        return _("%(share)s of %(shares)s") % {"share": quantity(row.value), "shares": quantity(shares)}
    return _("the rest") if len(rows) > 1 else _("all")
