"""The laws of retainage and recovery, over random work: each figure to date is its formula, rounded once."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.contract import Key, PricedContract
from milepost.core.progress import (
    Advance,
    NegativeApplication,
    ProgressState,
    ProgressTerms,
    Work,
    apply,
    certify,
    rate_changed,
    release,
)
from milepost.core.retainage import HeldSnapshot, LineWork, RetainageTerms, held_by_line, held_cents
from milepost.core.rounding import half_up
from tests.core.effort import tried
from tests.core.jobs import contracts

laws = tried(50)
PERCENTS = st.decimals(0, 30, places=2)


@st.composite
def works(draw: st.DrawFn, floor: dict[str, int] | None = None) -> list[LineWork]:
    """One to four lines with work to date, no less than what was there before."""
    count = len(floor) if floor else draw(st.integers(1, 4))
    made = []
    for i in range(count):
        done = (floor or {}).get(f"line {i}", 0)
        value = draw(st.integers(done, 10**8))
        made.append(LineWork(f"line {i}", value, draw(st.integers(done, value))))
    return made


def done(lines: list[LineWork]) -> int:
    return sum(line.done_cents for line in lines)


@laws
@given(works(), PERCENTS, st.none() | PERCENTS, st.none() | st.integers(0, 10**7))
def test_what_is_held_is_its_part_of_all_work_to_date_rounded_once_and_within_its_cap(
    lines: list[LineWork], percent: Decimal, cap: Decimal | None, cap_cents: int | None
) -> None:
    held = held_cents(lines, RetainageTerms(percent, cap_percent=cap, cap_cents=cap_cents))
    caps = [half_up(Fraction(percent) / 100 * done(lines))]
    if cap is not None:
        caps.append(half_up(Fraction(cap) / 100 * sum(line.value_cents for line in lines)))
    if cap_cents is not None:
        caps.append(cap_cents)
    assert held == min(caps) >= 0
    shares = held_by_line(lines, RetainageTerms(percent), held)
    assert sum(shares.values()) == (held if percent and done(lines) else 0)
    for line in lines:
        if shares[line.line]:
            assert abs(shares[line.line] - Fraction(held * line.done_cents, done(lines))) < 1


@laws
@given(works(), PERCENTS, PERCENTS, st.data())
def test_a_rate_for_new_work_adds_its_part_of_what_came_since_and_leaves_what_was_held(
    before: list[LineWork], old: Decimal, new: Decimal, data: st.DataObject
) -> None:
    held = held_cents(before, RetainageTerms(old))
    at = HeldSnapshot(held, {line.line: line.done_cents for line in before})
    terms = RetainageTerms(new, on_change="new")
    assert held_cents(before, terms, snapshot=at) == held
    now = data.draw(works({str(line.line): line.done_cents for line in before}))
    since = done(now) - done(before)
    assert held_cents(now, terms, snapshot=at) == held + half_up(Fraction(new) / 100 * since)


def drawn_work(priced: PricedContract, state: ProgressState, data: st.DataObject) -> dict[object, Work]:
    return {
        line.id: Work(cents=data.draw(st.integers(state.work.get(line.id, 0), priced.keys[Key(line.id)])))
        for line in priced.lines
    }


@laws
@given(contracts(), st.integers(1, 40), st.data())
def test_a_deposit_comes_off_the_top_in_proportion_to_what_is_earned(
    priced: PricedContract, down: int, data: st.DataObject
) -> None:
    state = ProgressState(priced, deposit_cents=priced.total_cents * down // 100)
    for _ in range(2):
        state = apply(state, drawn_work(priced, state, data), ProgressTerms()).state
        whole = priced.total_cents
        wanted = half_up(Fraction(state.deposit_cents * state.earned_cents, whole)) if whole else 0
        assert state.recovered_cents == wanted


@laws
@given(contracts(), PERCENTS, st.sampled_from(["gross", "net"]), st.data())
def test_an_advance_comes_off_at_its_rate_of_what_was_certified_since_its_threshold(
    priced: PricedContract, rate: Decimal, of: str, data: st.DataObject
) -> None:
    advance = Advance(rate, Decimal(10), of)  # type: ignore[arg-type]
    terms = ProgressTerms(RetainageTerms(Decimal(5)), advance=advance)
    state = ProgressState(priced, deposit_cents=priced.total_cents // 5)
    start = None
    for _ in range(3):
        before = state
        try:
            state = apply(state, drawn_work(priced, state, data), terms).state
        except NegativeApplication:
            return
        if state.earned_cents == priced.total_cents:
            assert state.recovered_cents == state.deposit_cents
            return
        if start is None and state.earned_cents * 10 > priced.total_cents:
            start = before.earned_cents - (before.held_cents if of == "net" else 0)
        if start is None:
            assert state.recovered_cents == 0
            continue
        since = state.earned_cents - (state.held_cents if of == "net" else 0) - start
        wanted = min(half_up(Fraction(rate) / 100 * since), state.deposit_cents)
        assert state.recovered_cents == max(wanted, before.recovered_cents)


@laws
@given(contracts(), PERCENTS, st.data())
def test_what_is_certified_for_less_stays_billable_and_both_come_to_the_whole(
    priced: PricedContract, percent: Decimal, data: st.DataObject
) -> None:
    terms = ProgressTerms(RetainageTerms(percent))
    start = ProgressState(priced)
    applied = apply(start, drawn_work(priced, start, data), terms)
    less = {line: data.draw(st.integers(0, cents)) for line, cents in applied.state.work.items()}
    certified = certify(start, applied, less, terms)
    assert dict(certified.state.work) == less
    again = apply(certified.state, {line: Work(cents=c) for line, c in applied.state.work.items()}, terms)
    assert again.state.billed == applied.state.billed
    assert certified.payable_cents + again.payable_cents == applied.payable_cents


@laws
@given(contracts(), st.sampled_from(["on_release", "deferred"]), st.data())
def test_what_is_released_in_parts_is_all_that_was_held_with_all_its_tax(
    priced: PricedContract, mode: str, data: st.DataObject
) -> None:
    terms = ProgressTerms(RetainageTerms(Decimal(10)), tax_on_held=mode)  # type: ignore[arg-type]
    state = apply(ProgressState(priced), {line.id: Work(Decimal(100)) for line in priced.lines}, terms).state
    held, taxes = state.held_cents, dict(state.held_taxes)
    asked = 0
    while state.held_in_total_cents:
        part = release(state, data.draw(st.integers(1, state.held_in_total_cents)))
        assert all(cents >= 0 for cents in part.taxes.values())
        asked += part.payable_cents
        state = part.state
        if data.draw(st.booleans()) and state.held_in_total_cents:
            part = release(state, state.held_in_total_cents)
            asked += part.payable_cents
            state = part.state
    assert asked == held + (sum(taxes.values()) if held else 0)


@laws
@given(contracts(), st.data())
def test_a_new_rate_asks_for_nothing_in_a_period_without_work(
    priced: PricedContract, data: st.DataObject
) -> None:
    """A new rate must not make a negative line 7 where no work was done."""
    state = ProgressState(priced)
    state = apply(state, drawn_work(priced, state, data), ProgressTerms(RetainageTerms(Decimal(10)))).state
    new = ProgressTerms(RetainageTerms(data.draw(PERCENTS), on_change="new"))
    idle = apply(rate_changed(state), {}, new)
    assert (idle.held_cents, idle.payable_cents, idle.earned_cents) == (0, 0, 0)
