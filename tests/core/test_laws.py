"""The laws of docs/rules, over random jobs: sums, cents, order and ends."""

from collections.abc import Hashable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from milepost.core.billing import Bill, JobState, bill
from milepost.core.changes import change
from milepost.core.contract import Key, price
from milepost.core.credits import (
    Issued,
    NotSinceSnapshot,
    after_allowance,
    after_reversal,
    after_void,
    allowance,
    cut_by_row,
    reversal,
    whole,
)
from milepost.core.refusals import Refusal
from milepost.core.rounding import Rule
from milepost.core.rows import Row
from milepost.core.tax import TaxPer, TaxRules, tax_of_lines
from tests.core.effort import tried
from tests.core.jobs import contracts, jobs
from tests.core.test_rules_tables import assert_closed

laws = tried(120)


def _open(state: JobState) -> list[Hashable]:
    return [row.id for row in state.open_rows if row.id not in state.billed_row_ids]


def _check_schedule(state: JobState) -> None:
    assert sum(state.amounts.values()) == state.priced.total_cents
    assert all(cents >= 0 for cents in state.amounts.values())


def _check_bill(before: JobState, invoice: Bill) -> None:
    assert invoice.due_cents >= 0
    assert invoice.recovered_cents >= 0
    assert sum(line.delta_cents for line in invoice.lines) == invoice.earned_cents
    assert invoice.earned_cents == invoice.due_cents + invoice.recovered_cents
    assert invoice.net_cents + sum(invoice.tax_by_code.values()) == invoice.earned_cents
    assert sum(invoice.due_by_row.values()) == invoice.due_cents
    assert sum(invoice.recovered_by_row.values()) == invoice.recovered_cents
    assert all(cents >= 0 for cents in [*invoice.due_by_row.values(), *invoice.recovered_by_row.values()])
    assert invoice.position.recovered_cents <= before.deposit_cents


def _check_keys(before: JobState, invoice: Bill) -> None:
    """Between the snapshot and the contract; never down by more than a rounding cent."""
    for line in invoice.lines:
        start, end = before.snapshot.billed.get(line.key, 0), before.priced.keys[line.key]
        assert min(start, end) <= line.now_cents <= max(start, end)
        if end >= start:
            assert line.delta_cents >= -1


@laws
@given(jobs(), st.data())
def test_however_a_job_is_billed_it_ends_exact(state: JobState, data: st.DataObject) -> None:
    _check_schedule(state)
    while rows := _open(state):
        chosen = data.draw(st.lists(st.sampled_from(rows), min_size=1, unique=True))
        invoice = bill(state, chosen)
        _check_bill(state, invoice)
        _check_keys(state, invoice)
        state = state.after(invoice)
    assert_closed(state)


@laws
@given(jobs(), st.sampled_from(["code", "line"]), st.sampled_from(["half_up", "down"]), st.data())
def test_taxed_on_each_document_a_job_ends_exact_and_its_tax_is_the_base_s_own(
    state: JobState, per: TaxPer, rounding: Rule, data: st.DataObject
) -> None:
    rules = TaxRules(per, rounding, "document")
    state = replace(state, tax_rules=rules)
    while rows := _open(state):
        if data.draw(st.integers(0, 3)) == 0:
            state = data.draw(changed(state))
            rows = _open(state)
        before = state
        invoice = bill(state, data.draw(st.lists(st.sampled_from(rows), min_size=1, unique=True)))
        state = state.after(invoice)
        _check_bill(before, invoice)
        for line in invoice.lines:
            left = before.priced.keys[line.key] - line.before_cents
            assert min(left, 0) <= line.delta_cents <= max(left, 0)
        if _open(state):
            _check_own_tax(state, invoice, rules)
    assert_closed(state)


def _check_own_tax(state: JobState, invoice: Bill, rules: TaxRules) -> None:
    """Each tax is rate × base, rounded; where no net fits, by a cent; unless a key of it is at its end."""
    ends = {key for key, cents in state.priced.keys.items() if state.billed[key] == cents}
    moved = {line.key for line in invoice.lines if line.delta_cents}
    off = 0
    for code, rate in state.priced.tax_rates.items():
        taxed = [key for key in state.priced.keys if key.tax == code]
        # A line that a change took to nothing is at its end, and gives back what was billed of it.
        keys = [key for key in taxed if state.priced.keys[Key(key.line)] or {key, Key(key.line)} & moved]
        if ends & {*keys, *(Key(key.line) for key in keys)}:
            return
        bases = [invoice.net_by_line[key.line] for key in keys]
        own = tax_of_lines(bases, rate.percent, per=rules.per, rounding=rules.rounding)
        off += abs(invoice.tax_by_code[code] - sum(own))
    event("checked")
    assert off <= len(state.priced.tax_rates)


@laws
@given(jobs(), st.data())
def test_where_a_job_stands_does_not_depend_on_the_order(state: JobState, data: st.DataObject) -> None:
    rows = data.draw(st.permutations(_open(state)))
    count = data.draw(st.integers(1, len(rows)))
    one_by_one = state
    for row in rows[:count]:
        one_by_one = one_by_one.after(bill(one_by_one, [row]))
    at_once = state.after(bill(state, rows[:count]))
    assert one_by_one.billed == at_once.billed
    assert (one_by_one.due_cents, one_by_one.recovered_cents) == (at_once.due_cents, at_once.recovered_cents)


@laws
@given(jobs(), st.data())
def test_every_key_and_group_is_within_a_cent_of_its_share(state: JobState, data: st.DataObject) -> None:
    """Without lines rows the exact figure of a key is simply its share of what is earned."""
    rows = _open(state)
    if any(row.basis == "lines" for row in state.rows) or not state.priced.total_cents:
        return
    chosen = data.draw(st.lists(st.sampled_from(rows), min_size=1, unique=True))
    position = bill(state, chosen).position
    share = Fraction(position.earned_cents, state.priced.total_cents)
    drift: dict[object, Fraction] = {}
    for key, cents in position.billed.items():
        exact = share * state.priced.keys[key]
        assert abs(cents - exact) < 1
        group = state.priced.group_of(key)
        drift[group] = drift.get(group, Fraction(0)) + cents - exact
    assert all(abs(cents) < 1 for cents in drift.values())


@laws
@given(jobs(), st.data())
def test_accepted_parts_add_up_to_the_row(state: JobState, data: st.DataObject) -> None:
    for row in data.draw(st.permutations(_open(state))):
        for tenths in sorted(data.draw(st.sets(st.integers(1, 9), max_size=2))):
            invoice = bill(state, {row: Fraction(tenths, 10)})
            _check_bill(state, invoice)
            _check_keys(state, invoice)
            state = state.after(invoice)
        state = state.after(bill(state, [row]))
    assert_closed(state)


@st.composite
def changed(draw: st.DrawFn, state: JobState) -> JobState:
    """The job after a change order that adds lines or changes a quantity; the job itself if refused."""
    lines = list(state.priced.lines)
    if draw(st.booleans()):
        lines += draw(contracts(first=len(lines))).lines
    else:
        at = draw(st.integers(0, len(lines) - 1))
        factor = draw(st.sampled_from(["0", "0.5", "0.9", "1.5", "3"]))
        lines[at] = replace(lines[at], quantity=lines[at].quantity * Decimal(factor))
    placement = draw(st.sampled_from(["spread", "next", "final", "equal", "own"]))
    own = Row(f"own {len(state.rows)}", "milestone", "fixed", 0) if placement == "own" else None
    try:
        return change(state, price(lines, currency="USD"), placement=placement, own=own).state
    except Refusal:
        return state


@laws
@given(jobs(), st.data())
def test_changes_on_the_way_leave_what_is_billed_and_the_end_is_exact(
    state: JobState, data: st.DataObject
) -> None:
    while rows := _open(state):
        billed = {row: state.amounts[row] for row in state.billed_row_ids}
        state = data.draw(changed(state))
        _check_schedule(state)
        assert {row: state.amounts[row] for row in billed} == billed
        invoice = bill(state, data.draw(st.lists(st.sampled_from(rows), min_size=1, unique=True)))
        _check_bill(state, invoice)
        _check_keys(state, invoice)
        state = state.after(invoice)
    assert_closed(state)


@laws
@given(jobs(), st.data())
def test_a_life_with_parts_changes_credits_and_money_off_ends_exact(
    state: JobState, data: st.DataObject
) -> None:
    """Bills of whole rows and parts, changes placed anywhere, reversals in part and whole, allowances."""
    for _ in range(data.draw(st.integers(1, 4))):
        if data.draw(st.booleans()):
            state = data.draw(changed(state))
        if rows := _open(state):
            row = data.draw(st.sampled_from(rows))
            part = Fraction(data.draw(st.sampled_from([3, 10, 10])), 10)
            invoice = bill(state, {row: max(part, state.portions.get(row, Fraction(0)) + Fraction(1, 20))})
            _check_bill(state, invoice)
            state = state.after(invoice)
            state = _credited(state, invoice, data)
        assert sum(state.billed.values()) == state.due_cents + state.recovered_cents
        assert sum(state.amounts.values()) == state.priced.total_cents
    while rows := _open(state):
        state = state.after(bill(state, rows[:1]))
    assert_closed(state)


def _credited(state: JobState, invoice: Bill, data: st.DataObject) -> JobState:
    """The job after a credit of its newest invoice, if it is one that can be credited."""
    what = data.draw(st.sampled_from(["nothing", "reverse", "allow"]))
    lines = {line.key: line.delta_cents for line in invoice.lines}
    in_full = all(invoice.portions[row] == 1 for row in invoice.due_by_row)
    if what == "nothing" or not in_full or not invoice.due_cents or min(lines.values()) < 0:
        return state
    said = Issued(lines, invoice.recovered_cents)
    event(what)
    if what == "allow":
        off = allowance(said, data.draw(st.integers(1, invoice.due_cents)))
        return after_allowance(state, off, cut_by_row(off, invoice.due_by_row))
    share = data.draw(st.sampled_from([Fraction(1), Fraction(1, 3), Fraction(1, 2)]))
    return after_reversal(state, reversal(said, state.priced, share), invoice.due_by_row)


@laws
@given(jobs(), st.data())
def test_an_invoice_that_is_voided_is_issued_again_with_the_same_cents(
    state: JobState, data: st.DataObject
) -> None:
    """Any invoice since the snapshot, whatever was billed after it; and its void leaves nothing behind."""
    first = state
    invoices = []
    for rows in _sets(data, _open(state)):
        invoices.append(bill(state, rows))
        state = state.after(invoices[-1])
    voided = data.draw(st.sampled_from(invoices))
    said = Issued({line.key: line.delta_cents for line in voided.lines}, voided.recovered_cents)
    open_again = after_void(state, whole(said), voided.due_by_row)
    assert set(_open(open_again)) - set(_open(state)) == set(voided.due_by_row)
    again = bill(open_again, list(voided.due_by_row))
    assert {line.key: line.delta_cents for line in again.lines} == dict(said.lines)
    assert (again.due_cents, again.recovered_cents) == (voided.due_cents, voided.recovered_cents)
    assert again.due_by_row == voided.due_by_row
    assert open_again.after(again) == state
    # Voided one after the other, the newest first, the job is as it was signed.
    for invoice in reversed(invoices):
        said = Issued({line.key: line.delta_cents for line in invoice.lines}, invoice.recovered_cents)
        state = after_void(state, whole(said), invoice.due_by_row)
    assert (state.billed, state.due_cents, state.recovered_cents) == (first.billed, 0, 0)
    with pytest.raises(NotSinceSnapshot):
        after_void(state, whole(said), voided.due_by_row)


def _sets(data: st.DataObject, rows: list[Hashable]) -> list[list[Hashable]]:
    """The rows in any order, cut into one to three invoices."""
    order = data.draw(st.permutations(rows))
    first = data.draw(st.integers(1, len(order)))
    second = data.draw(st.integers(first, len(order)))
    return [part for part in (order[:first], order[first:second]) if part]
