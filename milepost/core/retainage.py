"""Retainage (retention, holdback): what is held back of the work to date, how it is capped and released."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from milepost.core.money import Money, short_decimal
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.core.rounding import half_up, remainder_by_key


class ReleaseTooLarge(Refusal):
    """More than is held."""

    code = "release_too_large"
    message = gettext_noop("Only {held} is held back, so {asked} cannot be released.")


class ReleaseNotPositive(Refusal):
    """Nothing, or less, is no release."""

    code = "release_not_positive"
    message = gettext_noop("Release more than nothing.")


class HeldPercentOutOfRange(Refusal):
    """A rate below zero or above the whole."""

    code = "held_percent_out_of_range"
    message = gettext_noop("Between 0 and 100 percent can be held back, so {percent} cannot be used.")


class Tier(NamedTuple):
    """Up to this percentage of completion, so many percent of that slice are held. None: to the end."""

    up_to_percent: Decimal | None
    percent: Decimal


@dataclass(frozen=True)
class RetainageTerms:
    """
    How much is held back.

    `percent` of the work, or `tiers` over the completion of the contract (`tiers_by_line`: of each
    line). A rate of a line goes before that of its change order, which goes before the contract's:
    both stand in `by_line`. `stored_percent` for stored materials where it differs.
    `on_change` "all": a rate applies to all work to date; "new": from the snapshot on, to what came
    since. `of` "net" or "gross". The cap is a percentage of the contract (`cap_of` "current" or
    "original") or an amount; what is held never exceeds it. `amount_cents` is held in place of a rate.
    `reduce_after`: once the work is beyond this percentage of the contract, `reduce_to` is held in place of
    `percent`: with "all" of all work to date, with "new" of the work beyond it.

    Refuses a rate outside 0 to 100 (HeldPercentOutOfRange).
    """

    percent: Decimal = Decimal(0)
    tiers: tuple[Tier, ...] = ()
    tiers_by_line: bool = False
    by_line: Mapping[Hashable, Decimal] = field(default_factory=dict)
    stored_percent: Decimal | None = None
    on_change: Literal["all", "new"] = "all"
    of: Literal["net", "gross"] = "net"
    cap_percent: Decimal | None = None
    cap_of: Literal["current", "original"] = "current"
    cap_cents: int | None = None
    amount_cents: int | None = None
    reduce_after: Decimal | None = None
    reduce_to: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        rates = [self.percent, self.stored_percent or 0, self.reduce_to, *self.by_line.values()]
        for percent in [*rates, *(tier.percent for tier in self.tiers)]:
            if not 0 <= percent <= 100:
                raise HeldPercentOutOfRange(percent=short_decimal(percent), field="retainage")


class LineWork(NamedTuple):
    """A line's value in the contract, its work and its stored materials to date, in cents."""

    line: Hashable
    value_cents: int
    work_cents: int
    stored_cents: int = 0

    @property
    def done_cents(self) -> int:
        return self.work_cents + self.stored_cents


@dataclass(frozen=True)
class HeldSnapshot:
    """
    What was held when a rate last changed (`on_change` "new"), and on which work: all that was done of a
    line, and what of it were stored materials.
    """

    held_cents: int = 0
    done_by_line: Mapping[Hashable, int] = field(default_factory=dict)
    stored_by_line: Mapping[Hashable, int] = field(default_factory=dict)

    def of(self, line: LineWork) -> LineWork:
        """The line as it stood then."""
        stored = self.stored_by_line.get(line.line, 0)
        done = self.done_by_line.get(line.line, 0)
        return LineWork(line.line, line.value_cents, done - stored, stored)


def held_cents(
    lines: Sequence[LineWork],
    terms: RetainageTerms,
    *,
    original_cents: int | None = None,
    snapshot: HeldSnapshot | None = None,
) -> int:
    """
    Retainage to date in cents, rounded half up once, within its cap, never below zero.

    `original_cents`: the original contract, for a cap on it.

    >>> lines = [LineWork("a", 17_000_00, 7_200_00)]
    >>> rising = (Tier(Decimal(20), Decimal(10)), Tier(Decimal(38), Decimal(15)), Tier(None, Decimal(25)))
    >>> held_cents(lines, RetainageTerms(tiers=rising))
    98400
    """
    at = snapshot or HeldSnapshot()
    exact = sum(_exact(lines, terms).values(), Fraction(0))
    found = half_up(exact)
    if terms.on_change == "new" and terms.amount_cents is None:
        before = sum(_exact([at.of(line) for line in lines], terms).values(), Fraction(0))
        found = at.held_cents + half_up(exact - before)
    return max(min(found, *_caps(lines, terms, original_cents)), 0)


def held_by_line(lines: Sequence[LineWork], terms: RetainageTerms, held: int) -> dict[Hashable, int]:
    """
    What is held of each line, in cents: `held` by largest remainder over the lines' own figures.

    >>> lines = [LineWork(name, 100_00, 100_00) for name in "abc"]
    >>> terms = RetainageTerms(Decimal("3.33333"))
    >>> held_by_line(lines, terms, held_cents(lines, terms))
    {'a': 334, 'b': 333, 'c': 333}
    """
    exact = _exact(lines, terms)
    whole = sum(exact.values(), Fraction(0))
    if not whole:
        return {line.line: 0 for line in lines}
    return remainder_by_key({line: x * held / whole for line, x in exact.items()}, held)


def _caps(lines: Sequence[LineWork], terms: RetainageTerms, original: int | None) -> list[int]:
    caps = [10**18]
    if terms.cap_cents is not None:
        caps.append(terms.cap_cents)
    if terms.cap_percent is not None:
        current = sum(line.value_cents for line in lines)
        whole = original if terms.cap_of == "original" and original is not None else current
        caps.append(half_up(whole * Fraction(terms.cap_percent) / 100))
    return caps


def _exact(lines: Sequence[LineWork], terms: RetainageTerms) -> dict[Hashable, Fraction]:
    """Each line's retainage to date before rounding, as if the terms had held from the start."""
    if terms.amount_cents is not None:
        return _by_work(lines, Fraction(terms.amount_cents))
    done, value = sum(line.done_cents for line in lines), sum(line.value_cents for line in lines)
    terms = _reduced(terms, done, value)
    if terms.tiers and not terms.tiers_by_line:
        return _by_work(lines, _tiered(done, value, terms.tiers))
    return {line.line: _of_line(line, terms) for line in lines}


def _reduced(terms: RetainageTerms, done: int, value: int) -> RetainageTerms:
    """The terms with the rate that holds at this completion, or with a tier of its own for what is beyond."""
    if terms.reduce_after is None:
        return terms
    if terms.on_change == "new":
        tiers = (Tier(terms.reduce_after, terms.percent), Tier(None, terms.reduce_to))
        return replace(terms, tiers=tiers, reduce_after=None)
    beyond = done > value * Fraction(terms.reduce_after) / 100
    return replace(terms, percent=terms.reduce_to) if beyond else terms


def _of_line(line: LineWork, terms: RetainageTerms) -> Fraction:
    if line.line in terms.by_line:
        return Fraction(terms.by_line[line.line]) / 100 * line.done_cents
    if terms.tiers:
        return _tiered(line.done_cents, line.value_cents, terms.tiers)
    rate = Fraction(terms.percent) / 100
    if terms.stored_percent is None:
        return rate * line.done_cents
    return rate * line.work_cents + Fraction(terms.stored_percent) / 100 * line.stored_cents


def _by_work(lines: Sequence[LineWork], whole: Fraction) -> dict[Hashable, Fraction]:
    """What is held of the whole contract, each line with its part of the work."""
    done = sum(line.done_cents for line in lines)
    return {line.line: whole * line.done_cents / done if done else Fraction(0) for line in lines}


def _tiered(done: int, value: int, tiers: Sequence[Tier]) -> Fraction:
    """Slice by slice; exactly at a threshold the old rate still holds. Beyond the last tier nothing is held."""
    held, floor = Fraction(0), Fraction(0)
    for tier in tiers:
        top = Fraction(done) if tier.up_to_percent is None else value * Fraction(tier.up_to_percent) / 100
        slice_cents = max(min(Fraction(done), top) - floor, Fraction(0))
        held += slice_cents * Fraction(tier.percent) / 100
        floor = max(floor, top)
    return held


def released_tax(held_taxes: Mapping[Hashable, int], *, held: int, released: int) -> dict[Hashable, int]:
    """
    The tax of what is released to date, by code in cents: its part of the tax of what is held, rounded
    half up to date, so that the last release takes what is left. 8.25 of tax in two halves:

    >>> first = released_tax({"sales": 8_25}, held=100_00, released=50_00)["sales"]
    >>> first, released_tax({"sales": 8_25}, held=100_00, released=100_00)["sales"] - first
    (413, 412)
    """
    share = Fraction(released, held) if held else Fraction(0)
    return {code: half_up(cents * share) for code, cents in held_taxes.items()}


def release_cents(asked: int, *, held: int, released: int, currency: str) -> int:
    """
    Released to date when so much more is released, in cents. Refuses ReleaseTooLarge, ReleaseNotPositive.

    >>> release_cents(400_00, held=1_000_00, released=100_00, currency="USD")
    50000
    """
    if asked <= 0:
        raise ReleaseNotPositive(field="amount")
    if asked > held - released:
        raise ReleaseTooLarge(
            held=Money(held - released, currency), asked=Money(asked, currency), field="amount"
        )
    return released + asked
