"""Why every amount of an invoice is what it is, as a bookkeeper says it on the phone."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from milepost.core.explaining import BillStory, KeyStory, RecoveryStory
from milepost.queries.documents_shape import Explained
from milepost.queries.paper.facts import InvoiceFacts
from milepost.queries.paper.math import row_sentence
from milepost.queries.paper.reader import Reader


def explained(facts: InvoiceFacts, reader: Reader) -> list[Explained]:
    """The total, the deposit, every line and every tax of this invoice, each with its reasons."""
    why = facts.why
    found = [_total(facts, reader)]
    if why is None:
        return found
    if why.recovery.deposit_cents:
        found.append(_recovery(why.recovery, facts, reader))
    names = facts.names
    found += [
        _line(names.get(one.key.line, ""), one, facts, reader)
        for one in why.keys
        if one.key.tax is None and one.now_cents
    ]
    found += _taxes(why, facts, reader)
    return found


def _total(facts: InvoiceFacts, reader: Reader) -> Explained:
    rows = [row for row in facts.rows if row.state == "now"]
    sentences = [f"{row.name}: {row_sentence(row, facts, reader)}." for row in rows]
    if facts.why is not None:
        sentences.append(
            _(
                "With this invoice {to_date} of the contract is earned, tax included; {before} of it stood on "
                "earlier invoices, so {now} is on this one."
            ).format(
                to_date=reader.money(facts.why.earned_to_date_cents),
                before=reader.money(facts.why.earned_before_cents),
                now=reader.money(facts.why.earned_to_date_cents - facts.why.earned_before_cents),
            )
        )
    if facts.recovered_cents:
        sentences.append(
            _("{work} less {deposit} of the deposit is {due}.").format(
                work=reader.money(facts.net_cents + facts.tax_cents),
                deposit=reader.money(facts.recovered_cents),
                due=reader.money(facts.total_cents),
            )
        )
    return Explained(label=_("Total due"), value=reader.money(facts.total_cents), sentences=sentences)


def _recovery(one: RecoveryStory, facts: InvoiceFacts, reader: Reader) -> Explained:
    deposit, now = reader.money(one.deposit_cents), reader.money(one.now_cents)
    if one.is_last:
        how = _("This is the last milestone, so what is left of the deposit of {deposit} comes off: {now}.")
    elif one.policy == "first":
        how = _("The deposit of {deposit} is used up by the first invoices; {now} of it comes off here.")
    elif one.policy == "final":
        how = _("The deposit of {deposit} comes off the last invoice; {now} of it comes off here.")
    else:
        how = _("The deposit of {deposit} comes off every milestone in proportion; here that is {now}.")
    sentences = [how.format(deposit=deposit, now=now)]
    if one.policy == "off_the_top" and not one.is_last:
        sentences.append(
            _("The open milestones asked for {open} in all; {due} of it is billed now.").format(
                open=reader.money(one.open_due_cents), due=reader.money(one.due_now_cents)
            )
        )
    sentences.append(
        _("Taken off to date {to_date}, before this invoice {before}.").format(
            to_date=reader.money(one.to_date_cents), before=reader.money(one.before_cents)
        )
    )
    tax = sum(tax.tax_cents for tax in facts.recovered_taxes)
    if tax:
        sentences.append(
            _("{tax} of it is tax that the deposit had carried, so it comes off with it.").format(
                tax=reader.money(tax)
            )
        )
    return Explained(label=_("Deposit recovered"), value=now, sentences=sentences)


def _line(name: str, one: KeyStory, facts: InvoiceFacts, reader: Reader) -> Explained:
    label = name.strip().partition("\n")[0] or _("A line of the work")
    return Explained(label=label, value=reader.money(one.now_cents), sentences=_key(one, facts, reader))


def _taxes(why: BillStory, facts: InvoiceFacts, reader: Reader) -> list[Explained]:
    names = facts.names
    codes = dict.fromkeys(one.key.tax for one in why.keys if one.key.tax is not None)
    found = []
    for code in codes:
        keys = [one for one in why.keys if one.key.tax == code]
        now = sum(one.now_cents for one in keys)
        if now:
            sentences = _tax(keys, facts, reader)
            found.append(
                Explained(
                    label=names.get(("tax", code), _("Tax")), value=reader.money(now), sentences=sentences
                )
            )
    return found


def _tax(keys: Sequence[KeyStory], facts: InvoiceFacts, reader: Reader) -> list[str]:
    worth = sum(one.worth_cents for one in keys)
    to_date, before = sum(one.to_date_cents for one in keys), sum(one.before_cents for one in keys)
    exact = sum((one.exact_cents for one in keys), Fraction(0))
    if facts.job.tax_at == "document":
        return [
            _(
                "Rounded on this invoice, by its rate on its own base: {now}. The last one takes what is left."
            ).format(now=reader.money(to_date - before))
        ]
    sentences = [
        _contract_tax(facts).format(worth=reader.money(worth)),
        _("By the work that is earned, {exact} of it is due to date: {to_date} in whole cents.").format(
            exact=exactly(exact, reader), to_date=reader.money(to_date)
        ),
    ]
    if before:
        sentences.append(_before(before, to_date, reader))
    return sentences


def _contract_tax(facts: InvoiceFacts) -> str:
    if facts.job.prices_include_tax:
        return _("The contract's tax by this rate is {worth}: the prices less the net in them.")
    if facts.job.tax_per == "line":
        return _("The contract's tax by this rate is {worth}, rounded on each of its lines.")
    return _("The contract's tax by this rate is {worth}, rounded once on the sum of its lines.")


def _key(one: KeyStory, facts: InvoiceFacts, reader: Reader) -> list[str]:
    sentences = []
    open_cents = one.worth_cents - one.before_snapshot_cents
    if one.before_snapshot_cents:
        sentences.append(
            _("{billed} of {worth} was billed when the contract last changed, and stands.").format(
                billed=reader.money(one.before_snapshot_cents), worth=reader.money(one.worth_cents)
            )
        )
    if one.share == 1:
        sentences.append(
            _("All of {open} is earned with this invoice.").format(open=reader.money(open_cents))
        )
    else:
        sentences.append(
            _("{share} of {open} is earned to date: exactly {exact}, in whole cents {to_date}.").format(
                share=reader.percent(_percent(one.share)),
                open=reader.money(open_cents),
                exact=exactly(one.exact_cents, reader),
                to_date=reader.money(one.to_date_cents),
            )
        )
    if facts.job.tax_at == "document" and one.odd != "exact":
        sentences.append(
            _("Tax is rounded on each invoice, so a line may move by the cents that make net and tax fit.")
        )
    elif one.odd == "up":
        sentences.append(
            _("The cents that rounding leaves over go to the largest fractions, one each; one came here.")
        )
    elif one.odd == "down":
        sentences.append(_("Rounded down; the cent left over went to a line with a larger fraction."))
    if one.before_cents:
        sentences.append(_before(one.before_cents, one.to_date_cents, reader))
    return sentences


def _before(before: int, to_date: int, reader: Reader) -> str:
    return _("Billed before {before}, so {now} is on this invoice.").format(
        before=reader.money(before), now=reader.money(to_date - before)
    )


def exactly(cents: Fraction, reader: Reader) -> str:
    """An exact figure in major units, to the ten-thousandth of a cent."""
    scale = 10 ** (reader.digits + 4)
    exact = cents * scale / 10**reader.digits
    return reader.quantity(Decimal(round(exact)) / scale)


def _percent(share: Fraction) -> Decimal:
    return Decimal(round(share * 100 * 10_000)) / 10_000
