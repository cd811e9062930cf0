"""The tables of docs/rules are run, row by row: a rule that is written down is true."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from milepost.core import journal
from milepost.core.ageing import bucket
from milepost.core.billing import JobState, bill, sign
from milepost.core.cancelling import cancel
from milepost.core.changes import change
from milepost.core.contract import Key, PricedContract
from milepost.core.credits import Issued, after_void, allowance, reversal, whole
from milepost.core.deposit_tax import deposit_by_key, recovered_by_key
from milepost.core.money import parse_cents, plain
from milepost.core.progress import ProgressState, ProgressTerms, Work, apply
from milepost.core.refusals import Refusal
from milepost.core.retainage import RetainageTerms
from milepost.core.rounding import Rule, down, half_up, split_cents
from milepost.core.rows import Row
from milepost.core.schedule import row_amounts
from milepost.core.settling import oldest_first, part_to_date
from milepost.core.tax import TaxRules
from tests.core import samples

Cells = dict[str, str]


def _id(cells: object) -> str:
    return " ".join(cells.values()) if isinstance(cells, dict) else str(cells)


@pytest.mark.parametrize("cells", samples.table("rounding", "half_up"), ids=_id)
def test_a_single_figure_is_rounded_as_the_page_says(cells: Cells) -> None:
    exact = Fraction(cells["exact"])
    assert (half_up(exact), down(exact)) == (int(cells["half_up"]), int(cells["down"]))


@pytest.mark.parametrize("cells", samples.table("rounding", "split"), ids=_id)
def test_an_amount_is_split_as_the_page_says(cells: Cells) -> None:
    total = parse_cents(cells["amount"], cells["currency"], negative=True)
    parts = split_cents(total, [Fraction(weight) for weight in cells["weights"].split()])
    assert [plain(part, cells["currency"]) for part in parts] == cells["parts"].split()


@pytest.mark.parametrize("cells", samples.table("contract-tax", "tax"), ids=_id)
def test_a_contract_is_taxed_as_the_page_says(cells: Cells) -> None:
    priced = samples.contract(cells["lines"], tax_per=cells["tax per"], tax_rounding=cells["rounding"])
    tax = ", ".join(f"{code}: {plain(cents, 'USD')}" for code, cents in priced.tax_by_code.items())
    assert (tax, plain(priced.total_cents, "USD")) == (cells["tax by rate"], cells["total"])


@pytest.mark.parametrize("cells", samples.table("contract-tax", "document"), ids=_id)
def test_each_invoice_is_taxed_as_the_page_says(cells: Cells) -> None:
    rounding: Rule = "down" if cells["rounding"] == "down" else "half_up"
    job = sign(
        samples.contract(cells["contract"], tax_rounding=rounding),
        samples.schedule(cells["schedule"]),
        tax_rules=TaxRules(rounding=rounding, at="document" if cells["tax at"] == "document" else "contract"),
    )
    said = []
    for row in job.open_rows:
        made = bill(job, [row.id])
        job = job.after(made)
        said.append(" + ".join(plain(cents, "USD") for cents in (made.net_cents, *made.tax_by_code.values())))
    assert ", ".join(said) == cells["invoices"]
    assert_closed(job)


@pytest.mark.parametrize("cells", samples.table("contract-tax", "inclusive"), ids=_id)
def test_prices_that_include_tax_are_split_as_the_page_says(cells: Cells) -> None:
    priced = samples.contract(cells["prices"], tax_per=cells["tax per"], inclusive=True)  # type: ignore[arg-type]
    nets = " ".join(plain(cents, "USD") for cents in priced.net_cents_by_line.values())
    tax = ", ".join(f"{code}: {plain(cents, 'USD')}" for code, cents in priced.tax_by_code.items())
    assert (nets, tax, plain(priced.total_cents, "USD")) == (
        cells["net by line"],
        cells["tax by rate"],
        cells["total"],
    )
    prices = {line.id: line.net_cents("USD") for line in priced.lines}
    assert priced.gross_cents_by_line == prices


@pytest.mark.parametrize("cells", samples.table("schedule", "amounts"), ids=_id)
def test_a_schedule_comes_to_what_the_page_says(cells: Cells) -> None:
    job = samples.job(cells["contract"], cells["schedule"])
    assert samples.amounts(job) == cells["amounts"].split()


@pytest.mark.parametrize("cells", samples.table("schedule", "refused"), ids=_id)
def test_a_schedule_is_refused_as_the_page_says(cells: Cells) -> None:
    with pytest.raises(Refusal) as refused:
        row_amounts(samples.contract(cells["contract"]), samples.schedule(cells["schedule"]))
    assert refused.value.code == cells["refused as"]
    assert refused.value.field in ("deposit", "milestones")


@pytest.mark.parametrize("cells", samples.table("schedule", "changed"), ids=_id)
def test_a_change_leaves_what_is_billed_and_shares_the_rest(cells: Cells) -> None:
    job = samples.job(cells["contract"], cells["schedule"])
    for row, part in _billed(cells["billed"]):
        job = job.after(bill(job, {row: part}))
    for text in cells["changes"].split("; "):
        placement, _, becomes = text.partition(" ")
        own = Row("own", "milestone", "fixed", 0) if placement == "own" else None
        job = change(job, samples.contract(becomes), placement=placement, own=own).state  # type: ignore[arg-type]
    assert samples.amounts(job) == cells["amounts"].split()
    assert sum(job.amounts.values()) == job.priced.total_cents


def _billed(text: str) -> list[tuple[str, Fraction]]:
    """Rows by name, such as "1 2 2/5": a fraction is the part of the row before it."""
    found: list[tuple[str, Fraction]] = []
    for word in text.split():
        if "/" in word:
            found[-1] = (found[-1][0], Fraction(word))
        else:
            found.append((word, Fraction(1)))
    return found


def _jobs(page: str, name: str) -> list[list[Cells]]:
    """The rows of a table job by job: a row that leaves the contract empty goes on with the last."""
    jobs: list[list[Cells]] = []
    for cells in samples.table(page, name):
        if cells["contract"]:
            jobs.append([])
        jobs[-1].append(cells)
    return jobs


@pytest.mark.parametrize(
    "invoices",
    _jobs("billing", "invoices") + _jobs("deposit-recovery", "recovery"),
    ids=lambda invoices: f"{invoices[0].get('recovery', '')} {invoices[0]['schedule']}",
)
def test_a_job_is_billed_as_the_page_says(invoices: list[Cells]) -> None:
    job = samples.job(
        invoices[0]["contract"],
        invoices[0]["schedule"],
        recovery=invoices[0].get("recovery") or "off_the_top",
    )
    for cells in invoices:
        invoice = bill(job, cells["billed"].split())
        job = job.after(invoice)
        for column in cells.keys() & {"net", "tax", "earned", "recovered", "due"}:
            assert Decimal(getattr(invoice, f"{column}_cents")) / 100 == Decimal(cells[column]), column
    assert_closed(job)


@pytest.mark.parametrize(
    "invoices", _jobs("deposit-tax", "taxed"), ids=lambda i: f"{i[0]['recovery']} {i[0]['contract']}"
)
def test_a_taxed_deposit_comes_off_as_the_page_says(invoices: list[Cells]) -> None:
    first = invoices[0]
    job = samples.job(first["contract"], first["schedule"], recovery=first["recovery"])  # type: ignore[arg-type]
    deposit = deposit_by_key(job.priced, job.deposit_cents)
    assert _net_and_tax(deposit) == (first["deposit net"], first["deposit tax"])
    back: dict[Key, int] = {}
    for cells in invoices:
        invoice = bill(job, cells["billed"].split())
        job = job.after(invoice)
        to_date = recovered_by_key(job.priced, deposit, job.recovered_cents, billed=job.billed)
        taken = {key: cents - back.get(key, 0) for key, cents in to_date.items()}
        back = to_date
        assert plain(invoice.tax_cents, "USD") == cells["work's tax"]
        assert _net_and_tax(taken) == (cells["recovered net"], cells["recovered tax"])
    assert back == deposit
    assert_closed(job)


def _net_and_tax(parts: dict[Key, int]) -> tuple[str, str]:
    tax = sum(cents for key, cents in parts.items() if key.tax is not None)
    return plain(sum(parts.values()) - tax, "USD"), plain(tax, "USD")


def assert_closed(job: JobState) -> None:
    """Everything is billed, every key is exact, the deposit is used up."""
    assert job.billed == job.priced.keys
    assert job.recovered_cents == job.deposit_cents
    assert job.due_cents == job.priced.total_cents - job.deposit_cents


@pytest.mark.parametrize("cells", samples.table("progress", "applications"), ids=_id)
def test_an_application_asks_for_what_the_page_says(cells: Cells) -> None:
    values = cells["values"].split()
    sov = samples.contract(", ".join(values))
    work = {
        line.id: Work(cents=parse_cents(done, "USD"))
        for line, done in zip(sov.lines, cells["work to date"].split(), strict=True)
    }
    cap = Decimal(cells["cap"]) if cells["cap"] else None
    terms = ProgressTerms(RetainageTerms(Decimal(cells["rate"]), cap_percent=cap))
    made = apply(ProgressState(sov), work, terms)
    assert (plain(made.held_cents, "USD"), plain(made.payable_cents, "USD")) == (
        cells["held"],
        cells["payable"],
    )


@pytest.mark.parametrize("cells", samples.table("credits", "credits"), ids=_id)
def test_a_credit_takes_back_what_the_page_says(cells: Cells) -> None:
    net, tax = Key("a"), Key("a", "vat")
    lines = {net: parse_cents(cells["net"], "USD"), tax: parse_cents(cells["tax"], "USD")}
    priced = PricedContract("USD", (), lines, {net: "net", tax: "tax"})
    said = Issued(lines, parse_cents(cells["recovered"], "USD"))
    how, _, much = cells["credit"].partition(" ")
    if how == "reverse":
        credit = reversal(said, priced, Fraction(much))
    else:
        credit = allowance(said, parse_cents(much, "USD"))
    back = (credit.lines[net], credit.lines[tax], credit.recovered_cents, credit.due_cents)
    assert [plain(cents, "USD") for cents in back] == [
        cells[name] for name in ("net back", "tax back", "recovered back", "due back")
    ]


@pytest.mark.parametrize("cells", samples.table("credits", "voids"), ids=_id)
def test_a_voided_invoice_is_issued_again_as_the_page_says(cells: Cells) -> None:
    job = samples.job("24000.00 @ 8.25, 7600.00", cells["schedule"], recovery=cells["recovery"])  # type: ignore[arg-type]
    said = {}
    for row in cells["billed"].split():
        said[row] = bill(job, [row])
        job = job.after(said[row])
    gone = said[cells["void"]]
    issued = Issued({line.key: line.delta_cents for line in gone.lines}, gone.recovered_cents)
    again = bill(after_void(job, whole(issued), gone.due_by_row), [cells["void"]])
    assert {line.key: line.delta_cents for line in again.lines} == dict(issued.lines)
    for column in ("net", "tax", "recovered", "due"):
        assert plain(getattr(again, f"{column}_cents"), "USD") == cells[column], column


@pytest.mark.parametrize("cells", samples.table("credits", "cancellations"), ids=_id)
def test_a_cancelled_job_keeps_returns_and_drops_what_the_page_says(cells: Cells) -> None:
    job = samples.job("24000.00 @ 8.25, 7600.00", "deposit 25 %, 25 %, fixed 12000.00, remainder")
    for row in cells["billed"].split():
        job = job.after(bill(job, [row]))
    keep = parse_cents(cells["keep"], "USD")
    if not cells["contract"]:
        with pytest.raises(Refusal) as refused:
            cancel(job, deposit_billed_cents=job.deposit_cents, keep_cents=keep)
        assert refused.value.code == cells["kept"]
        return
    gone = cancel(job, deposit_billed_cents=job.deposit_cents, keep_cents=keep)
    for column in ("kept", "returned", "dropped", "contract"):
        assert plain(getattr(gone, f"{column}_cents"), "USD") == cells[column], column
    assert gone.kept_cents + gone.returned_cents + job.recovered_cents == job.deposit_cents
    assert sum(gone.changes.values()) == job.earned_cents - job.priced.total_cents
    assert gone.contract_cents == job.due_cents + job.recovered_cents + gone.kept_cents


def _cents(amounts: str) -> dict[str, int]:
    """Amounts by name, such as "rest net 60.00, tax 10.00"."""
    named = (part.rpartition(" ") for part in amounts.split(", ") if part)
    return {name.replace(" ", "_"): parse_cents(text, "USD", negative=True) for name, _, text in named}


def _arguments(event: str, amounts: str) -> dict[str, object]:
    """The arguments of core/journal.py's functions: taxes by code, everything else in cents."""
    setting = {"credit_note_reversal": "tax_on_held"}
    name, _, mode = event.partition(" ")
    found: dict[str, object] = {setting.get(name, "mode"): mode} if mode else {}
    for word, cents in _cents(amounts).items():
        if word.endswith("tax"):
            relief = name.startswith("write_off")
            found["relief" if relief else word.removesuffix("tax") + "taxes"] = {"vat": cents}
        else:
            held = {"retainage_held": "held_cents", "retainage_released": "released_cents"}
            found[held.get(name, "cents" if word == "amount" else f"{word}_cents")] = cents
    return found


SHORT = {
    "receivables": "AR",
    "deposits": "CD",
    "retainage": "RR",
    "tax_payable": "TP",
    "deferred_tax": "DT",
    "customer_credit": "CC",
    "refunds_payable": "RP",
}


@pytest.mark.parametrize("cells", samples.table("journal", "entries"), ids=_id)
def test_an_event_books_what_the_page_says(cells: Cells) -> None:
    event = getattr(journal, cells["event"].split()[0])
    entry = event(**_arguments(cells["event"], cells["amounts"]))
    said = [f"{SHORT.get(a, a)}→{SHORT.get(b, b)} {plain(cents, 'USD')}" for a, b, cents, _ in entry]
    assert ", ".join(said) == cells["transfers"]
    taxed = [one for one in entry if one.tax]
    assert all({one.debit, one.credit} & {"tax_payable", "deferred_tax"} for one in taxed)
    assert {one.tax for one in taxed} <= {"vat"}


def test_the_page_lists_every_event() -> None:
    listed = {cells["event"].split()[0] for cells in samples.table("journal", "entries")}
    public = {
        name
        for name, one in vars(journal).items()
        if callable(one) and name[0].islower() and "__" not in name
    }
    assert {name for name in public if getattr(journal, name).__module__ == journal.__name__} == listed | {
        "swapped",
        "through",
        "balances",
    }


def _amounts(text: str) -> list[int]:
    return [parse_cents(part.strip(), "USD") for part in text.split(",") if part.strip()]


@pytest.mark.parametrize("cells", samples.table("settling", "spread"), ids=_id)
def test_a_payment_is_spread_as_the_page_says(cells: Cells) -> None:
    balances = list(enumerate(_amounts(cells["open, the oldest first"])))
    (payment,) = _amounts(cells["payment"])
    parts = dict(oldest_first(payment, balances))
    assert [parts.get(place, 0) for place, _open in balances] == _amounts(cells["parts"])
    assert payment - sum(parts.values()) == _amounts(cells["over"])[0]


@pytest.mark.parametrize("cells", samples.table("settling", "ageing"), ids=_id)
def test_what_is_late_stands_in_the_bucket_of_the_page(cells: Cells) -> None:
    assert bucket(date.fromisoformat(cells["due"]), date.fromisoformat(cells["as of"])) == int(
        cells["bucket"]
    )


@pytest.mark.parametrize("cells", samples.table("settling", "back"), ids=_id)
def test_what_is_taken_back_carries_the_tax_of_the_page(cells: Cells) -> None:
    (whole,), (tax,) = _amounts(cells["concession"]), _amounts(cells["tax in it"])
    done, given = 0, []
    for cents in _amounts(cells["taken back, one after another"]):
        given.append(part_to_date(tax, done + cents, whole) - part_to_date(tax, done, whole))
        done += cents
    assert given == _amounts(cells["tax of each"])
