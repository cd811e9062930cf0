"""Deposits, milestones, changes and credits."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from milepost.core import journal
from milepost.core.changes import change
from milepost.core.contract import ContractBelowZero, ContractLine, Key, price
from milepost.core.credits import Credited, Issued, after_reversal, reversal, reversal_of_lines
from milepost.core.deposit_tax import deposit_by_key, recovered_by_key
from milepost.core.duedates import due_on
from milepost.core.journal import AR, CC, balances
from milepost.core.progress import (
    ProgressState,
    ProgressTerms,
    Work,
    apply,
)
from milepost.core.retainage import (
    RetainageTerms,
)
from milepost.core.rows import DepositExceedsContract, Row
from milepost.core.schedule import row_amounts
from milepost.core.tax import TaxRate
from milepost.core.totals import payable_cents
from tests.core.published.play import (
    billed,
    by_taxes,
    cents,
    contract,
    fixed_deposit,
    percent_deposit,
    percents,
    plays,
    rest,
    signed,
    text,
)

# Deposits -----------------------------------------------------------------------------------------------


def _rates(line: Any) -> list[str]:
    rates = line.get("tax_rates") or line.get("taxes_pct") or [line.get("tax_rate", "0")]
    return [str(rate) for rate in rates if str(rate) != "0"]


def _deposit_of(given: Any) -> tuple[Any, dict[Key, int]]:
    """The contract and its deposit by key, taxed at the deposit."""
    priced = contract(*((line.get("net") or line["base"], _rates(line)) for line in given["lines"]))
    asked = given.get("deposit") or given["down_payment"]
    value = asked.get("value") or asked.get("fixed") or asked["pct"]
    by_percent = asked.get("type") == "percent" or "pct" in asked
    row = percent_deposit(value) if by_percent else fixed_deposit(value)
    amounts = row_amounts(priced, [row, rest()])
    return priced, deposit_by_key(priced, amounts["deposit"])


@plays(
    "PEER-test-tax-breakdown",
    "PEER-test-tax-breakdown-fixed-payment-method",
    "PEER-test-tax-breakdown-with-discount",
)
def a_deposit_keeps_the_mix_of_taxes(given: Any, wanted: Any) -> None:
    priced, keys = _deposit_of(given)
    groups = by_taxes(priced, keys)
    assert groups == {
        tuple(one["tax_rates"]): (cents(one["net"]), cents(one["gross"]))
        for one in wanted["deposit_by_tax_group"]
    }
    assert sum(keys.values()) == cents(wanted["deposit_gross"])
    for code, tax in wanted["tax"].items():
        assert sum(value for key, value in keys.items() if key.tax == code) == cents(tax)


@plays("MS-ODOO-3", "MS-ODOO-5")
def a_deposit_by_groups(given: Any, wanted: Any) -> None:
    """A fixed 222.50 of 890.00 is a quarter; a percentage may meet a line with a discount."""
    priced, keys = _deposit_of(given)
    groups = by_taxes(priced, keys)
    for one in wanted["groups"]:
        net, gross = groups[tuple(str(rate) for rate in one["taxes"] if rate)]
        assert (net, gross - net) == (cents(one["base"]), cents(one["tax"]))
    assert sum(keys.values()) == cents(wanted["total"])


@plays(
    "PEER-test-tax-price-include-amount-rounding-odoo-odoo",
    "PEER-test-so-with-multiple-line-rounding-odoo-odoo-16",
    "PEER-test-no-taxes",
)
def a_fixed_deposit_is_what_was_asked_for(given: Any, wanted: Any) -> None:
    priced, keys = _deposit_of(given)
    net = sum(value for key, value in keys.items() if key.tax is None)
    gross = sum(keys.values())
    assert (gross, gross - net) == (cents(wanted["deposit_gross"]), cents(wanted["deposit_tax"]))
    if "remaining_gross" in wanted:
        assert priced.total_cents - gross == cents(wanted["remaining_gross"])


@plays("PEER-test-tax-price-include-small-amount-rounding-fin", "MS-ODOO-6")
def the_final_invoice_takes_the_deposit_s_tax_off(given: Any, wanted: Any) -> None:
    if "vat_pct" in given:
        # There the tax of each line is cut apart; here one tax is rounded once over its lines.
        priced = contract(*((net, [given["vat_pct"]]) for net in given["lines"]))
        keys = deposit_by_key(priced, cents(given["deposit_gross"]))
        assert [text(keys[Key(line)]) for line in "ab"] == ["82.65", "82.64"]
        assert [text(keys[Key(line, "21")]) for line in "ab"] == ["17.36", "17.35"]
        assert priced.total_cents - sum(keys.values()) == cents(wanted["final_receivable"])
        return
    lines = [
        ContractLine(
            line["tax_key"],
            line["tax_key"],
            Decimal(1),
            Decimal(line["net"]),
            (TaxRate(line["tax_key"], "VAT", Decimal(line["tax_rate"])),),
        )
        for line in given["lines"]
    ]
    state = signed(price(lines, currency="EUR"), fixed_deposit(given["deposit"]["value"]), rest())
    keys = deposit_by_key(state.priced, state.deposit_cents)
    for name, one in wanted["deposit_by_tax_key"].items():
        assert (keys[Key(name)], keys[Key(name, name)]) == (cents(one["net"]), cents(one["tax"]))
    (final,), state = billed(state, "rest")
    back = recovered_by_key(state.priced, keys, state.recovered_cents, billed=state.billed)
    assert {code: text(tax - back[Key(code, code)]) for code, tax in final.tax_by_code.items()} == wanted[
        "final_tax"
    ]
    assert final.due_cents == cents(wanted["final_gross"])


@plays("MS-ODOO-11")
def a_credited_final_invoice_gives_the_deposit_back(given: Any, wanted: Any) -> None:
    state = signed(
        contract((given["order"], [given["vat_pct"]])), fixed_deposit(given["deposit_gross"]), rest()
    )
    keys = deposit_by_key(state.priced, state.deposit_cents)
    assert [text(part) for part in keys.values()] == [wanted["deposit_base"], wanted["deposit_tax"]]
    (final,), after = billed(state, "rest")
    said = Issued({line.key: line.delta_cents for line in final.lines}, final.recovered_cents)
    back = after_reversal(after, reversal(said, state.priced, Fraction(1)), final.due_by_row)
    assert back.recovered_cents == 0
    (again,), _ = billed(back, "rest")
    assert again.due_cents == cents(wanted["reissued_final_receivable"])
    assert again.tax_cents - keys[Key("a", "15")] == cents(wanted["reissued_final_tax"])


@plays("PEER-odoo-odoo-233248")
def a_credited_deposit_leaves_the_contract_unbilled(given: Any, wanted: Any) -> None:
    state = signed(contract((given["contract"], [])), fixed_deposit(300), rest())
    books = [*journal.deposit_issued(state.deposit_cents), *journal.deposit_credited(state.deposit_cents)]
    assert set(balances(books).values()) == {cents(wanted["net_billed"])}
    assert state.priced.total_cents - state.earned_cents == cents(wanted["unbilled"])


@plays("PEER-odoo-odoo-26401")
def a_deposit_beyond_the_contract_is_refused(given: Any, wanted: Any) -> None:
    with pytest.raises(DepositExceedsContract):
        signed(contract((given["contract"], [])), fixed_deposit(given["deposit_paid"]), rest())
    excess = cents(given["deposit_paid"]) - cents(given["contract"])
    books = balances(journal.payment_cleared(cents(given["contract"]), excess))
    assert -books[CC] == cents(wanted["any_of"][1]["customer_credit"])


@plays("PEER-tryton-modules-sale-advance-payment-tests-scenar")
def an_advance_and_what_is_left(given: Any, wanted: Any) -> None:
    priced = contract((given["contract"], []))
    with_advance = signed(priced, percent_deposit(given["advance_pct"]), rest())
    (final,), _ = billed(with_advance, "rest")
    (whole,), _ = billed(signed(priced, rest()), "rest")
    assert with_advance.deposit_cents == cents(wanted["advance"])
    assert text(final.due_cents) == wanted["final"]["pay advance"]
    assert text(final.due_cents) == wanted["final"]["cancel advance + recreate + pay"]
    assert text(whole.due_cents) == wanted["final"]["cancel advance + ignore"]


@plays("MS-KNOW-2", "MS-P2P-2")
def a_deposit_comes_off_in_proportion(given: Any, wanted: Any) -> None:
    if "items" in given:
        lines = [Row(f"{i}", "milestone", "lines", lines=frozenset("abc"[i - 1])) for i in (1, 2, 3)]
        state = signed(contract(*((net, []) for net in given["items"])), fixed_deposit(given["down"]), *lines)
        made, state = billed(state, "1 2", "3")
        assert [one.due_cents for one in made] == [cents(wanted["invoice_1"]), cents(wanted["invoice_2"])]
        assert [one.recovered_cents for one in made] == [cents(wanted["credit_1"]), cents(wanted["credit_2"])]
        return
    halves = [Row("1", "milestone", "share", 1), Row("2", "milestone", "share", 1)]
    state = signed(contract((given["contract"], [])), percent_deposit(given["deposit_pct"]), *halves)
    (first,), after = billed(state, "1")
    assert first.earned_cents == cents(given["progress_invoice_gross"])
    assert (first.recovered_cents, first.due_cents) == (
        cents(wanted["reduction"]),
        cents(wanted["net_invoice"]),
    )
    assert after.deposit_cents - after.recovered_cents == cents(wanted["deposit_left"])


@plays("PEER-getlago-lago-api-spec-scenarios-invoices-progres")
def an_interim_invoice_comes_off_the_last(given: Any, wanted: Any) -> None:
    interim = sum(cents(part) for part in given["interim"])
    assert payable_cents(cents(given["final_total"]), prepaid=interim) == cents(wanted["final_payable"])
    state = signed(contract((given["final_total"], [])), Row("1", "milestone", "fixed", interim), rest())
    assert [one.due_cents for one in billed(state, "1", "rest")[0]] == [
        interim,
        cents(wanted["final_payable"]),
    ]


@plays("PEER-testpartialpaymentamount-testpaymentgreaterthanp")
def a_part_is_due_first(given: Any, wanted: Any) -> None:
    total = cents(given["total"])
    for row, expected in zip(given["rows"], wanted["rows"], strict=True):
        due, paid = cents(row["deposit_due"]), cents(row["pay"])
        books = balances([journal.Transfer(AR, "revenue", total), *journal.payment_cleared(paid)])
        assert (max(due - paid, 0), books[AR]) == (cents(expected["deposit_due"]), cents(expected["balance"]))


@plays("PEER-frappe-erpnext-57812")
def settled_by_any_route_the_balance_is_the_same(given: Any, wanted: Any) -> None:
    invoice = journal.progress_invoice(cents(given["invoice"]))
    for settled in (
        journal.payment_cleared(cents(2000)),
        (*journal.payment_cleared(0, cents(2000)), *journal.credit_applied(cents(2000))),
        journal.credit_note_allowance(cents(2000)),
    ):
        assert balances([*invoice, *settled])[AR] == cents(wanted["invoice_outstanding"])


@plays("PEER-getlago-lago-api-2643")
def line_by_line_credits_end_at_the_invoice(given: Any, wanted: Any) -> None:
    priced = contract(*((net, [given["tax_rate"]]) for net in given["items"]))
    said, done, notes = Issued(priced.keys), Credited(), list[str]()
    assert text(said.due_cents) == wanted["invoice_gross"]
    named: dict[Any, Fraction] = {}
    for index in given["credit_order"]:
        named["abcd"[index]] = Fraction(1)
        now = reversal_of_lines(said, priced, named, before=done)
        notes.append(text(now.less(done).due_cents))
        done = now
    assert notes == wanted["credit_gross"]
    assert text(done.due_cents) == wanted["sum_credits"]


# Schedules and changes --------------------------------------------------------------------------------


@plays("MS-CLI-1")
def a_change_after_the_first_milestone(given: Any, wanted: Any) -> None:
    state = signed(contract((given["original_total"], [])), *percents(*given["percentages"]))
    _, state = billed(state, "1")
    total = Decimal(given["original_total"]) + Decimal(given["change_order"])
    after = change(state, contract((total, [])))
    assert [text(part) for part in after.open_after.values()] == wanted["remaining_milestones"]
    assert sum(after.state.amounts.values()) == cents(wanted["sum_all"])


@plays("MS-ESTPRO", "MS-KNOW-1", "MS-ERP-2", "MS-BILLERGENIE")
def a_contract_in_parts(given: Any, wanted: Any) -> None:
    shares = [Row(str(i), "milestone", "share", 1) for i in range(given.get("parts", 0))]
    rows = shares or percents(*given["percentages"])
    state = signed(contract((given["total"], [])), *rows)
    assert list(state.amounts.values()) == [cents(part) for part in wanted.get("amounts") or wanted["right"]]


@plays("PEER-ingadhoc-sale-1826-review-remark")
def three_cents_in_halves(given: Any, wanted: Any) -> None:
    state = signed(contract((given["contract_gross"], [])), *percents(*given["percents"]))
    assert [text(part) for part in state.amounts.values()] in wanted["instalments_any_of"]
    assert sum(state.amounts.values()) == cents(wanted["sum_gross"])


@plays("PEER-test-payment-term-test-negative-amount")
def a_quarter_of_the_rest_of_the_total_and_what_is_left(given: Any, wanted: Any) -> None:
    """A contract below zero is refused here, so its instalments are not split."""
    fixed = Row("3", "milestone", "fixed", cents(given["rules"][2]["value"][0]))
    state = signed(contract((given["totals"][0], [])), *percents(25, 25), fixed, rest())
    assert [text(part) for part in state.amounts.values()] == wanted["amounts"][0]
    with pytest.raises(ContractBelowZero):
        contract((given["totals"][1], []))
    start = date.fromisoformat(given["invoice_date"])
    days = [due_on(start, 30), due_on(start, months=1), due_on(start, 30, months=1)]
    days.append(due_on(due_on(start, months=2, day_of_month=15), 30))
    assert [day.isoformat() for day in days] == wanted["due"]


@plays("MS-INFRALENS")
def deductions_from_a_running_bill(given: Any, wanted: Any) -> None:
    priced = contract((given["gross"], []))
    held = RetainageTerms(Decimal(10))
    state = ProgressState(priced, deposit_cents=cents(given["mobilisation"]))
    made = apply(state, {"a": Work(Decimal(100))}, ProgressTerms(held))
    withheld = sum(cents(given[name]) for name in ("tds", "tcs", "other"))
    books = [
        *journal.progress_invoice(made.earned_cents),
        *journal.deposit_recovered(made.recovered_cents),
        *journal.retainage_held(made.held_cents),
        *journal.tax_withheld(withheld),
    ]
    assert made.earned_cents - balances(books)[AR] == cents(wanted["deductions"])
    assert balances(books)[AR] == cents(wanted["net"])


@plays("MS-SCOUT")
def change_orders_and_the_contract(given: Any, wanted: Any) -> None:
    """A contingency is a line of the contract like any other; what of it is used is billed."""
    base, more = Decimal(given["base"]), Decimal(given["change_orders"])
    state = signed(contract((base, [])), rest())
    after = change(state, contract((base + more, [])))
    assert Fraction(after.difference_cents, state.priced.total_cents) * 100 == int(wanted["co_pct"])
    used = contract((base + more + given["contingency_used"], []))
    assert used.total_cents == cents(wanted["total_with_contingency_used"])


@plays("MS-SAGEFR")
def a_discount_with_the_work_or_at_once(given: Any, wanted: Any) -> None:
    """A line below zero, billed by its percentage (linear) or whole with the first bill (unique)."""
    priced = contract((given["total"], []), (-given["discount"], []))
    to_date = [given["sit1_pct"], given["sit1_pct"] + given["sit2_increment_pct"]]
    for way, discounts in (("linear", to_date), ("unique", [100, 100])):
        state, taken = ProgressState(priced), []
        for work, off in zip(to_date, discounts, strict=True):
            made = apply(state, {"a": Work(Decimal(work)), "b": Work(Decimal(off))}, ProgressTerms())
            taken.append(-made.lines[Key("b")])
            state = made.state
        assert taken == [cents(part) for part in wanted[way]]
