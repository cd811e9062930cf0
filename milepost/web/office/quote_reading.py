"""From what was typed to a quote, each refusal at its field."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from milepost.core.quote_input import LineInput, QuoteInput, RowInput, TermsInput
from milepost.core.refusals import InputRefused, Refusal
from milepost.web import typed
from milepost.web.office.quote_fields import LineFields, QuoteFields, RowFields

BASES = ("percent", "fixed", "share", "lines", "remainder")
BILL_ON = ("completion", "acceptance", "before")
EVIDENCE = ("photo", "inspection", "document")
RECOVERIES = ("off_the_top", "first", "final")
LONGEST = 4000
MOST_LINES = 1000
MOST_ROWS = 100


def quote_of(fields: QuoteFields, *, currency: str, taxes: Sequence[int]) -> QuoteInput:
    """The quote to save. Blank lines are left out; anything wrong refuses InputRefused at its field."""
    lines = lines_of(fields, taxes=taxes)
    if not fields.rows:
        raise InputRefused(field="template", problem=_("Choose a payment schedule."))
    if len(fields.rows) > MOST_ROWS:
        most = {"most": MOST_ROWS}
        raise InputRefused(
            field="template", problem=_("At most %(most)d payments. Put some together.") % most
        )
    kept = [line.key for line in fields.lines if not line.is_blank]
    places = {key: place for place, key in enumerate(kept, start=1)}
    rows = tuple(row_of(row, currency=currency, places=places) for row in fields.rows)
    return QuoteInput(
        title=typed.checked_text(fields.title, field="title", most=200) or lines[0].description,
        lines=lines,
        rows=rows,
        terms=terms_of(fields),
        clauses=_clauses(fields),
        site=typed.checked_text(fields.site, field="site", most=500),
        note=typed.checked_text(fields.note, field="note", most=LONGEST),
        template=fields.template[:40],
        recovery=fields.recovery if fields.recovery in RECOVERIES else "",
        expires_on=_day(fields.expires_on, "expires_on"),
        discount_percent=_percent(fields.discount, "discount") or Decimal(0),
        prices_include_tax=fields.inclusive,
    )


def lines_of(fields: QuoteFields, *, taxes: Sequence[int]) -> tuple[LineInput, ...]:
    """The lines that are not blank; at least one. Refuses at the field that is wrong."""
    kept = [line for line in fields.lines if not line.is_blank]
    if not kept:
        first = fields.lines[0].key if fields.lines else "1"
        raise InputRefused(
            field=f"line-{first}-description", problem=_("Say what the work is, and what it costs.")
        )
    if len(kept) > MOST_LINES:
        most = {"most": MOST_LINES}
        raise InputRefused(
            field=f"line-{kept[MOST_LINES].key}-description",
            problem=_("At most %(most)d lines on one quote. Put the rest on another, or some lines together.")
            % most,
        )
    return tuple(line_of(line, taxes=taxes) for line in kept)


def unfinished(
    fields: QuoteFields, *, currency: str, taxes: Sequence[int]
) -> tuple[list[LineInput | None], list[RowInput | None]]:
    """Line by line and row by row what can be read already, None where it cannot yet."""
    lines = [_or_none(line_of, line, taxes=taxes) for line in fields.lines]
    places: dict[str, int] = {}
    for line, found in zip(fields.lines, lines, strict=True):
        if found is not None:
            places[line.key] = len(places) + 1
    return lines, [_or_none(row_of, row, currency=currency, places=places) for row in fields.rows]


def whole_discount(fields: QuoteFields) -> Decimal:
    """The percentage off the whole quote, 0 while it cannot be read."""
    return _or_none(_percent, fields.discount, field="discount") or Decimal(0)


def _or_none(read, part, **more):  # type: ignore[no-untyped-def]
    try:
        return read(part, **more)
    except Refusal:
        return None


def line_of(line: LineFields, *, taxes: Sequence[int]) -> LineInput:
    """One line; `taxes` are the ids of the business's own."""
    at = f"line-{line.key}-"
    if not line.description:
        raise InputRefused(field=at + "description", problem=_("Say what the work is."))
    if not line.price:
        raise InputRefused(field=at + "price", problem=_("Say what it costs."))
    return LineInput(
        description=typed.checked_text(line.description, field=at + "description", most=LONGEST),
        unit_price=typed.number(line.price, field=at + "price", digits=13, places=4, negative=True),
        quantity=typed.number(line.quantity or "1", field=at + "quantity", digits=9, places=6),
        unit=typed.checked_text(line.unit, field=at + "unit", most=40),
        section=typed.checked_text(line.section, field=at + "section", most=200),
        tax_codes=tuple(code for code in taxes if str(code) in line.taxes),
        discount_percent=_percent(line.discount, at + "discount") or Decimal(0),
        is_optional=line.optional,
    )


def row_of(row: RowFields, *, currency: str, places: dict[str, int]) -> RowInput:
    """One row of the schedule; `places` are the positions of the lines by their keys."""
    at = f"row-{row.key}-"
    if not row.name:
        raise InputRefused(
            field=at + "name", problem=_("Give this payment a name, like “Rough-in complete”.")
        )
    basis = row.basis if row.basis in BASES else "percent"
    plain = RowInput(
        typed.checked_text(row.name, field=at + "name", most=200),
        basis,
        "deposit" if row.kind == "deposit" else "milestone",
        _value(row, basis, currency, at + "value"),
    )
    plain = replace(plain, net_days=_days(row.net_days, at + "net_days"))
    if plain.kind == "deposit":
        return plain
    planned_on, planned_until = _span(row, at)
    bill_on = row.bill_on if row.bill_on in BILL_ON else "completion"
    return replace(
        plain,
        event_follows=row.event_side == "after" or bill_on == "before",
        planned_on=planned_on,
        planned_until=planned_until,
        approver=typed.checked_text(row.approver, field=at + "approver", most=254),
        lines=tuple(places[key] for key in row.lines if key in places) if basis == "lines" else (),
        bill_on=bill_on,
        before_days=typed.whole_number(row.before_days or "0", field=at + "before_days", most=365),
        event=typed.checked_text(row.event, field=at + "event", most=200),
        event_on=_day(row.event_on, at + "event_on"),
        deliverable=typed.checked_text(row.deliverable, field=at + "deliverable", most=LONGEST),
        acceptance=_criteria(row, at + "criteria"),
        evidence=tuple(kind for kind in EVIDENCE if kind in row.evidence),
        window_days=_days(row.window_days, at + "window_days"),
    )


def _span(row: RowFields, at: str) -> tuple[date | None, date | None]:
    """The days of the work: one, or from one to another."""
    begins, ends = _day(row.planned_on, at + "planned_on"), _day(row.planned_until, at + "planned_until")
    if ends and begins is None:
        raise InputRefused(field=at + "planned_on", problem=_("Say on which day it begins."))
    if begins and ends and ends < begins:
        raise InputRefused(field=at + "planned_until", problem=_("It would end before it begins."))
    return begins, ends


def _value(row: RowFields, basis: str, currency: str, field: str) -> Decimal | None:
    if basis in ("lines", "remainder"):
        return None
    if not row.value:
        raise InputRefused(field=field, problem=_("Say how much this payment is."))
    if basis == "fixed":
        return Decimal(typed.money_cents(row.value, currency, field=field))
    if basis == "percent":
        return _percent(row.value, field)
    return typed.number(row.value, field=field, digits=6, places=4)


def _criteria(row: RowFields, field: str) -> tuple[str, ...]:
    whole = typed.checked_text(row.criteria, field=field, most=LONGEST)
    return tuple(line.strip() for line in whole.splitlines() if line.strip())


def terms_of(fields: QuoteFields) -> TermsInput:
    """The terms that the clauses name; what is left empty is the business's own."""
    late_fee = fields.late_fee
    return TermsInput(
        net_days=_days(fields.net_days, "net_days"),
        late_fee_monthly=typed.number(late_fee, field="late_fee", digits=2, places=5) if late_fee else None,
        grace_days=_days(fields.grace_days, "grace_days"),
        pause_after_days=_days(fields.pause_after_days, "pause_after_days"),
        approval_days=_days(fields.approval_days, "approval_days"),
    )


def _clauses(fields: QuoteFields) -> tuple[tuple[str, str, str], ...] | None:
    if not fields.own_clauses:
        return None
    return tuple(
        (code, title, typed.checked_text(text, field=f"clause-{code}", most=LONGEST))
        for code, title, text in fields.clauses
        if text
    )


def _days(text: str, field: str) -> int | None:
    return typed.whole_number(text, field=field, most=999) if text else None


def _percent(text: str, field: str) -> Decimal | None:
    return typed.percent(text, field=field) if text else None


def _day(text: str, field: str) -> date | None:
    return typed.day(text, field=field) if text else None
