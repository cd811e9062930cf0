"""Further published figures: their inputs name what is done with them (`op`)."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from milepost.core import journal
from milepost.core.contract import ContractLine, Key, price
from milepost.core.early_payment import discount_by_part, discount_cents
from milepost.core.journal import AR, balances
from milepost.core.progress import Application, ProgressState, ProgressTerms, Work, apply, release
from milepost.core.retainage import RetainageTerms
from milepost.core.rounding import split_cents
from milepost.core.tax import TaxRate
from milepost.core.totals import Adjustment, TaxGroup, line_net_cents, totals
from milepost.core.wip import JobCosts
from tests.core.published.play import cents, contract, plays_op, text


@plays_op("split")
def a_split(given: Any, wanted: Any) -> None:
    """With a `step`, of so many of the smallest coins."""
    step = given.get("step", 1)
    parts = split_cents(given["amount"] // step, [Fraction(str(weight)) for weight in given["weights"]])
    assert [part * step for part in parts] == wanted["parts"]


@plays_op("contract")
def a_priced_contract(given: Any, wanted: Any) -> None:
    """A line is its price, its taxes and, where they are not 1 and nothing, its quantity and discount."""
    lines = []
    for place, (unit_price, rates, *more) in enumerate(given["lines"]):
        quantity, discount = [*more, *["1", "0"][len(more) :]]
        taxes = tuple(TaxRate(rate, f"Tax {rate}", Decimal(rate)) for rate in rates)
        lines.append(
            ContractLine(place, "Line", Decimal(quantity), Decimal(unit_price), taxes, Decimal(discount))
        )
    priced = price(
        lines, currency="USD", tax_per=given.get("per", "code"), inclusive=given.get("inclusive", False)
    )
    assert [text(tax) for tax in priced.tax_by_code.values()] == wanted["tax"]
    assert text(priced.total_cents) == wanted["total"]
    assert text(priced.net_cents) == wanted.get("net", text(priced.net_cents))
    if "line_taxes" in wanted:
        taxes_of_lines = [value for key, value in priced.keys.items() if key.tax is not None]
        assert [text(tax) for tax in taxes_of_lines] == wanted["line_taxes"]


@plays_op("tax of a base")
def a_tax_of_a_base(given: Any, wanted: Any) -> None:
    foot = totals([(cents(given["base"]), TaxGroup("S", Decimal(given["percent"])))])
    assert (text(foot.tax_cents) == given["tax"]) is wanted["valid"]


@plays_op("document")
def a_document(given: Any, wanted: Any) -> None:
    lines = [
        (
            line_net_cents(
                Decimal(line["quantity"]),
                Decimal(line["price"]),
                currency="SEK",
                price_quantity=Decimal(line.get("price_quantity", "1")),
                allowance_cents=sum(cents(part) for part in line.get("allowances", [])),
                charge_cents=sum(cents(part) for part in line.get("charges", [])),
            ),
            TaxGroup(line["group"][0], Decimal(line["group"][1])),
        )
        for line in given["lines"]
    ]
    assert [text(net) for net, _ in lines] == wanted["lines"]
    changes = [
        Adjustment(cents(amount), TaxGroup(group[0], Decimal(group[1])), charge)
        for amount, charge, group in given["adjustments"]
    ]
    foot = totals(lines, changes, prepaid_cents=cents(given["prepaid"]))
    assert [text(tax) for tax in foot.taxes.values()] == wanted["taxes"]
    assert (text(foot.net_cents), text(foot.total_cents)) == (wanted["net"], wanted["total"])
    assert text(foot.payable_cents) == wanted["payable"]


def _terms(said: Any) -> ProgressTerms:
    by_line = {name: Decimal(rate) for name, rate in said.get("by_line", {}).items()}
    cap = Decimal(said["cap"]) if "cap" in said else None
    held = RetainageTerms(
        Decimal(said["percent"]), by_line=by_line, cap_percent=cap, cap_of=said.get("cap_of", "current")
    )
    return ProgressTerms(held)


@plays_op("certificates")
def certificates(given: Any, wanted: Any) -> None:
    """What is expected of each application names its work to date and its rate."""
    original = wanted["applications"][0].get("original")
    state = ProgressState(
        contract(*((value, []) for value in given["lines"])),
        original_cents=cents(original) if original else None,
    )
    for said in wanted["applications"]:
        stored = said.get("stored", {})
        work = {
            name: Work(cents=cents(done), stored_cents=cents(stored.get(name, 0)))
            for name, done in said["work"].items()
        }
        made: Application = apply(state, work, _terms(said))
        state = made.state
        assert (text(state.held_cents), text(made.payable_cents)) == (said["held"], said["payable"])
        by_line = [text(part) for part in made.held_by_line.values()]
        assert by_line == said.get("held_by_line", by_line)


@plays_op("tax on release")
def taxed_with_the_release(given: Any, wanted: Any) -> None:
    state = ProgressState(contract((given["net"], [given["tax"]])))
    terms = ProgressTerms(RetainageTerms(Decimal(given["percent"])), tax_on_held="on_release")
    made = apply(state, {"a": Work(Decimal(100))}, terms)
    assert text(made.payable_cents) == wanted["payable"]
    assert text(made.lines[Key("a", given["tax"])] - made.held_tax_cents) == wanted["tax"]
    freed = release(made.state, made.held_cents)
    assert (text(made.held_cents), text(freed.payable_cents)) == (wanted["held"], wanted["released"])
    assert text(sum(freed.taxes.values())) == wanted["released_tax"]


@plays_op("wip")
def work_in_progress(given: Any, wanted: Any) -> None:
    job = JobCosts(*(cents(given[name]) for name in ("contract", "cost", "to_complete", "billed")))
    assert text(job.earned_cents) == wanted["earned"]
    assert (text(job.over_billed_cents), text(job.under_billed_cents)) == (wanted["over"], wanted["under"])


@plays_op("early")
def a_discount_for_early_payment(given: Any, wanted: Any) -> None:
    priced = contract((given["net"], [given["tax"]] if given["tax"] != "0" else []))
    off = discount_cents(priced.total_cents, Decimal(given["percent"]))
    parts = discount_by_part(off, priced.keys)
    assert text(priced.total_cents - off) == wanted["paid"]
    assert text(parts[Key("a")]) == wanted["off_net"]
    assert text(off - parts[Key("a")]) == wanted["off_tax"]


@plays_op("retention books")
def retention_in_the_books(given: Any, wanted: Any) -> None:
    state = ProgressState(contract((given["billed"], [])))
    made = apply(state, {"a": Work(Decimal(100))}, ProgressTerms(RetainageTerms(Decimal(given["percent"]))))
    books = [*journal.progress_invoice(made.earned_cents), *journal.retainage_held(made.held_cents)]
    assert text(balances(books)[AR]) == wanted["receivable"]
    assert text(balances(books)["retainage"]) == wanted["retention"]
    books += journal.retainage_released(made.held_cents)
    assert text(balances(books)[AR]) == wanted["receivable_after"]
    assert not balances(books).get("retainage")
