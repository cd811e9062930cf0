"""Credits: what an invoice said, taken back in whole or in part, or money off. Nothing is edited."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from milepost.core.billing import JobState
from milepost.core.contract import Key, PricedContract
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.core.rounding import allocate_positions, half_up, split_by_key
from milepost.core.rows import Row, Snapshot, billed_part, lines_once
from milepost.core.snapshots import rows_at_snapshot


class CreditedAlready(Refusal):
    """So much of the invoice is credited already."""

    code = "credited_already"
    message = gettext_noop(
        "{percent} percent of this invoice is credited already. Credit more than that, or nothing."
    )


class CreditTooLarge(Refusal):
    """More than the invoice asked for."""

    code = "credit_too_large"
    message = gettext_noop("This invoice asked for {most}, so {asked} cannot come off it.")


class CreditNotPositive(Refusal):
    """A credit of nothing, or less."""

    code = "credit_not_positive"
    message = gettext_noop("A credit is more than nothing.")


class ShareTooSmall(Refusal):
    """The share comes to no whole cent that the invoice asks for."""

    code = "share_too_small"
    message = gettext_noop("This share asks for nothing back. Take back more of the invoice, or all of it.")


@dataclass(frozen=True)
class Issued:
    """
    What an invoice says, in cents: its lines by key, the deposit recovered, the retainage held.

    >>> Issued({Key("a"): 11_193_33}, recovered_cents=2_798_33).due_cents
    839500
    """

    lines: Mapping[Key, int]
    recovered_cents: int = 0
    held_cents: int = 0
    currency: str = "USD"

    @property
    def lines_cents(self) -> int:
        return sum(self.lines.values())

    @property
    def due_cents(self) -> int:
        return self.lines_cents - self.recovered_cents - self.held_cents


@dataclass(frozen=True)
class Credited:
    """What is credited of an invoice to date; every amount is positive. `share` of it is reversed."""

    lines: Mapping[Key, int] = field(default_factory=dict)
    recovered_cents: int = 0
    held_cents: int = 0
    share: Fraction = Fraction(0)

    @property
    def lines_cents(self) -> int:
        return sum(self.lines.values())

    @property
    def due_cents(self) -> int:
        return self.lines_cents - self.recovered_cents - self.held_cents

    def less(self, before: "Credited") -> "Credited":
        """This credit note's own part: to date less what was credited before."""
        return Credited(
            {key: cents - before.lines.get(key, 0) for key, cents in self.lines.items()},
            self.recovered_cents - before.recovered_cents,
            self.held_cents - before.held_cents,
            self.share - before.share,
        )


def reversal(
    issued: Issued, priced: PricedContract, share: Fraction, *, before: Credited | None = None
) -> Credited:
    """
    Credit to date when this share of the invoice is reversed (1 is all of it), in cents.

    Each figure is share × its own, rounded once to date, so that parts end exact and the last takes
    the rest. The work is unbilled again and the recovered deposit is back in the pot. What a credit
    note says is `.less(before)`. Refuses CreditedAlready.

    >>> one = PricedContract("USD", (), {Key("a"): 11_193_33}, {Key("a"): "net"})
    >>> whole = reversal(Issued({Key("a"): 11_193_33}, 2_798_33), one, Fraction(1))
    >>> whole.lines_cents, whole.recovered_cents, whole.due_cents
    (1119333, 279833, 839500)
    """
    exact = {key: cents * share for key, cents in issued.lines.items()}
    return _reversed(issued, priced, exact, share, before or Credited())


def reversal_of_lines(
    issued: Issued,
    priced: PricedContract,
    shares: Mapping[Hashable, Fraction],
    *,
    before: Credited | None = None,
) -> Credited:
    """
    Credit to date when these shares of these lines are reversed (lines that are not named: none).

    A line takes its own tax with it, so that lines credited one by one end at the invoice to the cent;
    recovered deposit and retainage come back in the proportion of what is reversed. Refuses
    CreditedAlready.

    >>> keys = {Key("a"): 68_33, Key("a", "vat"): 13_67, Key("b"): 85_00, Key("b", "vat"): 17_00}
    >>> one = PricedContract("EUR", (), keys, {key: key.tax for key in keys})
    >>> reversal_of_lines(Issued(keys), one, {"a": Fraction(1)}).due_cents
    8200
    """
    exact = {key: cents * shares.get(key.line, Fraction(0)) for key, cents in issued.lines.items()}
    whole = issued.lines_cents
    share = sum(exact.values()) / Fraction(whole) if whole else Fraction(0)
    return _reversed(issued, priced, exact, share, before or Credited())


def further_reversal(
    standing: Issued, priced: PricedContract, share: Fraction, *, before: Credited | None = None
) -> Credited:
    """
    A reversal of this much more of an invoice: this credit note's own part, in cents.

    `standing` is what still stands of it, `before` what earlier reversals of a share took back: shares are
    of the whole invoice, each figure is to date less before, rounded once, so that thirds end exact. Where
    rounding to date would move a line the other way, or money off came in between and leaves less of it,
    the part is shared over what stands. Refuses CreditedAlready, ShareTooSmall.

    >>> keys = {Key("a"): 33_33, Key("b"): 66_68}
    >>> one = PricedContract("USD", (), keys, dict.fromkeys(keys, "net"))
    >>> third = further_reversal(Issued(keys), one, Fraction(1, 3))
    >>> dict(third.lines), third.lines_cents
    ({Key(line='a', tax=None): 1111, Key(line='b', tax=None): 2223}, 3334)
    """
    done = before or Credited()
    lines = {key: cents + done.lines.get(key, 0) for key, cents in standing.lines.items()}
    said = Issued(
        lines, standing.recovered_cents + done.recovered_cents, standing.held_cents + done.held_cents
    )
    part = reversal(said, priced, done.share + share, before=done).less(done)
    total = min(part.lines_cents, standing.lines_cents)
    if any(not min(0, cents) <= part.lines[key] <= max(0, cents) for key, cents in standing.lines.items()):
        rate = Fraction(total, standing.lines_cents) if standing.lines_cents else Fraction(0)
        exact = {key: cents * rate for key, cents in standing.lines.items()}
        part = replace(part, lines=allocate_positions(exact, total, priced.group_of))
    recovered = min(max(part.recovered_cents, 0), standing.recovered_cents)
    held = min(max(part.held_cents, 0), standing.held_cents)
    part = replace(part, recovered_cents=recovered, held_cents=held)
    if part.due_cents <= 0:
        raise ShareTooSmall(field="share")
    return part


def _reversed(
    issued: Issued,
    priced: PricedContract,
    exact: Mapping[Key, Fraction],
    share: Fraction,
    before: Credited,
) -> Credited:
    if not before.share < share <= 1:
        raise CreditedAlready(percent=f"{float(before.share * 100):g}", field="share")
    total = half_up(issued.lines_cents * share)
    return Credited(
        allocate_positions(exact, total, priced.group_of),
        half_up(issued.recovered_cents * share),
        half_up(issued.held_cents * share),
        share,
    )


def allowance(
    issued: Issued,
    cents: int,
    *,
    before: Credited | None = None,
    group_of: Callable[[Key], Hashable] = lambda key: key,
) -> Credited:
    """
    Money off an invoice: its net and its taxes come down in proportion, the work stays billed.

    The recovered deposit stays recovered, so no more comes off than the invoice still asks for.
    A discount line comes nearer to nothing in the same proportion. By largest remainder over its groups
    (the base of each set of taxes, each tax), then over the keys in them, so that the tax of a credit note
    over hundreds of lines is within a cent of its exact figure. Refuses CreditNotPositive, CreditTooLarge.

    >>> off = allowance(Issued({Key("a"): 100_00, Key("a", "vat"): 20_00}), 30_00)
    >>> dict(off.lines)
    {Key(line='a', tax=None): 2500, Key(line='a', tax='vat'): 500}
    """
    done = before or Credited()
    most = issued.due_cents - done.due_cents
    if cents <= 0:
        raise CreditNotPositive(field="amount")
    if cents > most:
        raise CreditTooLarge(
            most=Money(most, issued.currency), asked=Money(cents, issued.currency), field="amount"
        )
    left = {key: value - done.lines.get(key, 0) for key, value in issued.lines.items()}
    standing = sum(left.values())
    exact = {key: value * Fraction(cents, standing) for key, value in left.items() if value}
    return Credited(allocate_positions(exact, cents, group_of))


class NotSinceSnapshot(ValueError):
    """The invoice was issued before the last snapshot, so taking it back needs one of its own."""


def whole(issued: Issued, *, before: Credited | None = None) -> Credited:
    """
    All that still stands of an invoice: what a void, or the reversal of the rest, says in cents.

    >>> off = allowance(Issued({Key("a"): 100_00}, 20_00), 30_00)
    >>> rest = whole(Issued({Key("a"): 100_00}, 20_00), before=off)
    >>> rest.lines_cents, rest.recovered_cents, rest.due_cents
    (7000, 2000, 5000)
    """
    return Credited(dict(issued.lines), issued.recovered_cents, issued.held_cents, Fraction(1)).less(
        before or Credited()
    )


def cut_by_row(off: Credited, due_by_row: Mapping[Hashable, int]) -> dict[Hashable, int]:
    """
    Money off an invoice of several rows, shared in proportion to what each still asks for, in cents.

    >>> cut_by_row(Credited({Key("a"): 100}), {"one": 200, "two": 100})
    {'one': 67, 'two': 33}
    """
    return split_by_key(off.due_cents, due_by_row)


def after_allowance(state: JobState, off: Credited, cuts: Mapping[Hashable, int]) -> JobState:
    """
    The job once money is off an invoice: contract, billed to date, its rows and their due fall alike,
    the recovered deposit stays. `cuts` are the cents by row (`cut_by_row`). Takes a snapshot; open
    rows keep their amounts.
    """
    cut = off.lines_cents
    billed = _less(state.billed, off.lines)
    rows = tuple(
        replace(one, amount_cents=one.frozen_cents - cuts.get(one.id, 0)) for one in rows_at_snapshot(state)
    )
    return replace(
        state,
        priced=replace(state.priced, keys=_less(state.priced.keys, off.lines)),
        rows=rows,
        amounts={one.id: one.frozen_cents for one in rows},
        snapshot=Snapshot(billed, state.due_cents - cut, state.recovered_cents),
        billed=billed,
        due_cents=state.due_cents - cut,
        portions={},
    )


def asked_again(
    off: Mapping[Key, int], *, billed: Mapping[Key, int], contract: Mapping[Key, int]
) -> dict[Key, int]:
    """
    What the invoice says that takes money off back, by key and in cents: what had come `off`, in all.

    `billed` so far, `contract` with the money off back in it. A line that its invoice had made less (a
    change order did) comes down again, but no line falls below nothing, and no discount below its worth:
    where the work has been taken back since, the other lines say that much less, in proportion. What
    they leave is billed with the open work.

    >>> a, b = Key("a"), Key("b")
    >>> worth = {a: 1_000_00, b: 100_00}
    >>> asked_again({a: 50_00, b: -40_00}, billed={a: 500_00, b: 460_00}, contract=worth)
    {Key(line='a', tax=None): 5000, Key(line='b', tax=None): -4000}
    >>> asked_again({a: 50_00, b: -40_00}, billed={a: 0, b: 30_00}, contract=worth)
    {Key(line='a', tax=None): 4000, Key(line='b', tax=None): -3000}
    """
    least = {key: min(min(contract[key], 0) - billed.get(key, 0), 0) for key in off}
    kept = {key: max(cents, least[key]) for key, cents in off.items()}
    more = {key: cents for key, cents in kept.items() if cents > 0}
    less = sum(kept.values()) - sum(off.values())
    cut = split_by_key(less, more) if less else {}
    return {key: cents - cut.get(key, 0) for key, cents in kept.items()}


def after_void(state: JobState, credit: Credited, rows: Iterable[Hashable]) -> JobState:
    """
    The job once a whole invoice is taken back that was issued since the last snapshot: what is billed,
    due and recovered falls by its stored increment, its rows are open again. No snapshot is needed,
    because a position does not depend on the order of billing: the reissue bills the same cents.

    Raises NotSinceSnapshot; then `after_reversal` is the answer.
    """
    back = frozenset(rows)
    if not back <= state.portions.keys():
        raise NotSinceSnapshot
    return replace(
        state,
        billed=_less(state.billed, credit.lines),
        due_cents=state.due_cents - credit.due_cents,
        recovered_cents=state.recovered_cents - credit.recovered_cents,
        portions={row: portion for row, portion in state.portions.items() if row not in back},
    )


def back_by_row(credit: Credited, due_by_row: Mapping[Hashable, int]) -> dict[Hashable, int]:
    """
    What a reversal takes back of each row of its invoice, in cents: in proportion to what it asks for.

    >>> back_by_row(Credited({Key("a"): 100}), {"one": 200, "two": 100})
    {'one': 67, 'two': 33}
    """
    if not any(due_by_row.values()):
        return dict.fromkeys(due_by_row, 0)
    return split_by_key(credit.due_cents, due_by_row)


def after_reversal(state: JobState, credit: Credited, due_by_row: Mapping[Hashable, int]) -> JobState:
    """
    The job once an invoice is reversed: its work is unbilled again, its recovered deposit is back.

    `credit` is this credit note's own part, `due_by_row` the due of each row on the invoice. A row
    that is reversed in part becomes a part that stays billed and an open part with its share of the
    weight. Takes a snapshot; open amounts are what was reversed, so the reissue asks for the same.
    """
    back = back_by_row(credit, due_by_row)
    rows: list[Row] = []
    for row in rows_at_snapshot(state):
        rows += _reopened(row, back[row.id], state.rows) if row.id in back else [row]
    rows = lines_once(rows)
    billed = _less(state.billed, credit.lines)
    due, recovered = state.due_cents - credit.due_cents, state.recovered_cents - credit.recovered_cents
    return replace(
        state,
        rows=tuple(rows),
        amounts={row.id: row.frozen_cents for row in rows},
        snapshot=Snapshot(billed, due, recovered),
        billed=billed,
        due_cents=due,
        recovered_cents=recovered,
        portions={},
    )


def _reopened(row: Row, back: int, rows: Sequence[Row]) -> list[Row]:
    amount = row.frozen_cents
    if back >= amount:
        return [replace(row, billed=False)]
    share = Fraction(back, amount)
    weight = row.weight * share if row.weight is not None else None
    kept = billed_part(row, amount - back, rows)
    placed = half_up(row.placed_cents * share)
    value = back - placed if row.basis == "fixed" else row.value
    opened = replace(row, billed=False, amount_cents=back, weight=weight, value=value, placed_cents=placed)
    return [kept, opened]


def _less(keys: Mapping[Key, int], off: Mapping[Key, int]) -> dict[Key, int]:
    return {key: cents - off.get(key, 0) for key, cents in keys.items()}
