"""
Billing by percent complete: applications for payment on a schedule of values.

Every figure is to date; an application is the position now less what was certified before. See
AIA Document G702/G703 for the form's lines.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from milepost.core.contract import Key, PricedContract
from milepost.core.document_tax import within
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.core.retainage import (
    HeldSnapshot,
    LineWork,
    RetainageTerms,
    held_by_line,
    held_cents,
    release_cents,
    released_tax,
)
from milepost.core.rounding import Rule, half_up, split_by_key
from milepost.core.tax import TaxAt, TaxPer, tax_by_line, tax_of_lines

TaxOnHeld = Literal["now", "on_release", "deferred"]


class AboveTheLine(Refusal):
    """More than the line is worth."""

    code = "above_the_line"
    message = gettext_noop("“{line}” is worth {value}, so {asked} is too much. A change order comes first.")


class BelowCertified(Refusal):
    """Less than what was certified before."""

    code = "below_certified"
    message = gettext_noop("“{line}” stands at {certified} already. Less than that needs a credit note.")


class AboveApplied(Refusal):
    """Nobody certifies more than was applied for."""

    code = "above_applied"
    message = gettext_noop("{applied} was applied for, so {asked} cannot be certified.")


class NegativeApplication(Refusal):
    """An application never asks for less than nothing."""

    code = "negative_application"
    message = gettext_noop(
        "This application would come to {amount}. Release retainage or wait until there is more work."
    )


@dataclass(frozen=True)
class Work:
    """A line to date: `percent` complete, or the completed `cents`; stored materials beside it, in cents."""

    percent: Decimal | None = None
    cents: int | None = None
    stored_cents: int = 0


@dataclass(frozen=True)
class Advance:
    """
    Recovery of an advance as FIDIC 14.2 has it: `percent` of each certificate's work, from the
    certificate in which the work to date exceeds `from_percent` of the contract. `of` "net" takes the
    retainage off first.
    """

    percent: Decimal
    from_percent: Decimal = Decimal(0)
    of: Literal["gross", "net"] = "gross"


@dataclass(frozen=True)
class ProgressTerms:
    """How a contract is billed by progress. Without `advance` a deposit comes off the top."""

    retainage: RetainageTerms = field(default_factory=RetainageTerms)
    tax_on_held: TaxOnHeld = "now"
    tax_per: TaxPer = "code"
    tax_rounding: Rule = "half_up"
    tax_at: TaxAt = "contract"
    advance: Advance | None = None


@dataclass(frozen=True)
class ProgressState:
    """
    What is certified to date, in cents: work and stored materials by line, the keys, the deposit
    recovered, the retainage held and released, each with its taxes by code where they are held too.
    """

    priced: PricedContract
    deposit_cents: int = 0
    original_cents: int | None = None
    work: Mapping[Hashable, int] = field(default_factory=dict)
    stored: Mapping[Hashable, int] = field(default_factory=dict)
    billed: Mapping[Key, int] = field(default_factory=dict)
    recovered_cents: int = 0
    recovery_from_cents: int | None = None
    held_cents: int = 0
    held_taxes: Mapping[Hashable, int] = field(default_factory=dict)
    released_cents: int = 0
    released_taxes: Mapping[Hashable, int] = field(default_factory=dict)
    snapshot_earned_cents: int = 0
    snapshot_recovered_cents: int = 0
    held_snapshot: HeldSnapshot = field(default_factory=HeldSnapshot)

    @property
    def earned_cents(self) -> int:
        return sum(self.billed.values())

    @property
    def held_in_total_cents(self) -> int:
        """Held and not yet released."""
        return self.held_cents - self.released_cents

    @property
    def held_tax_cents(self) -> int:
        return sum(self.held_taxes.values())


@dataclass(frozen=True)
class Application:
    """
    One application for payment, in cents. `state` is the position once it is certified; amounts are
    this application's own: earned (net and tax), recovered, held, tax held, payable.
    """

    state: ProgressState
    lines: Mapping[Key, int]
    recovered_cents: int
    held_cents: int
    held_taxes: Mapping[Hashable, int]
    held_by_line: Mapping[Hashable, int]

    @property
    def earned_cents(self) -> int:
        return sum(self.lines.values())

    @property
    def held_tax_cents(self) -> int:
        return sum(self.held_taxes.values())

    @property
    def payable_cents(self) -> int:
        return self.earned_cents - self.recovered_cents - self.held_cents - self.held_tax_cents


def apply(state: ProgressState, work: Mapping[Hashable, Work], terms: ProgressTerms) -> Application:
    """
    The application for this work to date; lines that are not named stand as certified.

    Net of a line = half_up(percent × its value) or its amount, plus stored materials; each tax by its
    rule on the net to date; the deposit and the retainage to date, each rounded once. Refuses
    AboveTheLine, BelowCertified, NegativeApplication.

    >>> from milepost.core.contract import ContractLine, price
    >>> sov = price([ContractLine("m", "Mobilization", Decimal(1), Decimal(15000))], currency="USD")
    >>> five = ProgressTerms(RetainageTerms(Decimal(5)))
    >>> first = apply(ProgressState(sov), {"m": Work(Decimal(80))}, five)
    >>> first.earned_cents, first.held_cents, first.payable_cents
    (1200000, 60000, 1140000)
    """
    done, stored = _to_date(state, work)
    nets = {line: cents + stored[line] for line, cents in done.items()}
    keys = _keys(state, nets, terms)
    earned = sum(keys.values())
    lines = _line_works(state.priced, done, stored, keys, terms)
    held = held_cents(
        lines, terms.retainage, original_cents=state.original_cents, snapshot=state.held_snapshot
    )
    # What is released is out of the retainage for good: a lower rate does not pay it back again.
    held = max(held, state.released_cents)
    by_line = held_by_line(lines, terms.retainage, held)
    held_taxes = _held_taxes(state.priced, by_line, terms)
    recovered, since = _recovered(state, earned, held, terms)
    after = replace(
        state,
        work=done,
        stored=stored,
        billed=keys,
        recovered_cents=recovered,
        recovery_from_cents=since,
        held_cents=held,
        held_taxes=held_taxes,
    )
    made = Application(
        after,
        {key: cents - state.billed.get(key, 0) for key, cents in keys.items()},
        recovered - state.recovered_cents,
        held - state.held_cents,
        {code: cents - state.held_taxes.get(code, 0) for code, cents in held_taxes.items()},
        by_line,
    )
    if made.payable_cents < 0:
        raise NegativeApplication(amount=Money(made.payable_cents, state.priced.currency))
    return made


def _to_date(
    state: ProgressState, work: Mapping[Hashable, Work]
) -> tuple[dict[Hashable, int], dict[Hashable, int]]:
    done: dict[Hashable, int] = {}
    stored: dict[Hashable, int] = {}
    for line in state.priced.lines:
        value = state.priced.keys[Key(line.id)]
        before, before_stored = state.work.get(line.id, 0), state.stored.get(line.id, 0)
        asked = work.get(line.id)
        if asked is None:
            done[line.id], stored[line.id] = before, before_stored
            continue
        cents = (
            asked.cents if asked.cents is not None else half_up(value * Fraction(asked.percent or 0) / 100)
        )
        done[line.id], stored[line.id] = cents, asked.stored_cents
        _check_line(line.description, value, cents + asked.stored_cents, before + before_stored, state)
    return done, stored


def _check_line(name: str, value: int, asked: int, certified: int, state: ProgressState) -> None:
    currency = state.priced.currency
    grows = value >= 0
    if asked > value if grows else asked < value:
        raise AboveTheLine(
            line=name, value=Money(value, currency), asked=Money(asked, currency), field="lines"
        )
    if asked < certified if grows else asked > certified:
        raise BelowCertified(line=name, certified=Money(certified, currency), field="lines")


def _keys(state: ProgressState, nets: Mapping[Hashable, int], terms: ProgressTerms) -> dict[Key, int]:
    """The keys to date: each net, and each tax by its rule on the nets to date, or on this document's."""
    taxes: dict[Key, int] = {}
    for code in state.priced.tax_rates:
        taxes |= _tax_to_date(state, code, nets, terms)
    return {key: nets[key.line] if key.tax is None else taxes[key] for key in state.priced.keys}


def _tax_to_date(
    state: ProgressState, code: Hashable, nets: Mapping[Hashable, int], terms: ProgressTerms
) -> dict[Key, int]:
    priced, percent = state.priced, state.priced.tax_rates[code].percent
    taxed = [line.id for line in priced.lines if any(own.code == code for own in line.taxes)]
    on_document = terms.tax_at == "document"
    bases = {
        Key(line, code): nets[line] - (state.billed.get(Key(line), 0) if on_document else 0) for line in taxed
    }
    to_date = tax_by_line(bases, percent, per=terms.tax_per, rounding=terms.tax_rounding)
    if not on_document:
        return to_date
    before = {key: state.billed.get(key, 0) for key in to_date}
    if all(nets[line] == priced.keys[Key(line)] for line in taxed):
        # The last document of this tax closes it.
        return {key: priced.keys[key] for key in to_date}
    return {
        key: before[key] + within(cents, priced.keys[key] - before[key]) for key, cents in to_date.items()
    }


def _line_works(
    priced: PricedContract,
    done: Mapping[Hashable, int],
    stored: Mapping[Hashable, int],
    keys: Mapping[Key, int],
    terms: ProgressTerms,
) -> list[LineWork]:
    """What retainage is measured on: the nets, or on gross with their taxes."""
    lines = []
    for line in priced.lines:
        tax = value_tax = 0
        if terms.retainage.of == "gross":
            tax = sum(cents for key, cents in keys.items() if key.line == line.id and key.tax is not None)
            value_tax = sum(
                c for key, c in priced.keys.items() if key.line == line.id and key.tax is not None
            )
        value = priced.keys[Key(line.id)] + value_tax
        lines.append(LineWork(line.id, value, done[line.id] + tax, stored[line.id]))
    return lines


def _held_taxes(
    priced: PricedContract, by_line: Mapping[Hashable, int], terms: ProgressTerms
) -> dict[Hashable, int]:
    """The taxes of what is held, where they are not charged before the release."""
    if terms.tax_on_held == "now" or terms.retainage.of == "gross":
        return {}
    taxes: dict[Hashable, int] = {}
    for code, rate in priced.tax_rates.items():
        nets = [by_line[line.id] for line in priced.lines if any(own.code == code for own in line.taxes)]
        taxes[code] = sum(tax_of_lines(nets, rate.percent, per=terms.tax_per, rounding=terms.tax_rounding))
    return taxes


def _recovered(state: ProgressState, earned: int, held: int, terms: ProgressTerms) -> tuple[int, int | None]:
    """The deposit recovered to date, and where an advance's recovery began."""
    deposit, total = state.deposit_cents, state.priced.total_cents
    if not deposit:
        return 0, None
    if earned == total:
        return deposit, state.recovery_from_cents
    if terms.advance is not None:
        return _advance(state, earned, held, terms.advance)
    open_earned = total - state.snapshot_earned_cents
    since = earned - state.snapshot_earned_cents
    left = deposit - state.snapshot_recovered_cents
    part = half_up(Fraction(left * since, open_earned)) if open_earned else 0
    return min(max(state.snapshot_recovered_cents + part, state.recovered_cents), deposit), None


def _advance(state: ProgressState, earned: int, held: int, advance: Advance) -> tuple[int, int | None]:
    def base(earned_cents: int, held_cents: int) -> int:
        return earned_cents - (held_cents if advance.of == "net" else 0)

    start = state.recovery_from_cents
    if start is None:
        if earned <= state.priced.total_cents * Fraction(advance.from_percent) / 100:
            return state.recovered_cents, None
        start = base(state.earned_cents, state.held_cents)
    part = half_up((base(earned, held) - start) * Fraction(advance.percent) / 100)
    return max(min(part, state.deposit_cents), state.recovered_cents), start


def certify(
    state: ProgressState,
    applied: Application,
    certified: Mapping[Hashable, int],
    terms: ProgressTerms,
) -> Application:
    """
    What was certified of an application, by line and net to date; the shortfall stays billable.

    Lines that are not named are certified as applied. Refuses AboveApplied, and what `apply` refuses.
    """
    work: dict[Hashable, Work] = {}
    for line in state.priced.lines:
        asked = applied.state.work[line.id] + applied.state.stored[line.id]
        cents = certified.get(line.id, asked)
        if cents > asked:
            currency = state.priced.currency
            raise AboveApplied(applied=Money(asked, currency), asked=Money(cents, currency), field="lines")
        stored = min(applied.state.stored[line.id], cents)
        work[line.id] = Work(cents=cents - stored, stored_cents=stored)
    return apply(state, work, terms)


def certify_payable(
    state: ProgressState, applied: Application, payable_cents: int, terms: ProgressTerms
) -> Application:
    """
    What was certified when only the payable is known: solved back to the most work that asks for no more.

    The work of this application comes down on its lines in proportion. Refuses AboveApplied.

    >>> from milepost.core.contract import ContractLine, price
    >>> sov = price([ContractLine("a", "A", Decimal(1), Decimal(100000))], currency="USD")
    >>> ten = ProgressTerms(RetainageTerms(Decimal(10)))
    >>> applied = apply(ProgressState(sov), {"a": Work(cents=20_000_00)}, ten)
    >>> certified = certify_payable(ProgressState(sov), applied, 15_000_00, ten)
    >>> certified.payable_cents, applied.payable_cents - certified.payable_cents
    (1500000, 300000)
    """
    currency = state.priced.currency
    if payable_cents > applied.payable_cents:
        raise AboveApplied(
            applied=Money(applied.payable_cents, currency),
            asked=Money(payable_cents, currency),
            field="payable",
        )
    before = {
        line.id: state.work.get(line.id, 0) + state.stored.get(line.id, 0) for line in state.priced.lines
    }
    more = {
        line: applied.state.work[line] + applied.state.stored[line] - cents for line, cents in before.items()
    }
    low, high, best = 0, sum(more.values()), applied
    while low <= high:
        middle = (low + high) // 2
        certified = {line: before[line] + cents for line, cents in split_by_key(middle, more).items()}
        made = certify(state, applied, certified, terms)
        if made.payable_cents <= payable_cents:
            best, low = made, middle + 1
        else:
            high = middle - 1
    return best


@dataclass(frozen=True)
class Release:
    """
    A release of retainage, on an invoice of its own, in cents: its amount, and the taxes by code that were
    held with it. `state` is the position once it is issued.
    """

    state: ProgressState
    cents: int
    taxes: Mapping[Hashable, int]

    @property
    def payable_cents(self) -> int:
        return self.cents + sum(self.taxes.values())


def release(state: ProgressState, cents: int) -> Release:
    """
    Release so much of the retainage, in parts or whole; the last release takes what is left of its tax.

    Refuses ReleaseTooLarge, ReleaseNotPositive.
    """
    released = release_cents(
        cents, held=state.held_cents, released=state.released_cents, currency=state.priced.currency
    )
    to_date = released_tax(state.held_taxes, held=state.held_cents, released=released)
    return Release(
        replace(state, released_cents=released, released_taxes=to_date),
        cents,
        {code: tax - state.released_taxes.get(code, 0) for code, tax in to_date.items()},
    )


def rate_changed(state: ProgressState) -> ProgressState:
    """Take the snapshot from which a new retainage rate counts for new work only."""
    done = {line: cents + state.stored[line] for line, cents in state.work.items()}
    stored = {line: cents for line, cents in state.stored.items() if cents}
    return replace(state, held_snapshot=HeldSnapshot(state.held_cents, done, stored))
