"""Each refusal of the core says what is wrong in a sentence, and names the input that it is about."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from milepost.core.billing import JobState, bill
from milepost.core.changes import change
from milepost.core.contract import ContractLine, Key, price
from milepost.core.credits import Issued, allowance, reversal, reversal_of_lines
from milepost.core.money import currency_digits, parse_cents, parse_decimal
from milepost.core.progress import (
    ProgressState,
    ProgressTerms,
    Work,
    apply,
    certify,
    certify_payable,
    release,
)
from milepost.core.refusals import Refusal
from milepost.core.retainage import RetainageTerms
from milepost.core.rows import Row
from milepost.core.schedule import row_amounts
from milepost.core.tax import TaxRate
from tests.core import samples

VAT = TaxRate("vat", "VAT", Decimal(20))
LOWER = TaxRate("vat", "VAT", Decimal(5))
HALVES = "share 1, share 1"


def line(name: str, amount: str, *taxes: TaxRate) -> ContractLine:
    return ContractLine(name, f"Line {name}", Decimal(1), Decimal(amount), taxes)


def priced(*lines: ContractLine, **more: Any) -> Any:
    return lambda: price(lines, currency="USD", **more)


def scheduled(contract: str, *rows: Row | str) -> Any:
    made = [row if isinstance(row, Row) else samples.schedule(row)[0] for row in rows]
    named = [row if row.kind == "deposit" else replace(row, id=str(i)) for i, row in enumerate(made)]
    return lambda: row_amounts(samples.contract(contract), named)


def half_done() -> JobState:
    job = samples.job("1000.00, 500.00", HALVES)
    return job.after(bill(job, ["1"]))


def done() -> JobState:
    job = half_done()
    return job.after(bill(job, ["2"]))


def certified() -> Any:
    held = ProgressTerms(RetainageTerms(Decimal(10)))
    return apply(ProgressState(samples.contract("1000.00")), {"a": Work(cents=500_00)}, held)


ISSUED = Issued({Key("a"): 100_00}, 20_00)
ONE = samples.contract("100.00")
HELD = ProgressTerms(RetainageTerms(Decimal(10)))

SAID: list[tuple[Callable[[], object], str, str | None, str]] = [
    # contracts
    (priced(line("a", "1"), line("a", "2")), "repeated_line", "lines", "There are two lines called “Line a”. Give each its own name."),
    (priced(line("a", "1", VAT, VAT)), "repeated_tax", "lines", "“Line a” carries VAT twice. Leave it on once."),
    (priced(line("a", "1", VAT), line("b", "1", LOWER)), "tax_with_two_rates", "lines", "VAT stands at 20 and at 5 percent. Give each rate its own tax."),
    (priced(line("a", "-1.50")), "contract_below_zero", "lines", "The lines come to -1.50. A contract cannot be below zero."),
    (priced(line("a", "1" + "0" * 13)), "amount_too_large", "unit_price", "“Line a” is too large. Use at most 13 digits before the point."),
    (priced(line("a", "9" * 13), line("b", "1")), "amount_too_large", "lines", "“10,000,000,000,000.00” is too large. Use at most 13 digits before the point."),
    (priced(line("a", "1", TaxRate("w", "W", Decimal(-100))), inclusive=True), "price_inside_tax", "lines", "The taxes on “Line a” come to -100 percent, so no price can include them. Write the price without tax."),
    # schedules
    (scheduled("100.00", "deposit 101 %", "remainder"), "percent_out_of_range", "deposit", "A percentage goes from 0 to 100, so 101 cannot be used."),
    (scheduled("100.00", "-1 %", "remainder"), "percent_out_of_range", "milestones", "A percentage goes from 0 to 100, so -1 cannot be used."),
    (scheduled("100.00", Row("0", "milestone", "fixed", -5), "remainder"), "row_below_zero", "milestones", "A row of the payment schedule would come to -0.05. No row can be below zero."),
    (scheduled("100.00", "share 0", "share 1"), "share_not_positive", "milestones", "A share of 0 is no share. Use 1 for each row to bill in equal parts."),
    (scheduled("100.00", Row("0", "milestone", "lines"), "remainder"), "row_without_lines", "milestones", "Choose the lines that this row bills."),
    (scheduled("100.00", "lines z", "remainder"), "line_not_in_contract", "milestones", "The line “z” is not in the contract. Choose another for this row."),
    (scheduled("100.00", "lines a", "lines a"), "line_in_two_rows", "milestones", "The line “Line a” is billed by two rows. Leave it in one."),
    (scheduled("100.00", "deposit 5 %"), "no_milestone", "milestones", "Add a milestone: the deposit alone does not bill the job."),
    (scheduled("100.00", "deposit 5 %", "deposit 6 %", "remainder"), "deposit_basis", "deposit", "A schedule has one deposit at most, as a percentage or an amount."),
    (scheduled("100.00", Row("0", "deposit", "remainder"), "remainder"), "deposit_basis", "deposit", "A schedule has one deposit at most, as a percentage or an amount."),
    (scheduled("100.00", "remainder", "remainder"), "two_remainders", "milestones", "Only one row can take the remainder. Give the other a percentage or an amount."),
    (scheduled("100.00", "deposit 100.01", "remainder"), "deposit_exceeds_contract", "deposit", "The deposit of 100.01 is more than the contract of 100.00. Lower it."),
    (scheduled("100.00", "fixed 60.00", "fixed 60.00"), "schedule_exceeds_contract", "milestones", "The payment schedule asks for 20.00 more than the contract of 100.00. Lower a row, or let the last one take the remainder."),
    (scheduled("100.00", "60 %", "fixed 60.00"), "schedule_exceeds_contract", "milestones", "The payment schedule asks for 20.00 more than the contract of 100.00. Lower a row, or let the last one take the remainder."),
    (scheduled("100.00", "60 %", "60 %", "remainder"), "schedule_exceeds_contract", "milestones", "The payment schedule asks for 20.00 more than the contract of 100.00. Lower a row, or let the last one take the remainder."),
    (scheduled("100.00", "fixed 60.00"), "schedule_misses_contract", "milestones", "The payment schedule leaves 40.00 of the contract of 100.00 unbilled. Make the last row the remainder."),
    (scheduled("100.00", "60 %", "50 %"), "percents_exceed_hundred", "milestones", "The percentages come to 110 %. Lower one, or make the last row the remainder."),
    (scheduled("100.00", "deposit 10 %", "60 %", "52.5 %"), "percents_exceed_hundred", "milestones", "The percentages come to 122.5 %. Lower one, or make the last row the remainder."),
    # bills
    (lambda: bill(half_done(), []), "nothing_to_bill", "rows", "Choose at least one milestone to bill."),
    (lambda: bill(half_done(), ["9"]), "row_not_in_schedule", "rows", "“9” is not a milestone of this job."),
    (lambda: bill(half_done(), ["1"]), "row_already_billed", "rows", "“1” is already billed. Void or credit its invoice to bill it again."),
    (lambda: bill(half_done(), {"2": Fraction(0)}), "portion_out_of_range", "portion", "The accepted part of “2” must be more than 0 and at most 100 percent."),
    (lambda: bill(half_done(), {"2": Fraction(11, 10)}), "portion_out_of_range", "portion", "The accepted part of “2” must be more than 0 and at most 100 percent."),
    # changes
    (lambda: change(half_done(), samples.contract("700.00")), "contract_below_billed", "lines", "250.00 is already billed. Credit 250.00 first."),
    (lambda: change(half_done(), samples.contract("500.00, 200.00")), "contract_below_billed", None, "750.00 is already billed. Credit 50.00 first."),
    (lambda: change(done(), samples.contract("1100.00, 500.00")), "nothing_left_to_place_on", "placement", "Every milestone is billed. Give the change a milestone of its own."),
    (lambda: change(half_done(), samples.contract("1100.00, 500.00"), placement="own"), "own_milestone_missing", "own", "Name the milestone that bills this change."),
    (lambda: change(half_done(), samples.contract("900.00, 500.00"), placement="own", own=Row("own", "milestone", "fixed", 0)), "own_milestone_below_zero", "placement", "A change that takes 100.00 off has no milestone of its own. Spread it instead."),
    # credits
    (lambda: reversal(ISSUED, ONE, Fraction(0)), "credited_already", "share", "0 percent of this invoice is credited already. Credit more than that, or nothing."),
    (lambda: reversal(ISSUED, ONE, Fraction(3, 2)), "credited_already", "share", "0 percent of this invoice is credited already. Credit more than that, or nothing."),
    (lambda: reversal(ISSUED, ONE, Fraction(1, 4), before=reversal(ISSUED, ONE, Fraction(1, 4))), "credited_already", "share", "25 percent of this invoice is credited already. Credit more than that, or nothing."),
    (lambda: reversal_of_lines(Issued({Key("a"): 0}), ONE, {"a": Fraction(1)}), "credited_already", "share", "0 percent of this invoice is credited already. Credit more than that, or nothing."),
    (lambda: allowance(ISSUED, 0), "credit_not_positive", "amount", "A credit is more than nothing."),
    (lambda: allowance(ISSUED, 80_01), "credit_too_large", "amount", "This invoice asked for 80.00, so 80.01 cannot come off it."),
    # progress
    (lambda: apply(certified().state, {"a": Work(cents=1000_01)}, HELD), "above_the_line", "lines", "“Line a” is worth 1,000.00, so 1,000.01 is too much. A change order comes first."),
    (lambda: apply(certified().state, {"a": Work(cents=499_99)}, HELD), "below_certified", "lines", "“Line a” stands at 500.00 already. Less than that needs a credit note."),
    (lambda: apply(certified().state, {}, ProgressTerms(RetainageTerms(Decimal(20)))), "negative_application", None, "This application would come to -50.00. Release retainage or wait until there is more work."),
    (lambda: certify(ProgressState(samples.contract("1000.00")), certified(), {"a": 500_01}, HELD), "above_applied", "lines", "500.00 was applied for, so 500.01 cannot be certified."),
    (lambda: certify_payable(ProgressState(samples.contract("1000.00")), certified(), 450_01, HELD), "above_applied", "payable", "450.00 was applied for, so 450.01 cannot be certified."),
    (lambda: release(certified().state, 0), "release_not_positive", "amount", "Release more than nothing."),
    (lambda: release(release(certified().state, 10_00).state, 40_01), "release_too_large", "amount", "Only 40.00 is held back, so 40.01 cannot be released."),
    (lambda: RetainageTerms(Decimal(101)), "held_percent_out_of_range", "retainage", "Between 0 and 100 percent can be held back, so 101 cannot be used."),
    # amounts
    (lambda: currency_digits("usd"), "unknown_currency", "currency", "“usd” is not a currency code. Use three capital letters, like USD."),
    (lambda: parse_cents("x" * 41, "USD", field="price"), "invalid_amount", "price", f"“{'x' * 39}…” is not an amount. Write it in digits, like 1250.00."),
    (lambda: parse_cents("x" * 40, "JPY", field="price"), "invalid_amount", "price", f"“{'x' * 40}” is not an amount. Write it in digits, like 1250."),
    (lambda: parse_cents(" 0.001 ", "USD", field="price"), "too_many_decimals", "price", "“0.001” has too many decimals. Write it like 1250.00."),
    (lambda: parse_cents("1" + "0" * 13, "USD", field="price"), "amount_too_large", "price", "“10000000000000” is too large. Use at most 13 digits before the point."),
    (lambda: parse_cents("-1", "USD", field="price"), "negative_amount", "price", "“-1” is below zero. Write an amount of zero or more."),
    (lambda: parse_decimal("1000", digits=3, places=4, field="rate"), "amount_too_large", "rate", "“1000” is too large. Use at most 3 digits before the point."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("do", "code", "field", "text"), SAID, ids=[f"{one[1]} {i}" for i, one in enumerate(SAID)]
)
def test_it_is_refused_in_words(do: Callable[[], object], code: str, field: str | None, text: str) -> None:
    with pytest.raises(Refusal) as refused:
        do()
    assert (refused.value.code, refused.value.field, str(refused.value)) == (code, field, text)
    assert all(value is not None for value in refused.value.values.values())
