"""A form of lines and payments with what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from django.http import HttpRequest
from django.utils.translation import gettext as _

from milepost.core.money import Money
from milepost.core.refusals import Refusal
from milepost.queries.clause_wording import default_clauses
from milepost.queries.fee_terms import returned_fee_terms
from milepost.queries.lists import Choices
from milepost.queries.quote_draft import DraftTotals, draft_totals
from milepost.web.office.quote_fields import LineFields, QuoteFields, RowFields, named, with_blank
from milepost.web.office.quote_reading import terms_of, unfinished, whole_discount
from milepost.web.show import typed_number

MANY_LINES = 40


@dataclass(frozen=True)
class LineShown:
    """A line's fields and its net amount, if it has one yet."""

    fields: LineFields
    net: Money | None
    names: Sequence[tuple[str, str, bool]]


@dataclass(frozen=True)
class RowShown:
    """A row's fields, its amount, and the lines that it may bill: (key, words, ticked)."""

    fields: RowFields
    amount: Money | None
    choices: Sequence[tuple[str, str, bool]]

    @property
    def stamp(self) -> str:
        """Another one when the lines to choose from are others; what is ticked makes no difference."""
        lines = "\n".join(f"{key} {words}" for key, words, _ticked in self.choices)
        return f"{crc32(lines.encode()):x}"


def filled(fields: QuoteFields, known: Choices) -> QuoteFields:
    """The form with one line to type into and the business's own terms where none stand."""
    business = known.business
    terms = {
        "net_days": business.net_days,
        "grace_days": business.grace_days,
        "pause_after_days": business.pause_after_days,
        "approval_days": business.approval_days,
    }
    texts = {name: getattr(fields, name) or str(value) for name, value in terms.items()}
    late_fee = fields.late_fee or typed_number(business.late_fee_monthly)
    fields = replace(with_blank(fields, default_taxes(known)), late_fee=late_fee, **texts)
    try:
        numbers = {name: int(text) for name, text in texts.items()} | {
            "late_fee_monthly": f"{(terms_of(fields).late_fee_monthly or 0):f}"
        }
    except (Refusal, ValueError):
        return fields
    if business.early_percent and business.early_days:
        numbers |= {
            "early_percent": f"{business.early_percent.normalize():f}",
            "early_days": business.early_days,
        }
    numbers |= returned_fee_terms(business.returned_fee_cents, business.currency)
    return named(fields, default_clauses(numbers))


def default_taxes(known: Choices) -> list[str]:
    return [str(tax.id) for tax in known.taxes if tax.is_default]


def tax_ids(known: Choices) -> list[int]:
    return [tax.id for tax in known.taxes]


def shown(request: HttpRequest, known: Choices, fields: QuoteFields) -> dict[str, object]:
    """The form's parts with their amounts."""
    currency, taxes = known.business.currency, tax_ids(known)
    lines, rows = unfinished(fields, currency=currency, taxes=taxes)
    readable = [line for line in lines if line is not None]
    found = draft_totals(
        request.business_id,
        readable,
        [row for row in rows if row is not None],
        recovery=fields.recovery,
        discount_percent=whole_discount(fields),
        prices_include_tax=fields.inclusive,
    )
    return {
        "fields": fields,
        "typed": request.POST,
        "totals": found,
        "lines": _lines_shown(known, fields, lines, found),
        "rows": _rows_shown(fields, rows, found),
        "blank_line": LineShown(
            LineFields("__key__", taxes=tuple(default_taxes(known))),
            None,
            tax_names(known, default_taxes(known)),
        ),
        "blank_row": RowShown(RowFields("__key__"), None, ()),
        "blank_deposit": RowShown(
            RowFields("__key__", name=_("Deposit"), kind="deposit", value="25"), None, ()
        ),
        "currency": currency,
        "has_taxes": bool(taxes),
        "is_long": len(fields.rows) > 7,
        "has_many_lines": len(fields.lines) > MANY_LINES,
    }


def _lines_shown(
    known: Choices, fields: QuoteFields, lines: Sequence[object], found: DraftTotals
) -> list[LineShown]:
    nets = iter(found.lines)
    names = {taxes: tax_names(known, taxes) for taxes in {line.taxes for line in fields.lines}}
    return [
        LineShown(line, next(nets) if read is not None else None, names[line.taxes])
        for line, read in zip(fields.lines, lines, strict=True)
    ]


def tax_names(known: Choices, ticked: Sequence[str]) -> list[tuple[str, str, bool]]:
    """The business's taxes as boxes: (value, words, ticked)."""
    return [
        (str(tax.id), f"{tax.name} {typed_number(tax.percent)} %", str(tax.id) in ticked)
        for tax in known.taxes
    ]


def _rows_shown(fields: QuoteFields, rows: Sequence[object], found: DraftTotals) -> list[RowShown]:
    amounts = iter(found.rows)
    return [
        RowShown(row, next(amounts) if read is not None else None, _line_names(fields, row))
        for row, read in zip(fields.rows, rows, strict=True)
    ]


def _line_names(fields: QuoteFields, row: RowFields) -> list[tuple[str, str, bool]]:
    """The lines that a row of lines may bill; the totals bring them when its basis becomes lines."""
    if row.basis != "lines":
        return []
    return [
        (line.key, line.description.splitlines()[0][:60], line.key in row.lines)
        for line in fields.lines
        if line.description
    ]
