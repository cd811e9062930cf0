"""Applications for payment, retainage, late fees, early payment and days."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from milepost.core.changes import change
from milepost.core.contract import Key
from milepost.core.duedates import add_business_days, due_on
from milepost.core.early_payment import EarlyTerms, payment_for_cents
from milepost.core.latefees import LateTerms, late_fee_cents
from milepost.core.progress import (
    AboveApplied,
    NegativeApplication,
    ProgressState,
    ProgressTerms,
    Work,
    apply,
    certify_payable,
    release,
)
from milepost.core.retainage import (
    HeldPercentOutOfRange,
    LineWork,
    RetainageTerms,
    Tier,
    held_by_line,
    held_cents,
)
from milepost.core.rounding import to_step
from milepost.core.rows import ContractBelowBilled, Row
from milepost.core.totals import payable_cents
from tests.core.published.play import (
    billed,
    cents,
    contract,
    plays,
    rest,
    signed,
    text,
)

# Applications for payment ---------------------------------------------------------------------------


def _sov(*values: Any, original: Any = None) -> ProgressState:
    return ProgressState(contract(*((value, []) for value in values)), original_cents=original)


def _terms(percent: Any, **more: Any) -> ProgressTerms:
    return ProgressTerms(RetainageTerms(Decimal(str(percent)), **more))


@plays("G702-ERMCO-25")
def retainage_frozen_at_a_part_of_the_contract(given: Any, wanted: Any) -> None:
    state = _sov(given["original_contract_sum"], given["net_change_orders"])
    assert state.priced.total_cents == cents(wanted["contract_sum_to_date"])
    change_order = cents(given["net_change_orders"])
    work = cents(given["completed_stored_to_date"]) - change_order
    made = apply(
        state,
        {"a": Work(cents=work), "b": Work(cents=change_order)},
        _terms(10, cap_percent=Decimal(5)),
    )
    assert made.state.held_cents == cents(wanted["retainage"])
    earned = made.state.earned_cents - made.state.held_cents
    assert earned == cents(wanted["total_earned_less_retainage(recomputed)"])
    previous = cents(wanted["less_previous_certificates(implied)"])
    assert earned - previous == cents(wanted["current_payment_due"])
    assert state.priced.total_cents - earned == cents(wanted["balance_to_finish_incl_retainage(recomputed)"])


@plays("G702-Y-RATECUT")
def a_lower_rate_pays_back_at_once(given: Any, wanted: Any) -> None:
    lines = given["lines"]
    state = _sov(*(line["scheduled"] for line in lines))
    before, now = {}, {}
    for name, line in zip("ab", lines, strict=True):
        before[name] = Work(cents=cents(line["previous_work"]), stored_cents=cents(line["previous_stored"]))
        now[name] = Work(
            cents=cents(line["previous_work"] + line["work"]),
            stored_cents=cents(line["stored"]),
        )
    first = apply(state, before, _terms(10, stored_percent=Decimal(5)))
    made = apply(replace(first.state), now, _terms(5))
    assert made.state.held_cents == cents(wanted["retainage_total"])
    earned = made.state.earned_cents - made.state.held_cents
    assert earned - cents(given["previous_certificates"]) == cents(wanted["current_payment_due"])


@plays("G702-Y-CENT")
def an_odd_cent_of_retainage(given: Any, wanted: Any) -> None:
    percent = Decimal(given["rate"]) * 100
    made = apply(_sov(*given["lines"]), {name: Work(Decimal(100)) for name in "abc"}, _terms(percent))
    assert text(made.state.held_cents) == wanted["retainage_total"]
    nets = [cents(net) - part for net, part in zip(given["lines"], made.held_by_line.values(), strict=True)]
    assert [text(net) for net in nets] == wanted["line_nets"]
    assert text(made.payable_cents) == wanted["total"]


@plays("G702-Y-CREDITCO")
def a_credit_below_what_is_billed_is_refused(given: Any, wanted: Any) -> None:
    state = signed(
        contract((given["contract"], [])), Row("1", "milestone", "fixed", cents(given["billed"])), rest()
    )
    _, state = billed(state, "1")
    with pytest.raises(ContractBelowBilled):
        change(state, contract((wanted["contract_after"], [])))


@plays("G702-W-APP2")
def to_date_and_never_summed(given: Any, wanted: Any) -> None:
    total = wanted["remaining_contract_balance"] + wanted["completed"]
    values = [1_000_000, 1_000_000, total - 2_000_000]
    first = apply(
        _sov(*values),
        {name: Work(cents=cents(done)) for name, done in zip("abc", given["previous_by_line"], strict=True)},
        _terms(5),
    )
    assert first.payable_cents == cents(wanted["less_previous"])
    work = {
        name: Work(cents=cents(before + now))
        for name, before, now in zip(
            "abc", given["previous_by_line"], given["this_period_by_line"], strict=True
        )
    }
    made = apply(first.state, work, _terms(5))
    earned = made.state.earned_cents
    assert (earned, made.state.held_cents) == (cents(wanted["completed"]), cents(wanted["retainage"]))
    assert made.payable_cents == cents(wanted["current_payment_due"])
    assert cents(total) - earned + made.state.held_cents == cents(wanted["balance_incl_retainage"])


@plays("G702-V-DRAW")
def draws_as_a_certificate(given: Any, wanted: Any) -> None:
    state, previous = _sov(*given["draws"]), 0
    for name in "abcd"[: given["current"]]:
        previous = state.earned_cents - state.held_cents
        made = apply(state, {name: Work(Decimal(100))}, _terms(given["retainage_pct"]))
        state = made.state
    assert (state.earned_cents, state.held_cents) == (cents(wanted["completed"]), cents(wanted["retainage"]))
    assert (previous, made.payable_cents) == (
        cents(wanted["previous_certificates"]),
        cents(wanted["current_payment_due"]),
    )


@plays("G702-T-ACME")
def a_certificate_read_from_paper(given: Any, wanted: Any) -> None:
    made = apply(
        _sov(given["original"]),
        {"a": Work(cents=cents(given["completed_stored"]))},
        _terms(wanted["retainage_pct"]),
    )
    assert made.held_cents == cents(given["retainage"])
    previous = cents(wanted["previous_certificates(implied)"])
    assert made.payable_cents - previous == cents(wanted["current_payment_due"])


@plays("G702-S-CERTIFIED")
def certified_for_less(given: Any, wanted: Any) -> None:
    start = _sov(100_000)
    terms = _terms(given["retainage_pct"])
    applied = apply(start, {"a": Work(cents=cents(given["billed"]))}, terms)
    assert applied.payable_cents == cents(wanted["applied_net"])
    made = certify_payable(start, applied, cents(given["certified_net"]), terms)
    assert applied.payable_cents - made.payable_cents == cents(wanted["reduction"])
    previous = made.state.earned_cents - made.state.held_cents
    assert previous == cents(wanted["next_application_less_previous_certificates"])
    with pytest.raises(AboveApplied):
        certify_payable(start, applied, cents(30_000), terms)


@plays("G702-MULI-1")
def retention_taxed_when_it_is_released(given: Any, wanted: Any) -> None:
    state = ProgressState(contract((given["contract"], [given["gst"]])))
    held = RetainageTerms(Decimal(given["rate"]), cap_percent=Decimal(given["cap_pct_of_contract"]))
    approved = cents(given["claim"] - given["disapproved"])
    made = apply(state, {"a": Work(cents=approved)}, ProgressTerms(held, tax_on_held="on_release"))
    assert approved == cents(wanted["approved"])
    assert (made.held_cents, made.payable_cents) == (cents(wanted["retention"]), cents(wanted["paid"]))
    assert made.lines[Key("a", "10")] - made.held_tax_cents == cents(wanted["gst"])


@plays("G702-LEVELSET-Q")
def a_percentage_of_mobilization(given: Any, wanted: Any) -> None:
    made = apply(
        _sov(given["scheduled"]), {"a": Work(Decimal(given["percent"]))}, _terms(given["retainage_pct"])
    )
    assert made.earned_cents == cents(wanted["column_G"])
    assert (made.held_cents, made.payable_cents) == (cents(wanted["retainage"]), cents(wanted["net"]))
    assert made.state.priced.total_cents - made.earned_cents == cents(wanted["balance_to_finish"])


@plays("G702-JDE-0", "G702-JDE-5", "G702-JDE-9")
def tiers(given: Any, wanted: Any) -> None:
    by_line = isinstance(given["lines"][0], dict)
    whole = given.get("schedule_of_values") or given.get("sov")
    steps = given.get("tiers", [["20%", "10%"], ["38%", "15%"]])
    terms = RetainageTerms(
        tiers=tuple(Tier(*(Decimal(part.rstrip("%")) for part in step)) for step in steps),
        tiers_by_line=by_line,
    )
    if by_line:
        works = [
            LineWork(name, cents(line["sov"]), cents(line["net"]))
            for name, line in zip("ab", given["lines"], strict=True)
        ]
    else:
        first = cents(given["lines"][0])
        works = [LineWork("a", 0, first), LineWork("b", cents(whole), cents(given["lines"][1]))]
    held = held_cents(works, terms)
    parts = list(held_by_line(works, terms, held).values())
    expected = wanted["retainage"] if by_line else wanted["by_line"]
    assert parts == [cents(part) for part in expected]
    assert held == sum(parts)


@plays("PEER-tryton-modules-project-invoice-tests-scenario-pr")
def progress_of_three_works(given: Any, wanted: Any) -> None:
    state = _sov(*(line["net"] for line in given["lines"]))
    for done, expected in zip(given["cumulative_percents"], wanted["invoices"], strict=True):
        work = {name: Work(Decimal(part)) for name, part in zip("abc", done, strict=True)}
        made = apply(state, work, ProgressTerms())
        state = made.state
        assert made.payable_cents == cents(expected["net"])
    assert state.earned_cents == cents(wanted["cumulative_net"])


@plays("PEER-test-02-test-03")
def a_percentage_or_an_amount_is_retained(given: Any, wanted: Any) -> None:
    held_in_all = 0
    for invoice, retained, payable in zip(
        given["invoices"], wanted["retained"], wanted["payable_now"], strict=True
    ):
        value = invoice["retain"]["value"]
        by_percent = invoice["retain"]["type"] == "percent_of_net"
        terms = _terms(value) if by_percent else _terms(0, amount_cents=cents(value))
        made = apply(_sov(invoice["net"]), {"a": Work(Decimal(100))}, terms)
        assert (text(made.held_cents), text(made.payable_cents)) == (retained, payable)
        assert release(made.state, made.held_cents).state.held_in_total_cents == 0
        held_in_all += made.held_cents
    assert text(held_in_all) == wanted["release_total"]
    with pytest.raises(HeldPercentOutOfRange):
        _terms(given["invalid"][0]["value"])
    too_much = _terms(0, amount_cents=cents(given["invalid"][1]["value"]))
    with pytest.raises(NegativeApplication):
        apply(_sov(500), {"a": Work(Decimal(100))}, too_much)


# Late fees, early payment and days ------------------------------------------------------------------

START = date(2026, 1, 1)


@plays("LF-CFR-1", "LF-ABRA-1", "LF-ABRA-3", "LF-ABRA-4")
def simple_interest(given: Any, wanted: Any) -> None:
    terms = LateTerms(
        Decimal(given["annual_pct"]),
        annual=True,
        year_days=given.get("year", 365),
        flat_cents=cents(given.get("flat", 0)),
    )
    today = date.fromordinal(START.toordinal() + given["days"])
    fee = late_fee_cents(cents(given["amount"]), START, today, terms)
    assert text(fee) == wanted.get("interest", wanted.get("total_fee"))


@plays("LF-PAIDNICE")
def interest_with_the_day_rounded_first(given: Any, wanted: Any) -> None:
    terms = LateTerms(Decimal(given["annual_pct"]), annual=True)
    today = date.fromordinal(START.toordinal() + given["days"])
    amount = cents(given["amount"])
    assert text(late_fee_cents(amount, START, today, terms)) == wanted["interest_exact"]
    daily = replace(terms, daily_rounded=True)
    assert text(late_fee_cents(amount, START, today, daily)) == wanted["interest_daily_rounded"]
    with_fixed = replace(daily, flat_cents=cents(given["fixed"]))
    assert text(late_fee_cents(amount, START, today, with_fixed)) == wanted["total_printed"]


@plays("LF-INVGRID")
def simple_or_compound_by_the_month(given: Any, wanted: Any) -> None:
    amount, terms = cents(given["amount"]), LateTerms(Decimal(given["monthly_pct"]), per="full_month")
    months = [due_on(START, months=month) for month in range(given["months"] + 1)]
    assert text(late_fee_cents(amount, START, months[-1], terms)) == wanted["simple"]
    compound = [late_fee_cents(amount, START, day, replace(terms, compound=True)) for day in months]
    assert text(compound[2] - compound[1]) == wanted["compound_m2_fee"]
    assert text(amount + compound[5]) == wanted["compound_m6_balance_before"]
    assert text(compound[6] - compound[5]) == wanted["compound_m6_fee"]


@plays("LF-SUITE")
def compound_by_the_month(given: Any, wanted: Any) -> None:
    terms = LateTerms(Decimal(given["annual_pct"]), annual=True, per="full_month", compound=True)
    fee = late_fee_cents(cents(given["amount"]), START, due_on(START, months=given["months"]), terms)
    assert text(cents(given["amount"]) + fee) == wanted["compound_monthly"]


@plays("LF-MATHBOT")
def what_to_pay_for_a_balance(given: Any, wanted: Any) -> None:
    settled = cents(given["invoice"]) - cents(given["target_balance"])
    assert text(settled) == wanted["credit_needed"]
    assert text(payment_for_cents(settled, Decimal(given["discount_pct"]))) == wanted["payment"]


@plays("LF-228794")
def a_discount_paid_in_cash(given: Any, wanted: Any) -> None:
    paid = payment_for_cents(cents(given["total"]), Decimal(given["discount_pct"]))
    assert (text(paid), text(to_step(paid, cents(given["step"])))) == (wanted["discounted"], wanted["cash"])


@plays("LF-2-10")
def two_ten_net_thirty(given: Any, wanted: Any) -> None:
    terms, issued = EarlyTerms(Decimal(2), 10, 30), date.fromisoformat(given["invoice_date"])
    assert terms.until(issued).isoformat() == wanted["discount_until"]
    assert terms.due(issued).isoformat() == wanted["due"]
    assert text(payment_for_cents(cents(given["total"]), terms.percent)) == wanted["pay"]


@plays("LF-SE-RANTA")
def interest_to_whole_kronor(given: Any, wanted: Any) -> None:
    total = sum(cents(line) for line in given["interest_lines"])
    assert text(total) == wanted["total"]
    payable = payable_cents(total, rounding=cents(given["rounding"]))
    assert text(payable) == wanted["payable"] == text(to_step(total, 100))


@plays("DD-LEAP-1", "DD-OCA-919", "BD-GC-1", "BD-GC-3", "BD-GC-6", "BD-UK-7", "BD-UK-XMAS")
def a_day(given: Any, wanted: Any) -> None:
    start = date.fromisoformat(given["date"])
    off = {date.fromisoformat(day) for name in ("holidays", "excluded") for day in given.get(name, [])}
    if "business_days" in given:
        worked = {date.fromisoformat(day) for day in given.get("extra_working", [])}
        found = add_business_days(start, given["business_days"], off, extra_working=worked)
    elif "end" in wanted:
        found = add_business_days(start, given["days"], off, weekend=())
    else:
        found = due_on(
            start,
            given.get("days", 0),
            months=given.get("months", 0),
            end_of_month=given.get("end_of_month", False),
        )
    assert found.isoformat() in wanted.values()
