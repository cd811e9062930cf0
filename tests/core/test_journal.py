"""The laws of the books: what is issued and undone leaves nothing, and every account says what it means."""

from collections.abc import Iterable
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from milepost.core import journal
from milepost.core.billing import Bill, JobState, bill
from milepost.core.contract import Key, tax_by_code
from milepost.core.deposit_tax import DepositTax, deposit_by_key, recovered_by_key
from milepost.core.journal import AR, CASH, CC, CD, DT, REVENUE, RP, RR, TP, Entry, balances, swapped
from milepost.core.progress import ProgressState, ProgressTerms, TaxOnHeld, Work, apply
from milepost.core.retainage import RetainageTerms
from tests.core import samples
from tests.core.jobs import jobs
from tests.core.test_laws import laws

CENTS = st.integers(0, 10**9)
MODES = st.sampled_from(["on_application", "at_deposit", "at_payment"])
TAXES = st.dictionaries(st.sampled_from(["a", "b"]), st.integers(-(10**6), 10**6))


def settled(books: Iterable[journal.Transfer]) -> dict[str, int]:
    """The balances that are not zero."""
    return {account: cents for account, cents in balances(books).items() if cents}


def net_of(keys: dict[Key, int]) -> int:
    return sum(cents for key, cents in keys.items() if key.tax is None)


@given(st.integers(-(10**9), 10**9), TAXES, MODES, st.sampled_from(["now", "on_release", "deferred"]))
def test_every_transfer_is_above_zero_and_a_void_restores_zero(
    net: int, taxes: dict[str, int], mode: DepositTax, held: TaxOnHeld
) -> None:
    entries: list[Entry] = [
        journal.deposit_issued(net, taxes, mode=mode),
        journal.progress_invoice(net, taxes),
        journal.retainage_held(net, taxes, mode=held),
        journal.retainage_released(net, taxes, mode=held),
        journal.credit_note_reversal(net, taxes, recovered_net_cents=net, held_cents=net),
        journal.write_off_recovered(net, taxes),
        journal.small_difference(net),
    ]
    for entry in entries:
        assert all(one.cents > 0 and one.debit != one.credit for one in entry)
        assert sum(balances(entry).values()) == 0
        assert settled([*entry, *swapped(entry)]) == {}


@laws
@given(jobs(), MODES, st.data())
def test_a_job_leaves_no_deposit_its_tax_once_and_receivables_of_what_it_asked_for(
    state: JobState, mode: DepositTax, data: st.DataObject
) -> None:
    priced, contract_tax = state.priced, state.priced.tax_cents
    taxed = mode != "on_application"
    deposit = deposit_by_key(priced, state.deposit_cents) if taxed else {Key("deposit"): state.deposit_cents}
    books = list(journal.deposit_issued(net_of(deposit), tax_by_code(deposit), mode=mode))
    assert balances(books)[AR] == state.deposit_cents if state.deposit_cents else not books
    books += journal.deposit_cleared(tax_by_code(deposit), mode=mode)
    before = dict.fromkeys(deposit, 0)
    while rows := [row.id for row in state.open_rows if row.id not in state.billed_row_ids]:
        invoice = bill(state, data.draw(st.lists(st.sampled_from(rows), min_size=1, unique=True)))
        state = state.after(invoice)
        after = _recovered(state, deposit, taxed)
        part = {key: cents - before[key] for key, cents in after.items()}
        before = after
        books += journal.progress_invoice(invoice.net_cents, invoice.tax_by_code)
        books += journal.deposit_recovered(net_of(part), tax_by_code(part))
        stand = balances(books)
        assert stand.get(AR, 0) == state.deposit_cents + state.due_cents
        assert -stand.get(CD, 0) == net_of(deposit) - net_of(after)
    assert settled(books).get(CD, 0) == 0
    assert -balances(books).get(TP, 0) == contract_tax
    assert balances(books).get(AR, 0) == priced.total_cents


def _recovered(state: JobState, deposit: dict[Key, int], taxed: bool) -> dict[Key, int]:
    if not taxed:
        return {Key("deposit"): state.recovered_cents}
    return recovered_by_key(state.priced, deposit, state.recovered_cents, billed=state.billed)


@laws
@given(jobs())
def test_a_reversal_in_full_takes_back_the_invoice_and_nothing_else(state: JobState) -> None:
    made: Bill = bill(state, [row.id for row in state.open_rows][:1])
    books = [
        *journal.progress_invoice(made.net_cents, made.tax_by_code),
        *journal.deposit_recovered(made.recovered_cents),
        *journal.credit_note_reversal(
            made.net_cents, made.tax_by_code, recovered_net_cents=made.recovered_cents
        ),
    ]
    assert settled(books) == {}


@given(st.sampled_from(["now", "on_release", "deferred"]), st.integers(1, 10**7), st.integers(0, 1000))
def test_what_is_held_back_stands_apart_until_it_is_released(
    mode: TaxOnHeld, value: int, permille: int
) -> None:
    priced = samples.contract(f"{value // 100}.{value % 100:02} @ 8.25")
    terms = ProgressTerms(RetainageTerms(Decimal(permille) / 10), tax_on_held=mode)
    made = apply(ProgressState(priced), {"a": Work(Decimal(100))}, terms)
    net, taxes = made.lines[Key("a")], {"8.25": made.lines[Key("a", "8.25")] - made.held_tax_cents}
    on_held = {"8.25": made.held_tax_cents}
    books = [
        *journal.progress_invoice(net, taxes),
        *journal.retainage_held(made.held_cents, on_held, mode=mode),
    ]
    stand = balances(books)
    assert stand.get(AR, 0) == made.payable_cents
    assert stand.get(RR, 0) == made.held_cents + (made.held_tax_cents if mode == "deferred" else 0)
    assert -stand.get(DT, 0) == (made.held_tax_cents if mode == "deferred" else 0)
    books += journal.retainage_released(made.held_cents, on_held, mode=mode)
    stand = balances(books)
    assert (stand.get(RR, 0), stand.get(DT, 0)) == (0, 0)
    assert stand.get(AR, 0) == priced.total_cents
    assert -stand.get(TP, 0) == priced.tax_cents


@given(CENTS, CENTS, CENTS)
def test_money_that_comes_and_goes_leaves_nothing_in_cash(applied: int, credit: int, fee: int) -> None:
    came = journal.payment_cleared(applied, credit)
    assert settled([*came, *journal.payment_returned(applied, credit)]) == {}
    disputed = [*came, *journal.dispute_opened(applied + credit)]
    assert settled([*disputed, *journal.dispute_won(applied + credit)]) == settled(came)
    lost = journal.dispute_lost(applied, credit, charged_cents=fee)
    assert settled([*disputed, *lost]) == settled([*journal.payment_returned(0, charged_cents=fee)])
    refund = [*came, *journal.refund_asked(credit, applied)]
    assert balances(refund).get(RP, 0) == -(applied + credit)
    assert settled([*refund, *journal.refund_done(applied + credit)]) == {}
    refused = balances([*refund, *journal.refund_refused(applied + credit)])
    assert (refused.get(CC, 0), refused.get(CASH, 0)) == (-(applied + credit), applied + credit)


@given(CENTS, TAXES, CENTS, TAXES, MODES)
def test_a_cancelled_job_s_paid_deposit_is_kept_or_the_customer_s(
    kept: int, tax: dict[str, int], rest: int, rest_tax: dict[str, int], mode: DepositTax
) -> None:
    whole = {code: tax.get(code, 0) + rest_tax.get(code, 0) for code in tax.keys() | rest_tax.keys()}
    gross = kept + rest + sum(whole.values())
    books = [
        *journal.deposit_issued(kept + rest, whole, mode=mode),
        *journal.payment_cleared(gross),
        *journal.deposit_cleared(whole, mode=mode),
    ]
    rest_net = rest + (sum(rest_tax.values()) if mode == "on_application" else 0)
    books += journal.deposit_kept(kept, tax, rest_net_cents=rest_net, rest_taxes=rest_tax, mode=mode)
    stand = balances(books)
    assert (stand.get(CD, 0), stand.get(AR, 0)) == (0, 0)
    assert -stand.get(CC, 0) == rest + sum(rest_tax.values())
    assert -stand.get(TP, 0) == sum(tax.values())
    assert -stand.get("cancellation", 0) == kept


@given(CENTS, TAXES)
def test_what_was_given_up_and_came_after_all_is_paid_and_its_tax_owed_again(
    net: int, taxes: dict[str, int]
) -> None:
    books = [*journal.progress_invoice(net, taxes), *journal.write_off(net, taxes)]
    assert settled(books) == settled([journal.Transfer("bad_debts", REVENUE, net)])
    books += journal.write_off_recovered(net, taxes)
    assert settled(books) == settled(
        [*journal.progress_invoice(net, taxes), *journal.payment_cleared(net + sum(taxes.values()))]
    )


@given(CENTS, TAXES)
def test_a_waived_fee_and_a_credited_deposit_leave_nothing(net: int, taxes: dict[str, int]) -> None:
    assert settled([*journal.late_fee(net, taxes), *journal.late_fee_waived(net, taxes)]) == {}
    issued = journal.deposit_issued(net, taxes, mode="at_deposit")
    assert settled([*issued, *journal.deposit_credited(net, taxes)]) == {}
