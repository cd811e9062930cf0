"""The amounts of a job in words, as a bookkeeper says them on the phone."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from milepost.core.contract import Key
from milepost.core.explaining_rows import RowStory, ScheduleStory
from milepost.core.rounding import half_up, round_by
from milepost.queries.billing_state import LoadedJob
from milepost.queries.documents_shape import Explained
from milepost.queries.paper.explained import exactly
from milepost.queries.paper.reader import Reader
from milepost.records.changes import KeyChange
from milepost.records.credit_notes import CreditNote
from milepost.records.jobs import ContractLine, ScheduleRow


def row_told(
    row: ScheduleRow, story: RowStory, schedule: ScheduleStory, loaded: LoadedJob, reader: Reader
) -> list[str]:
    """Where a row's amount comes from, and what has billed it."""
    if story.how == "deposit":
        said = [_deposit_row(row, loaded, reader)]
    elif story.how == "billed":
        said = [
            _("It was billed before the last change or credit note. What is billed stands: {amount}.").format(
                amount=reader.money(story.amount_cents)
            )
        ]
    elif story.how == "lines":
        said = [
            _("Its own lines with their tax come to {worth}; less their part of the deposit {own}.").format(
                worth=reader.money(story.worth_cents), own=reader.money(story.own_cents)
            )
        ]
    elif story.how == "fixed":
        agreed = int(row.value or 0) if row.basis == "fixed" else story.own_cents
        said = [_("Agreed as an amount: {own}.").format(own=reader.money(agreed))] if agreed else []
        more = story.amount_cents - agreed
        return [*said, *_placed(more, story, reader), *_billed_by(row, loaded, reader)]
    elif story.how == "set":
        said = [
            _("A change of the contract has set it: {amount}.").format(
                amount=reader.money(story.amount_cents)
            )
        ]
        return [*said, *_billed_by(row, loaded, reader)]
    else:
        said = _share(story, schedule, reader)
    return [*said, *_placed(story.placed_cents, story, reader), *_billed_by(row, loaded, reader)]


def _deposit_row(row: ScheduleRow, loaded: LoadedJob, reader: Reader) -> str:
    amount, whole = reader.money(row.amount_cents), loaded.job.contract_cents
    if row.basis == "fixed" and row.value == row.amount_cents:
        return _("Agreed as an amount: {own}.").format(own=amount)
    if row.basis == "percent" and half_up(Fraction(row.value or 0) * whole / 100) == row.amount_cents:
        return _("{rate} of the contract total of {whole}, rounded by itself: {amount}.").format(
            rate=reader.percent(row.value or Decimal(0)), whole=reader.money(whole), amount=amount
        )
    return _(
        "It was invoiced before the last change or credit note. What is billed stands, less what was credited: "
        "{amount}."
    ).format(amount=amount)


def _share(story: RowStory, schedule: ScheduleStory, reader: Reader) -> list[str]:
    parts = [
        (schedule.deposit_cents, _("{amount} is the deposit")),
        (schedule.due_before_cents, _("{amount} was billed before the last change or credit note")),
        (schedule.others_cents, _("{amount} is asked for as fixed amounts and by lines")),
        (schedule.placed_cents, _("{amount} was placed on single payments")),
    ]
    off = ", ".join(text.format(amount=reader.money(cents)) for cents, text in parts if cents)
    pool = reader.money(schedule.pool_cents)
    whole = reader.money(schedule.total_cents)
    if off:
        said = [_("Of {whole}, {parts}; {pool} is shared.").format(whole=whole, parts=off, pool=pool)]
    else:
        said = [_("The contract total of {whole} is shared.").format(whole=whole)]
    if schedule.sharers == 1:
        return [*said, _("It takes all of that: {own}.").format(own=reader.money(story.own_cents))]
    said.append(
        _("Its share is {weight} of {weights}: exactly {exact}, in whole cents {own}.").format(
            weight=_number(story.weight, reader),
            weights=_number(schedule.weights, reader),
            exact=exactly(story.exact_cents, reader),
            own=reader.money(story.own_cents),
        )
    )
    if story.odd == "up":
        said.append(_("A cent that rounding left over came here: the largest fractions get them first."))
    elif story.odd == "down":
        said.append(_("Rounded down; the cent left over went to a larger fraction, or an earlier payment."))
    return said


def _placed(cents: int, story: RowStory, reader: Reader) -> list[str]:
    if not cents:
        return []
    return [
        _("Changes placed {placed} on it, so it asks for {amount}.").format(
            placed=("+" if cents > 0 else "") + reader.money(cents), amount=reader.money(story.amount_cents)
        )
    ]


def _billed_by(row: ScheduleRow, loaded: LoadedJob, reader: Reader) -> list[str]:
    numbers = {invoice.id: invoice.number_text for invoice in loaded.invoices}
    return [
        _("Invoice {number} asks for {amount} of it.").format(
            number=numbers[part.invoice_id], amount=reader.money(part.stands_cents)
        )
        for part in loaded.parts
        if part.row_id == row.id
    ]


def _number(value: Fraction, reader: Reader) -> str:
    return reader.quantity(Decimal(round(value * 10_000)) / 10_000)


def contract(loaded: LoadedJob, changes: Sequence[KeyChange], reader: Reader) -> Explained:
    """The contract total: what was signed, every change, then lines and taxes."""
    signed = sum(key.cents for key in loaded.keys.values())
    said = [_("Signed: {amount}.").format(amount=reader.money(signed))]
    said += [
        f"{name}: {'+' if cents > 0 else ''}{reader.money(cents)}." for name, cents in _by_cause(changes)
    ]
    net = loaded.state.priced.net_cents_by_line
    said += [_line(line, net[line.id], reader) for line in loaded.lines if net.get(line.id)]
    said += _taxes(loaded, reader)
    return Explained(label=_("Contract total"), value=reader.money(loaded.job.contract_cents), sentences=said)


def _by_cause(changes: Sequence[KeyChange]) -> list[tuple[str, int]]:
    sums: dict[str, int] = {}
    for change in changes:
        if change.change_order is not None:
            name = _("Change order {number}").format(number=change.change_order.name)
        elif change.credit_note is not None:
            name = _("Given off with credit note {number}").format(number=change.credit_note.number_text)
        else:
            name = _("Dropped at the cancellation")
        sums[name] = sums.get(name, 0) + change.delta_cents
    return [(name, cents) for name, cents in sums.items() if cents]


def _line(line: ContractLine, net_cents: int, reader: Reader) -> str:
    name = line.description.strip().partition("\n")[0] or _("A line of the work")
    values = {
        "name": name,
        "quantity": reader.quantity(line.quantity),
        "price": reader.price(line.unit_price),
        "net": reader.money(net_cents),
    }
    if net_cents != line.net_cents:
        return _("{name}: {net} after what was given off or dropped.").format(**values)
    if line.discount_percent:
        rate = reader.percent(line.discount_percent)
        return _("{name}: {quantity} × {price} less {rate} = {net}.").format(rate=rate, **values)
    return _("{name}: {quantity} × {price} = {net}.").format(**values)


def _taxes(loaded: LoadedJob, reader: Reader) -> list[str]:
    priced, job = loaded.state.priced, loaded.job
    said = []
    for code, rate in priced.tax_rates.items():
        lines = [key.line for key in priced.keys if key.tax == code]
        base = sum(priced.keys.get(Key(line), 0) for line in lines)
        tax = priced.tax_by_code.get(code, 0)
        values = {
            "name": rate.name,
            "rate": reader.percent(rate.percent),
            "base": reader.money(base),
            "tax": reader.money(tax),
        }
        plain = round_by(job.tax_rounding, Fraction(rate.percent) * base / 100)  # type: ignore[arg-type]
        if plain == tax:
            said.append(_("{name}: {rate} of {base}, rounded once = {tax}.").format(**values))
        else:
            said.append(
                _(
                    "{name}: {rate} on {base}, to the cent as each line, change and credit was rounded = {tax}."
                ).format(**values)
            )
    return said


def deposit(loaded: LoadedJob, notes: Sequence[CreditNote], reader: Reader) -> Explained:
    """What invoices took off the deposit, what credit notes put back, and what is left of it."""
    said = [
        _("Invoice {number} took {amount} off.").format(
            number=invoice.number_text, amount=reader.money(invoice.recovered_cents)
        )
        for invoice in loaded.invoices
        if invoice.recovered_cents
    ]
    said += [
        _("Credit note {number} put {amount} back.").format(
            number=note.number_text, amount=reader.money(note.recovered_cents)
        )
        for note in notes
        if note.recovered_cents
    ]
    billed = loaded.row_head_cents(loaded.deposit) if loaded.deposit else 0
    used = loaded.state.recovered_cents
    said.append(
        _("{billed} of the deposit is invoiced and stands, {used} is used: {left} is left.").format(
            billed=reader.money(billed), used=reader.money(used), left=reader.money(billed - used)
        )
    )
    return Explained(label=_("Deposit left to use"), value=reader.money(billed - used), sentences=said)


def open_now(loaded: LoadedJob, notes: Sequence[CreditNote], reader: Reader) -> Explained:
    """What is left to pay, invoice by invoice."""
    settled, conceded = loaded.settled_by_invoice(), loaded.conceded_by_invoice()
    said, total = [], 0
    for invoice in loaded.invoices:
        paid = settled.get(invoice.id, 0)
        let_be = conceded.get(invoice.id, 0)
        left = invoice.stands_cents - paid - let_be
        total += left
        parts = [_("{amount} asked for").format(amount=reader.money(invoice.total_cents))]
        if invoice.credited_cents:
            numbers = ", ".join(note.number_text for note in notes if note.invoice_id == invoice.id)
            parts.append(
                _("{amount} credited ({numbers})").format(
                    amount=reader.money(invoice.credited_cents), numbers=numbers
                )
            )
        if paid:
            parts.append(_("{amount} paid").format(amount=reader.money(paid)))
        if let_be:
            parts.append(_("{amount} settled without money").format(amount=reader.money(let_be)))
        said.append(
            _("Invoice {number}: {parts}; {left} is open.").format(
                number=invoice.number_text, parts=", ".join(parts), left=reader.money(left)
            )
        )
    billed, whole = loaded.billed_cents, loaded.job.contract_cents
    said.append(
        _("Billed of the contract {billed}, to come {left}: together {whole}.").format(
            billed=reader.money(billed), left=reader.money(whole - billed), whole=reader.money(whole)
        )
    )
    return Explained(label=_("Left to pay now"), value=reader.money(total), sentences=said)
