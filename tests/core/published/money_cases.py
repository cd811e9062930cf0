"""Rounding, tax, totals of documents, journal entries and work in progress."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from milepost.core import journal
from milepost.core.contract import ContractLine, Key, price
from milepost.core.early_payment import discount_by_part
from milepost.core.inclusive import split_inclusive
from milepost.core.journal import AR, CASH, CC, CD, TP, balances
from milepost.core.progress import ProgressState, ProgressTerms, Work, apply, release
from milepost.core.retainage import RetainageTerms
from milepost.core.rounding import half_up, split_cents, to_step
from milepost.core.tax import tax_of_lines
from milepost.core.totals import Adjustment, TaxGroup, payable_cents, totals
from milepost.core.wip import JobCosts, by_period
from milepost.core.withholding import withheld_cents
from tests.core.published.play import cents, contract, plays, text

# Splits -------------------------------------------------------------------------------------------------


@plays("RND-SH-03", "RND-SH-10", "RND-SH-14")
def split_by_ratios(given: Any, wanted: Any) -> None:
    digits = {"JOD": 3, "JPY": 0}.get(given["currency"], 2)
    parts = split_cents(cents(given["amount"], digits), [Fraction(ratio) for ratio in given["ratios"]])
    assert [text(part, given["currency"]) for part in parts] == wanted["parts"]


@plays("RND-SH-05")
def split_from_the_last(given: Any, wanted: Any) -> None:
    """There the odd cents go round from the last part; here to the largest remainders."""
    parts = split_cents(cents(given["amount"]), [Fraction(ratio) for ratio in given["ratios"]])
    assert [text(part) for part in parts] == ["2.64", "5.27", "2.64"] != wanted["parts"]


@plays("RND-BR-05", "RND-BR-08")
def split_by_largest_remainder(given: Any, wanted: Any) -> None:
    parts = split_cents(cents(given["amount"]), given["ratios"])
    assert [text(part) for part in parts] == wanted["largest_remainder"]


@plays("RND-MP-01", "RND-MP-07", "RND-RM-01", "RND-MP-09")
def split_minor_units(given: Any, wanted: Any) -> None:
    amount = given.get("amount_minor_units", 0)
    parts = split_cents(amount, given.get("ratios") or [1] * given["parties"])
    assert parts == wanted.get("parts_minor_units", wanted.get("parts"))


@plays("RND-SPREE", "RND-SPLIIT")
def split_alike(given: Any, wanted: Any) -> None:
    """RND-SPLIIT gives the odd cent to the last person; ties go to the earlier here."""
    count = given.get("items") or given["parties"]
    parts = [text(part) for part in split_cents(cents(given.get("refund") or given["amount"]), [1] * count)]
    expected = wanted.get("right") or wanted["parts"]
    assert sorted(parts) == sorted(expected)
    assert parts == (expected if "right" in wanted else expected[::-1])


@plays("RND-BAREM")
def credits_among_the_lines(given: Any, wanted: Any) -> None:
    assert contract(*((net, []) for net in given["lines"])).total_cents == cents(wanted["total"])


@plays("RND-RAPPEN")
def to_five_rappen(given: Any, wanted: Any) -> None:
    assert [text(to_step(cents(total), 5)) for total in given["totals"]] == wanted["rounded"]


@plays("RND-LAGO")
def one_total_and_not_the_sum_of_four(given: Any, wanted: Any) -> None:
    lines = [(net, [given["vat_pct"]]) for net in given["fees_net"]]
    assert text(contract(*lines).total_cents) == wanted["invoice_total"]
    each = contract(*lines, per="line").total_cents
    assert text(each) == wanted["sum_of_separately_rounded_credit_notes"]


# Tax ----------------------------------------------------------------------------------------------------


@plays("TX-CIS-3", "TX-CIS-4")
def construction_industry_scheme(given: Any, wanted: Any) -> None:
    net = cents(given.get("total") or given["labour"])
    materials, vat = cents(given.get("materials", 0)), cents(given.get("vat", 0))
    withheld = withheld_cents(net, Decimal(given["cis_pct"]), materials_cents=materials)
    assert (withheld, net + vat - withheld) == (cents(wanted["cis"]), cents(wanted["paid"]))
    books = [*journal.progress_invoice(net, {"vat": vat}), *journal.tax_withheld(withheld)]
    assert balances(books)[AR] == cents(wanted["paid"])


@plays("TX-UK-DEP", "TX-ORACLE-INCL")
def tax_is_in_the_amount(given: Any, wanted: Any) -> None:
    gross = cents(given.get("deposit_incl") or given["release_incl"])
    ((net, taxes),) = split_inclusive([gross], [Fraction(given.get("vat_pct") or given["tax_pct"])])
    assert net == cents(wanted.get("net") or wanted["base"])
    assert taxes == [cents(wanted.get("vat") or wanted["tax"])]


@plays("TX-DE-HAUFE")
def retention_of_the_gross(given: Any, wanted: Any) -> None:
    priced = contract((given["final_net"], [given["vat_pct"]]))

    def held(percent: Any) -> ProgressTerms:
        return ProgressTerms(RetainageTerms(Decimal(percent), of="gross"))

    advance = apply(
        ProgressState(priced),
        {"a": Work(cents=cents(given["advance_net"]))},
        held(given["advance_retention_pct"]),
    )
    assert advance.earned_cents == cents(wanted["advance_gross"])
    assert advance.payable_cents == cents(wanted["advance_paid"])
    final = apply(advance.state, {"a": Work(Decimal(100))}, held(given["final_retention_pct"]))
    assert final.state.earned_cents == cents(wanted["final_gross"])
    assert final.state.earned_cents - advance.payable_cents == cents(wanted["open_after_advance"])
    assert final.payable_cents == cents(wanted["final_paid"])
    assert final.state.held_in_total_cents == cents(wanted["still_retained"])


@plays("TX-DOL-40378")
def retention_with_the_last_bill_only(given: Any, wanted: Any) -> None:
    state = ProgressState(contract((sum(given["situations_ttc"]), [])))
    done = 0
    for index, amount in enumerate(given["situations_ttc"], start=1):
        done += cents(amount)
        last = index == len(given["situations_ttc"])
        terms = ProgressTerms(RetainageTerms(Decimal(given["pct"] if last else 0)))
        made = apply(state, {"a": Work(cents=done)}, terms)
        state = made.state
    assert (made.held_cents, made.payable_cents) == (
        cents(wanted["retention_all"]),
        cents(wanted["to_pay_last"]),
    )
    books = journal.retainage_held(made.held_cents)
    assert balances(books)["retainage"] == cents(wanted["retention_all"])


@plays("TX-SA-2")
def what_the_advances_come_to(given: Any, wanted: Any) -> None:
    parts = [
        journal.deposit_issued(cents(one["taxable"]), {"vat": cents(one["vat"])}, mode="at_deposit")
        for one in given["advances"]
    ]
    assert balances(sum(parts, ()))[AR] == cents(wanted["prepaid"])


@plays("TX-WAFEQ")
def half_up_and_for_each_tax(given: Any, wanted: Any) -> None:
    """Two rates are two taxes; neither half-even nor one rounding over both is ours."""
    for per in ("code", "line"):
        priced = contract(*((net, [rate]) for net, rate in given["lines"]), per=per)
        assert text(priced.tax_cents) == wanted["per_line_half_up"]


@plays("TX-AVAZA")
def three_rates(given: Any, wanted: Any) -> None:
    priced = contract(*((net, [rate]) for net, rate in given["lines"]))
    assert [text(tax) for tax in priced.tax_by_code.values()] == wanted["taxes"]
    assert text(priced.tax_cents) == wanted["total"]


@plays("TX-CERE", "TX-INJ-6", "TX-INJ-UI2863", "TX-GOBL-GR", "TX-GOBL-PL2", "TX-ODOO-TT5")
def rate_times_net(given: Any, wanted: Any) -> None:
    rates = given.get("taxes_pct") or [given.get("rate_pct") or given.get("pct") or given.get("vat_pct")]
    priced = contract((given.get("amount") or given["net"], rates))
    tax = wanted.get("document") or wanted.get("tax") or wanted.get("vat")
    assert tax is None or priced.tax_cents == cents(tax)
    total = wanted.get("total") or wanted.get("gross")
    assert total is None or priced.total_cents == cents(total)
    if "due" in wanted:
        paid = given.get("advance") or total
        assert payable_cents(priced.total_cents, prepaid=cents(paid)) == cents(wanted["due"])


@plays("TX-ORACLE-RET", "TX-AE-RET")
def tax_with_each_release(given: Any, wanted: Any) -> None:
    held = cents(given.get("retainage") or given["retention"])
    priced = contract((held * 10 // 100, [given.get("tax_pct") or given["vat_pct"]]))
    terms = ProgressTerms(RetainageTerms(Decimal(10)), tax_on_held="on_release")
    state = apply(ProgressState(priced), {"a": Work(Decimal(100))}, terms).state
    taxes = []
    for part in given.get("releases", [held // 100]):
        made = release(state, cents(part))
        taxes += made.taxes.values()
        state = made.state
    right = wanted.get("right") or [wanted["vat_on_release"]]
    assert taxes == [cents(tax) for tax in right]


@plays("TX-JDE-6", "TX-GOBL-DE-NEG", "UT-CO17-1")
def a_negative_base_mirrors_the_positive_one(given: Any, wanted: Any) -> None:
    if "bases" in given:
        found = tax_of_lines([cents(base) for base in given["bases"]], Decimal(19), per="line")
        assert [text(tax) for tax in found] == wanted["vat"]
        return
    rate = Decimal(given.get("tax_pct") or given["pct"])
    found = tax_of_lines([cents(given.get("taxable") or given["base"])], rate)
    assert found == [cents(wanted.get("tax") or given["vat"])]
    foot = totals([(cents(given.get("taxable") or given["base"]), TaxGroup("S", rate))])
    assert foot.tax_cents == found[0]


@plays("TX-ODOO-37896b")
def a_line_is_whole_cents_before_it_is_taxed(given: Any, wanted: Any) -> None:
    vat = contract((1, [given["vat_pct"]])).lines[0].taxes
    line = ContractLine(
        "a", "A", Decimal(given["lines"]), Decimal(given["unit"]), vat, Decimal(given["discount_pct"])
    )
    priced = price([line], currency="EUR")
    assert (text(priced.net_cents), text(priced.total_cents)) == ("5350.66", "6527.81")
    assert wanted["total"] == "6527.80"


@plays("TX-ODOO-TT2")
def to_whole_units(given: Any, wanted: Any) -> None:
    total = contract((given["net"], [given["vat_pct"]])).total_cents
    assert (text(total), to_step(total, 100)) == (wanted["total"], cents(wanted["rounded_to_unit"]))


@plays("TX-MUST-880", "UT-CO16-3", "UT-CO16-4")
def what_is_payable(given: Any, wanted: Any) -> None:
    total = cents(given["incl"]) if "incl" in given else cents(given["net"]) + cents(given["vat"])
    payable = payable_cents(
        total, prepaid=cents(given.get("prepaid", 0)), rounding=cents(given.get("rounding", 0))
    )
    if "valid" in wanted:
        assert (payable == cents(given["payable"])) is wanted["valid"]
    else:
        assert (text(total), text(payable)) == (wanted["gross"], wanted["due"])


@plays("TX-KOSIT-128", "TX-KOSIT-128b")
def the_discount_comes_off_the_line(given: Any, wanted: Any) -> None:
    line = ContractLine(
        "a",
        "A",
        Decimal(given.get("qty", 1)),
        Decimal(given["price"]),
        (),
        Decimal(given["discount_pct"]),
    )
    assert text(line.net_cents("EUR")) == wanted.get("line_total", wanted.get("price_rounded"))


@plays("TX-INJ-3")
def a_discount_over_the_lines(given: Any, wanted: Any) -> None:
    nets = [cents(net) for net in given["lines"]]
    off = split_cents(cents(given["discount"]), nets)
    rate = Decimal(given["tax_pct"])
    left = [net - part for net, part in zip(nets, off, strict=True)]
    for per in ("line", "code"):
        taxes = tax_of_lines(left, rate, per=per)
        assert [text(tax) for tax in taxes] == wanted["item_tax"]
        assert text(sum(left) + sum(taxes)) == wanted["total"]


# The foot of a document ---------------------------------------------------------------------------


@plays("XR-03.01", "FX-EN-1", "SE-FORSKOTT-FINAL")
def the_foot_of_a_document(given: Any, wanted: Any) -> None:
    groups = {one["pct"]: TaxGroup(one["cat"], Decimal(one["pct"])) for one in given["vat_groups"]}
    changes = [
        Adjustment(cents(one["amount"]), groups[one["vat_pct"]], one["charge"])
        for one in given["document_allowances_charges"]
    ]
    # The lines are given without their groups: each group's lines are what its base says of them.
    lines = [
        (
            cents(one["base"]) - sum(c.signed_cents for c in changes if c.group == groups[one["pct"]]),
            groups[one["pct"]],
        )
        for one in given["vat_groups"]
    ]
    foot = totals(
        lines,
        changes,
        prepaid_cents=cents(given["prepaid"]),
        rounding_cents=cents(given["rounding"]),
    )
    said = {
        "line_total": foot.lines_cents,
        "tax_exclusive": foot.net_cents,
        "vat_total": foot.tax_cents,
        "tax_inclusive": foot.total_cents,
        "payable": foot.payable_cents,
    }
    assert said == {name: cents(wanted[name]) for name in said}
    assert list(foot.taxes.values()) == [cents(tax) for tax in wanted["vat_by_group"]]


# The journal --------------------------------------------------------------------------------------------


def _said(*entries: journal.Entry) -> dict[str, int]:
    return {account: amount for account, amount in balances(sum(entries, ())).items() if amount}


@plays("JE-BITSIT")
def a_deposit_is_taken_and_applied(given: Any, wanted: Any) -> None:
    deposit, invoice = cents(given["retainer"]), cents(given["invoice"])
    received = [*journal.deposit_issued(deposit), *journal.payment_cleared(deposit)]
    assert _said(tuple(received)) == {CASH: deposit, CD: -deposit}
    assert _said(journal.progress_invoice(invoice)) == {AR: invoice, "revenue": -invoice}
    assert _said(journal.deposit_recovered(deposit)) == {CD: deposit, AR: -deposit}


@plays("JE-CM-106")
def a_credit_with_its_tax(given: Any, wanted: Any) -> None:
    made = _said(journal.credit_note_allowance(cents(given["net"]), {"tax": cents(given["tax"])}))
    assert made == {"allowances": cents(given["net"]), TP: cents(given["tax"]), AR: -cents(106)}


@plays("JE-214")
def a_cash_sale_with_the_tax_in_it(given: Any, wanted: Any) -> None:
    ((net, (tax,)),) = split_inclusive([cents(given["gross"])], [Fraction(given["tax_pct"])])
    made = _said(journal.progress_invoice(net, {"tax": tax}), journal.payment_cleared(cents(given["gross"])))
    assert made == {CASH: cents(214), "revenue": -cents(200), TP: -cents(14)}


@plays("JE-AZC")
def a_write_off(given: Any, wanted: Any) -> None:
    amount = cents(given["amount"])
    assert _said(journal.write_off(amount)) == {"bad_debts": amount, AR: -amount}


@plays("JE-UON")
def a_control_account(given: Any, wanted: Any) -> None:
    """Written off directly, without an allowance account; receivables are the same."""
    books = (
        journal.progress_invoice(cents(given["credit_sales"])),
        journal.payment_cleared(cents(given["collections_on_account"])),
        journal.write_off(cents(given["write_off"])),
        journal.write_off_recovered(cents(given["recovery"])),
    )
    assert _said(*books)[AR] == cents(wanted["ar_end"])
    assert _said(*books)["bad_debts"] == cents(given["write_off"]) - cents(given["recovery"])


@plays("JE-INJ-15")
def too_much_is_credit(given: Any, wanted: Any) -> None:
    paid, applied = cents(given["payment"]), cents(given["applied"])
    assert -_said(journal.payment_cleared(applied, paid - applied))[CC] == cents(wanted["unapplied"])


@plays("JE-EPD-3")
def a_discount_takes_its_tax_along(given: Any, wanted: Any) -> None:
    priced = contract(*((net, [rate] if rate else []) for net, rate in given["lines"]))
    off = half_up(priced.total_cents * Fraction(given["discount_pct"], 100))
    parts = discount_by_part(off, priced.keys)
    net = sum(part for key, part in parts.items() if key.tax is None)
    tax = parts[Key("a", "15")]
    assert (parts[Key("a")], parts[Key("b")], tax) == (cents(100), cents(200), cents(15))
    books = _said(journal.early_discount(net, {"15": tax}), journal.payment_cleared(cents(2835)))
    assert books == {"discounts": cents(300), TP: cents(15), CASH: cents(2835), AR: -cents(3150)}


@plays("JE-POC-INSTR")
def over_and_under_billing(given: Any, wanted: Any) -> None:
    """Reported and not booked: revenue follows the invoices."""
    done = JobCosts(cents(given["earned"]), 1, 0)
    over = JobCosts(done.contract_cents, 1, 0, cents(given["billed_a"]))
    under = JobCosts(done.contract_cents, 1, 0, cents(given["billed_b"]))
    assert (over.over_billed_cents, over.under_billed_cents) == (cents(100000), 0)
    assert (under.over_billed_cents, under.under_billed_cents) == (0, cents(150000))


# Work in progress (whole dollars: a currency without decimals would do the same) -------------------


@plays("WIP-SCRIBD", "WIP-QUALITY")
def year_by_year(given: Any, wanted: Any) -> None:
    years = [
        JobCosts(
            year.get("contract", given["contract"]),
            year["cumulative_cost"],
            year["estimated_cost_to_complete"],
        )
        for year in given["years"]
    ]
    assert [f"{half_up(year.complete * 10**6) / 10**4:.4f}" for year in years] == wanted["pct"]
    assert [str(part) for part in by_period([year.earned_cents for year in years])] == wanted["revenue"]
    profits = by_period([year.profit_cents for year in years])
    assert [str(part) for part in profits] == wanted["gross_profit"]


@plays("WIP-SPICE")
def a_year_may_lose(given: Any, wanted: Any) -> None:
    assert by_period(given["gp_to_date"]) == wanted["gp_by_year"]


@plays("WIP-SUNCOAST", "WIP-TAMARISK")
def a_loss_counts_whole(given: Any, wanted: Any) -> None:
    costs = JobCosts(cents(given["contract"]), cents(given["cost_to_date"]), cents(given["cost_to_complete"]))
    assert costs.earned_cents == cents(wanted["revenue"])
    assert costs.expense_cents == cents(wanted["expense"])
    assert costs.expected_loss_cents == cents(wanted.get("loss") or wanted["total_loss"])


@plays("WIP-ARROW")
def profit_then_loss(given: Any, wanted: Any) -> None:
    spent, years = 0, []
    for cost, left in zip(given["cost"], given["cost_to_complete"], strict=True):
        spent += cost
        years.append(JobCosts(given["contract"], spent, left).profit_cents)
    assert by_period(years) == wanted["by_year"]


@plays("WIP-INSTANT")
def a_rounded_percentage(given: Any, wanted: Any) -> None:
    left = cents(given["total_cost"]) - cents(given["cost_to_date"])
    exact = JobCosts(cents(given["contract"]), cents(given["cost_to_date"]), left)
    rounded = JobCosts(cents(given["contract"]), cents(given["cost_to_date"]), left, percent_places=1)
    assert exact.earned_cents == cents(wanted["revenue_exact"])
    assert rounded.earned_cents == cents(wanted["revenue_rounded_pct"])


@plays("WIP-SEC-CPI-17", "WIP-SEC-CPI-16")
def asset_and_liability_stand_apart(given: Any, wanted: Any) -> None:
    if "government" in given:
        nets = [
            JobCosts(one["costs"] + one["earnings"], 1, 0, one["billings"])
            for one in (given["government"], given["commercial"])
        ]
        unbilled = [one.under_billed_cents - one.over_billed_cents for one in nets]
        assert unbilled == [wanted["government_unbilled"], wanted["commercial_unbilled"]]
        assert sum(unbilled) == wanted["total_unbilled"] == wanted["asset"] - wanted["liability"]
        return
    earned = given["costs_incurred"] + given["estimated_earnings"]
    assert earned == wanted["costs_and_earnings"]
    net = JobCosts(earned, 1, 0, given["billings_to_date"]).under_billed_cents
    asset, liability = (
        wanted["asset_costs_and_earnings_in_excess"],
        wanted["liability_billings_in_excess"],
    )
    assert net == wanted["net"] == asset - liability
