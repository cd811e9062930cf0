"""The work in tables, and the sums beneath them."""

from collections.abc import Callable, Sequence
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.queries.clause_wording import reverse_charge_words
from milepost.queries.documents_shape import Clause, Row, Table, Total
from milepost.queries.paper.facts import LineFacts, TaxFacts
from milepost.queries.paper.parts import total
from milepost.queries.paper.reader import Reader

MOST_IDLE_LINES = 12
"""A longer invoice leaves out the lines that it does not bill, and sums them up in one."""

Figures = Callable[[LineFacts], list[str]]


def line(text: str, *figures: str, detail: str = "") -> Row:
    return Row(kind="line", text=text, detail=detail, figures=list(figures))


def section(text: str, *figures: str) -> Row:
    return Row(kind="section", text=text, detail="", figures=list(figures))


def priced_table(
    lines: Sequence[LineFacts], reader: Reader, *, heading: str, with_tax: bool = False
) -> Table:
    """Quantity, unit price and amount of every line by section: net, or `with_tax` where prices include it."""
    prices = [_("Unit price"), _("Amount")]
    if with_tax:
        prices = [_("Unit price with tax"), _("Amount with tax")]
    return Table(
        heading=heading,
        text=_("Description"),
        figures=[_("Quantity"), *prices],
        rows=_by_section(
            lines,
            lambda item: [
                measure(item, reader),
                reader.price(item.unit_price),
                reader.money(item.with_tax_cents if with_tax else item.contract_cents),
            ],
            lambda item: details_of(item, reader),
        ),
    )


def progress_table(lines: Sequence[LineFacts], reader: Reader) -> Table:
    """What the contract has, what was billed before and what is billed now, net, line by line."""
    billed = [item for item in lines if item.now_cents]
    shown = lines if len(lines) <= MOST_IDLE_LINES else billed
    rows = _by_section(
        shown,
        lambda item: _progress(reader, item.contract_cents, item.before_cents, item.now_cents),
        taxes_of,
    )
    if len(shown) < len(lines):
        rows.append(_idle_lines([item for item in lines if not item.now_cents], reader))
    return Table(
        heading="",
        text=_("Work"),
        figures=[_("Contract"), _("Billed before"), _("This invoice")],
        rows=rows,
    )


def _idle_lines(idle: Sequence[LineFacts], reader: Reader) -> Row:
    text = ngettext(
        "{count} other line, not billed on this invoice",
        "{count} other lines, not billed on this invoice",
        len(idle),
    ).format(count=len(idle))
    contract, before = sum(item.contract_cents for item in idle), sum(item.before_cents for item in idle)
    return line(text, *_progress(reader, contract, before, 0))


def _progress(reader: Reader, contract: int, before: int, now: int) -> list[str]:
    return [reader.money(contract), reader.money(before), reader.money(now)]


def amounts_rows(lines: Sequence[LineFacts], reader: Reader) -> list[Row]:
    """Each line with its net amount and nothing else."""
    return _by_section(lines, lambda item: [reader.money(item.contract_cents)], taxes_of)


def measure(item: LineFacts, reader: Reader) -> str:
    """A quantity with its unit: "24 m²"."""
    return f"{reader.quantity(item.quantity)} {item.unit}".strip()


def taxes_of(item: LineFacts) -> str:
    """The taxes of a line, by name."""
    return ", ".join(item.taxes)


def details_of(item: LineFacts, reader: Reader) -> str:
    """The discount of a line, if it has one, and its taxes."""
    if not item.discount_percent:
        return taxes_of(item)
    discount = _("less {percent}").format(percent=reader.percent(item.discount_percent))
    return " · ".join(text for text in (discount, taxes_of(item)) if text)


def _by_section(
    lines: Sequence[LineFacts], figures: Figures, detail: Callable[[LineFacts], str]
) -> list[Row]:
    rows: list[Row] = []
    for name, items in groupby(lines, key=lambda item: item.section):
        if name or rows:
            rows.append(section(name or _("Other work")))
        rows += [_row(item, figures, detail) for item in items]
    return rows


def _row(item: LineFacts, figures: Figures, detail: Callable[[LineFacts], str]) -> Row:
    """The first line of a description is the line's name, the rest is its scope."""
    name, _newline, scope = item.description.strip().partition("\n")
    beneath = " · ".join(text for text in (" ".join(scope.split()), detail(item)) if text)
    return line(name.strip(), *figures(item), detail=beneath)


def net_cents(lines: Sequence[LineFacts]) -> int:
    """The net of a contract's lines."""
    return sum(item.contract_cents for item in lines)


def tax_totals(taxes: Sequence[TaxFacts], reader: Reader) -> list[Total]:
    """A line for each tax that has something to stand on: its name, its rate and its base."""
    return [total(tax_label(tax, reader), reader.money(tax.tax_cents)) for tax in used(taxes)]


def tax_label(tax: TaxFacts, reader: Reader) -> str:
    return _("{tax}, {rate} on {base}").format(
        tax=tax.name, rate=reader.percent(tax.percent), base=reader.money(tax.base_cents)
    )


def deposit_totals(
    recovered_cents: int, taxes: Sequence[TaxFacts], reader: Reader, *, whole: str, net: str
) -> list[Total]:
    """The deposit that comes off: one figure, `whole`; or its `net` and its taxes where it was taxed before."""
    if not recovered_cents:
        return []
    carried = used(taxes)
    if not carried:
        return [total(whole, reader.money(-recovered_cents))]
    return [
        total(net, reader.money(sum(tax.tax_cents for tax in carried) - recovered_cents)),
        *(
            total(_("{tax}, in the deposit").format(tax=tax_label(tax, reader)), reader.money(-tax.tax_cents))
            for tax in carried
        ),
    ]


def tax_clauses(taxes: Sequence[TaxFacts]) -> list[Clause]:
    """What has to be said of the taxes on a document: who owes them, where it is not the business."""
    return [
        Clause(heading=tax.name, text=tax.note.strip() or reverse_charge_words())
        for tax in used(taxes)
        if tax.kind == "reverse_charge"
    ]


def used(taxes: Sequence[TaxFacts]) -> list[TaxFacts]:
    return [tax for tax in taxes if tax.base_cents or tax.tax_cents]
