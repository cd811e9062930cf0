"""How an invoice's figure came about, in sentences that are exactly so."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from milepost.core.rounding import half_up, round_by
from milepost.queries.documents_shape import Fact, Math
from milepost.queries.paper.facts import AT_ONCE, InvoiceFacts, RowFacts
from milepost.queries.paper.parts import fact
from milepost.queries.paper.reader import Reader
from milepost.queries.paper.work import used


def invoice_math(facts: InvoiceFacts, reader: Reader) -> Math | None:
    """The sentences of the rows that are billed, and where the contract stands with this invoice."""
    rows = [] if facts.kind in AT_ONCE else _standing(facts, reader)
    sentences = [] if facts.kind in AT_ONCE else _sentences(facts, reader)
    sentences += _about_tax(facts)
    if not sentences and not rows:
        return None
    return Math(heading=_("How this adds up"), sentences=sentences, rows=rows)


def _sentences(facts: InvoiceFacts, reader: Reader) -> list[str]:
    billed = [row for row in facts.rows if row.state == "now"]
    sentences = [row_sentence(row, facts, reader) for row in billed]
    if len(billed) > 1:
        parts = " + ".join(reader.money(row.due_now_cents) for row in billed)
        sentences = [f"{row.name}: {text}" for row, text in zip(billed, sentences, strict=True)]
        sentences.append(f"{parts} = {reader.money(sum(row.due_now_cents for row in billed))}")
    else:
        sentences = [text[:1].upper() + text[1:] for text in sentences]
    if facts.recovered_cents:
        taxed = _("{work} with tax − {deposit} deposit = {total}")
        untaxed = _("{work} of work − {deposit} deposit = {total}")
        sentences.append(
            (taxed if facts.tax_cents else untaxed).format(
                work=reader.money(facts.net_cents + facts.tax_cents),
                deposit=reader.money(facts.recovered_cents),
                total=reader.money(facts.total_cents),
            )
        )
    return sentences


def row_sentence(row: RowFacts, facts: InvoiceFacts, reader: Reader) -> str:
    """Where a row's amount comes from. Where a part of the row is billed, how much of it."""
    text = _origin(row, facts, reader)
    if row.due_now_cents == row.amount_cents:
        return text
    return _("{origin}; of this {part} now").format(origin=text, part=reader.money(row.due_now_cents))


def _origin(row: RowFacts, facts: InvoiceFacts, reader: Reader) -> str:
    amount, whole = reader.money(row.amount_cents), facts.job.contract_cents
    if row.amount_cents == whole:
        return _("the whole contract total: {amount}").format(amount=amount)
    if row.basis == "percent" and row.value is not None:
        return _percent(row, row.value, whole, reader)
    if row.basis == "fixed":
        return _("agreed amount: {amount}").format(amount=amount)
    if row.basis == "share" and row.value is not None:
        return _share(row, row.value, facts.rows, reader)
    if row.basis == "lines":
        return _lines(facts, row, reader)
    return _("the rest of {whole}: {amount}").format(whole=reader.money(whole), amount=amount)


def _percent(row: RowFacts, value: Decimal, whole: int, reader: Reader) -> str:
    values = {
        "rate": reader.percent(value),
        "whole": reader.money(whole),
        "amount": reader.money(row.amount_cents),
    }
    plain = half_up(Fraction(value) * whole / 100)
    if plain == row.amount_cents:
        return _("{rate} of {whole} = {amount}").format(**values)
    if abs(plain - row.amount_cents) == 1:
        return _("{rate} of {whole}, to the cent that makes all parts add up: {amount}").format(**values)
    return _("its part of the payment schedule, {rate} at signing: {amount}").format(**values)


def _share(row: RowFacts, value: Decimal, rows: Sequence[RowFacts], reader: Reader) -> str:
    """Shares are parts of what the share rows come to together; the last may be the remainder."""
    shares = [other for other in rows if other.basis == "share" and other.value is not None]
    remainder = any(other.basis == "remainder" for other in rows)
    amount = reader.money(row.amount_cents)
    if remainder:
        return _("its share of the payment schedule: {amount}").format(amount=amount)
    whole = reader.money(sum(other.amount_cents for other in shares))
    if all(other.value == value for other in shares):
        return _("one of {count} equal parts of {whole}: {amount}").format(
            count=len(shares), whole=whole, amount=amount
        )
    return _("{share} of {shares} shares of {whole}: {amount}").format(
        share=reader.quantity(value),
        shares=reader.quantity(sum((other.value or Decimal() for other in shares), Decimal())),
        whole=whole,
        amount=amount,
    )


def _lines(facts: InvoiceFacts, row: RowFacts, reader: Reader) -> str:
    amount = reader.money(row.amount_cents)
    if any(other.number == 0 for other in facts.rows):
        return _("its own lines with their tax, less their part of the deposit: {amount}").format(
            amount=amount
        )
    return _("its own lines with their tax: {amount}").format(amount=amount)


def _about_tax(facts: InvoiceFacts) -> list[str]:
    """Said only where rate × base, rounded, is not the tax that stands beside them."""
    job = facts.job
    exact = all(
        tax.tax_cents == round_by(job.tax_rounding, Fraction(tax.percent) * tax.base_cents / 100)  # type: ignore[arg-type]
        for tax in used(facts.taxes)
    )
    if exact:
        return []
    if facts.kind == "deposit":
        return [_("Its tax is the deposit's part of the contract's tax, to the cent.")]
    if job.tax_at == "document":
        return [
            _(
                "Tax is rounded on each invoice. This one makes the tax and the total fit, to the cent that was "
                "signed."
            )
        ]
    if job.prices_include_tax:
        return [_("The prices include tax: the net in them is found first, and the tax is the difference.")]
    if job.tax_per == "line":
        return [_("Tax is rounded on each line, so it may differ by cents from its rate on the sum.")]
    return [
        _(
            "Tax is the contract's tax to date less what was billed before, so it may differ by a cent "
            "from its rate on this invoice alone."
        )
    ]


def _standing(facts: InvoiceFacts, reader: Reader) -> list[Fact]:
    whole = facts.job.contract_cents
    rows = [
        *_changed(facts, reader),
        fact(_("Contract total"), reader.money(whole)),
        fact(_("Previously billed"), reader.money(facts.billed_before_cents)),
        fact(_("This invoice"), reader.money(facts.total_cents)),
        fact(_("Remaining"), reader.money(whole - facts.billed_before_cents - facts.total_cents)),
    ]
    if facts.kind == "progress" and facts.deposit_cents:
        rows.append(fact(_("Deposit left to recover"), reader.money(facts.deposit_left_cents)))
    return rows


def _changed(facts: InvoiceFacts, reader: Reader) -> list[Fact]:
    """The contract as it was signed first, and what has become of it since."""
    changed, given = facts.changed_cents, facts.given_cents
    if not changed and not given:
        return []
    rows = [fact(_("Original contract"), reader.money(facts.job.contract_cents - changed + given))]
    if changed:
        rows.append(fact(_("Change orders"), ("+" if changed > 0 else "") + reader.money(changed)))
    if given:
        rows.append(fact(_("Given off"), reader.money(-given)))
    return rows
