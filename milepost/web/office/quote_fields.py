"""What stands in the quote's form: texts as they were typed, line by line and row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _

from milepost.core.clauses import CLAUSES
from milepost.core.money import plain
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.core.schedule_templates import ScheduleTemplate, TemplateRow
from milepost.web.show import typed_number
from milepost.web.typed import clean


@dataclass(frozen=True)
class LineFields:
    """One line of the work. `key` names its fields and stays with it when it moves."""

    key: str
    description: str = ""
    quantity: str = "1"
    unit: str = ""
    price: str = ""
    section: str = ""
    discount: str = ""
    taxes: tuple[str, ...] = ()
    optional: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.description and not self.price

    @property
    def has_more(self) -> bool:
        """Whether something stands in its folded part."""
        return bool(self.section or self.discount or self.optional)


@dataclass(frozen=True)
class RowFields:
    """
    One row of the payment schedule. `lines` are keys of lines; `criteria` one a line; `event_side` says
    whether the event comes before the payment or after it.
    """

    key: str
    name: str = ""
    kind: str = "milestone"
    basis: str = "percent"
    value: str = ""
    bill_on: str = "completion"
    before_days: str = ""
    event: str = ""
    event_on: str = ""
    event_side: str = "before"
    planned_on: str = ""
    planned_until: str = ""
    deliverable: str = ""
    criteria: str = ""
    evidence: tuple[str, ...] = ()
    window_days: str = ""
    net_days: str = ""
    approver: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuoteFields:
    """
    The whole form. `clauses` are (code, title, text), used when `own_clauses` is ticked; `inclusive`:
    the prices include tax.
    """

    lines: tuple[LineFields, ...]
    rows: tuple[RowFields, ...] = ()
    template: str = ""
    title: str = ""
    site: str = ""
    note: str = ""
    discount: str = ""
    expires_on: str = ""
    net_days: str = ""
    late_fee: str = ""
    grace_days: str = ""
    pause_after_days: str = ""
    approval_days: str = ""
    recovery: str = ""
    inclusive: bool = False
    own_clauses: bool = False
    clauses: tuple[tuple[str, str, str], ...] = ()


def posted(data: QueryDict) -> QuoteFields:
    """The form as it was sent; nothing is judged here, and nothing is lost."""
    return QuoteFields(
        lines=posted_lines(data),
        rows=tuple(_posted_row(data, key) for key in _keys(data, "row")),
        template=clean(data.get("template", "")),
        inclusive="prices_include_tax" in data,
        own_clauses="own_clauses" in data,
        clauses=tuple(
            (clause.code, _(clause.title), clean(data.get(f"clause-{clause.code}", "")))
            for clause in CLAUSES.values()
        ),
        **{name: clean(data.get(name, "")) for name in TEXTS},
    )


def posted_lines(data: QueryDict) -> tuple[LineFields, ...]:
    """The lines of the work in the order of the page."""
    return tuple(_posted_line(data, key) for key in _keys(data, "line"))


TEXTS = (
    "title", "site", "note", "discount", "expires_on", "net_days", "late_fee", "grace_days",
    "pause_after_days", "approval_days", "recovery",
)  # fmt: skip


def _keys(data: QueryDict, name: str) -> list[str]:
    """The keys in the order of the page; each once."""
    keys = (key for key in data.getlist(name) if key.isascii() and key.isdecimal() and len(key) < 10)
    return list(dict.fromkeys(keys))


def _posted_line(data: QueryDict, key: str) -> LineFields:
    names = ("description", "quantity", "unit", "price", "section", "discount")
    texts = {name: clean(data.get(f"line-{key}-{name}", "")) for name in names}
    taxes = tuple(clean(tax) for tax in data.getlist(f"line-{key}-tax"))
    return LineFields(key, taxes=taxes, optional=f"line-{key}-optional" in data, **texts)  # type: ignore[arg-type]


def _posted_row(data: QueryDict, key: str) -> RowFields:
    names = (
        "name", "kind", "basis", "value", "bill_on", "before_days", "event", "event_on", "event_side",
        "planned_on", "planned_until", "deliverable", "criteria", "window_days", "net_days", "approver",
    )  # fmt: skip
    texts = {name: clean(data.get(f"row-{key}-{name}", "")) for name in names}
    return RowFields(
        key,
        evidence=tuple(clean(kind) for kind in data.getlist(f"row-{key}-evidence")),
        lines=tuple(clean(line) for line in data.getlist(f"row-{key}-lines")),
        **texts,
    )


def saved(quote: QuoteInput, currency: str) -> QuoteFields:
    """A stored quote as the form would have been filled."""
    terms = quote.terms
    own = {code: text for code, _title, text in quote.clauses or ()}
    return QuoteFields(
        lines=tuple(_saved_line(key, line) for key, line in enumerate(quote.lines, start=1)),
        rows=tuple(saved_row(key, row, currency) for key, row in enumerate(quote.rows, start=1)),
        template=quote.template,
        title=quote.title,
        site=quote.site,
        note=quote.note,
        discount=_unless_zero(quote.discount_percent),
        expires_on=_iso(quote.expires_on),
        net_days=_whole(terms.net_days),
        late_fee=typed_number(terms.late_fee_monthly),
        grace_days=_whole(terms.grace_days),
        pause_after_days=_whole(terms.pause_after_days),
        approval_days=_whole(terms.approval_days),
        recovery=quote.recovery,
        inclusive=bool(quote.prices_include_tax),
        own_clauses=quote.clauses is not None,
        clauses=tuple((c.code, _(c.title), own.get(c.code, "")) for c in CLAUSES.values()),
    )


def _saved_line(key: int, line: LineInput) -> LineFields:
    return LineFields(
        str(key),
        line.description,
        typed_number(line.quantity),
        line.unit,
        typed_number(line.unit_price, places=2),
        line.section,
        _unless_zero(line.discount_percent),
        tuple(str(code) for code in line.tax_codes),
        line.is_optional,
    )


def saved_row(key: int, row: RowInput, currency: str) -> RowFields:
    """A stored payment as its fields would have been filled."""
    value = typed_number(row.value)
    if row.basis == "fixed" and row.value is not None:
        value = typed_number(Decimal(plain(int(row.value), currency)), places=2)
    return RowFields(
        str(key),
        row.name,
        row.kind,
        row.basis,
        value,
        row.bill_on,
        _whole(row.before_days or None),
        row.event,
        _iso(row.event_on),
        "after" if row.event_follows else "before",
        _iso(row.planned_on),
        _iso(row.planned_until),
        row.deliverable,
        "\n".join(row.acceptance),
        tuple(row.evidence),
        _whole(row.window_days),
        _whole(row.net_days),
        row.approver,
        tuple(str(place) for place in row.lines),
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _unless_zero(value: Decimal) -> str:
    return typed_number(value) if value else ""


def _whole(value: int | None) -> str:
    return "" if value is None else str(value)


def template_rows(template: ScheduleTemplate) -> tuple[RowFields, ...]:
    """A template's rows in the reader's language, ready to be changed."""
    return tuple(_template_row(str(key), row) for key, row in enumerate(template.rows, start=1))


def _template_row(key: str, row: TemplateRow) -> RowFields:
    return RowFields(
        key,
        name=_(row.name),
        kind=row.kind,
        basis=row.basis,
        value=typed_number(row.value),
        bill_on=row.bill_on,
        before_days=_whole(row.before_days or None),
        event=_(row.event) if row.event else "",
        event_side="after" if row.bill_on == "before" else "before",
        deliverable=_(row.deliverable) if row.deliverable else "",
        criteria="\n".join(_(item) for item in row.criteria),
        evidence=tuple(row.evidence),
        window_days=_whole(row.window_days),
    )


def with_blank(fields: QuoteFields, taxes: Sequence[str]) -> QuoteFields:
    """At least one line to type into, with the taxes that a new line has."""
    if fields.lines:
        return fields
    return replace(fields, lines=(LineFields("1", taxes=tuple(taxes)),))


def named(fields: QuoteFields, clauses: Sequence[Mapping[str, str]]) -> QuoteFields:
    """The clauses' texts filled with the default wording where nothing was typed."""
    if fields.own_clauses:
        return fields
    default = {clause["code"]: clause["text"] for clause in clauses}
    return replace(
        fields, clauses=tuple((c.code, _(c.title), default.get(c.code, "")) for c in CLAUSES.values())
    )
