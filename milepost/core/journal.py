"""
What each event books. A transfer debits one account and credits another, so no entry can be unbalanced.

Every function gives the transfers of one event in cents, each above zero; what is nothing is left out,
and a negative amount (a credit within an invoice) is its transfer swapped. A void is `swapped`.
"""

from collections.abc import Hashable, Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from milepost.core.deposit_tax import DepositTax
from milepost.core.progress import TaxOnHeld

CASH: Final = "cash"
CLEARING: Final = "clearing"
AR: Final = "receivables"
RR: Final = "retainage"
DISPUTED: Final = "disputed"
TAX_WITHHELD: Final = "tax_withheld"
CD: Final = "deposits"
CC: Final = "customer_credit"
RP: Final = "refunds_payable"
TP: Final = "tax_payable"
DT: Final = "deferred_tax"
REVENUE: Final = "revenue"
ALLOWANCES: Final = "allowances"
DISCOUNTS: Final = "discounts"
LATE_FEES: Final = "late_fees"
CANCELLATION: Final = "cancellation"
SURCHARGES: Final = "surcharges"
FEE_INCOME: Final = "fee_income"
SMALL_DIFFERENCES: Final = "small_differences"
BAD_DEBTS: Final = "bad_debts"
PROCESSING_FEES: Final = "processing_fees"
BANK_CHARGES: Final = "bank_charges"

Taxes = Mapping[Hashable, int]
"""Tax by code, in cents."""

NO_TAX: Final[Taxes] = MappingProxyType({})


class Transfer(NamedTuple):
    """Debit one account, credit another; `tax` is the code, where the transfer is of a tax."""

    debit: str
    credit: str
    cents: int
    tax: Hashable | None = None


Entry = tuple[Transfer, ...]


def swapped(entry: Iterable[Transfer]) -> Entry:
    """
    The same transfers the other way round: a void, a waiver, whatever undoes them whole.

    >>> swapped([Transfer(AR, REVENUE, 100)])
    (Transfer(debit='revenue', credit='receivables', cents=100, tax=None),)
    """
    return tuple(Transfer(credit, debit, cents, tax) for debit, credit, cents, tax in entry)


def balances(entry: Iterable[Transfer]) -> dict[str, int]:
    """
    Debits less credits of every account that is touched, in cents. They add up to zero.

    >>> balances([Transfer(AR, CD, 500), Transfer(CASH, AR, 500)])
    {'receivables': 0, 'deposits': -500, 'cash': 500}
    """
    sums: dict[str, int] = {}
    for debit, credit, cents, _ in entry:
        sums[debit] = sums.get(debit, 0) + cents
        sums[credit] = sums.get(credit, 0) - cents
    return sums


def through(account: str, entry: Iterable[Transfer]) -> Entry:
    """
    The same transfers with another account in the place of cash: what a payment processor holds until
    it pays out.

    >>> through(CLEARING, payment_cleared(10_00))
    (Transfer(debit='clearing', credit='receivables', cents=1000, tax=None),)
    """
    return tuple(
        Transfer(
            account if one.debit == CASH else one.debit,
            account if one.credit == CASH else one.credit,
            *one[2:],
        )
        for one in entry
    )


def _entry(*transfers: Transfer) -> Entry:
    """Every transfer upright, those of nothing left out."""
    return tuple(_upright(one) for one in transfers if one.cents)


def _upright(one: Transfer) -> Transfer:
    return one if one.cents > 0 else Transfer(one.credit, one.debit, -one.cents, one.tax)


def _taxes(debit: str, credit: str, taxes: Taxes) -> list[Transfer]:
    return [Transfer(debit, credit, cents, code) for code, cents in taxes.items()]


# Deposits -----------------------------------------------------------------------------------------------


def deposit_issued(net_cents: int, taxes: Taxes = NO_TAX, *, mode: DepositTax = "on_application") -> Entry:
    """
    A deposit is invoiced: a liability, never income. Its tax is owed at once (`at_deposit`), when it is
    paid (`at_payment`, see `deposit_cleared`), or not at all (`on_application`: all of it is net).

    >>> [str(one.cents) for one in deposit_issued(100_00, {"vat": 20_00}, mode="at_deposit")]
    ['10000', '2000']
    >>> deposit_issued(100_00, {"vat": 20_00}, mode="at_payment")
    (Transfer(debit='receivables', credit='deposits', cents=12000, tax=None),)
    """
    if mode == "at_deposit":
        return _entry(Transfer(AR, CD, net_cents), *_taxes(AR, TP, taxes))
    return _entry(Transfer(AR, CD, net_cents + sum(taxes.values())))


def deposit_cleared(taxes: Taxes, *, mode: DepositTax) -> Entry:
    """A deposit is paid: `at_payment`, its tax is owed from now on. Beside it stands `payment_cleared`."""
    return _entry(*_taxes(CD, TP, taxes)) if mode == "at_payment" else ()


def deposit_recovered(net_cents: int, taxes: Taxes = NO_TAX) -> Entry:
    """
    So much of the deposit comes off an invoice. `on_application` all of it is net; where the deposit
    was taxed, its tax comes off the tax that is owed.
    """
    return _entry(Transfer(CD, AR, net_cents), *_taxes(TP, AR, taxes))


def deposit_credited(net_cents: int, taxes: Taxes = NO_TAX) -> Entry:
    """
    A credit note on a deposit. `taxes` is what its invoice, or its payment, has booked as owed:
    none `on_application`, none `at_payment` before it is paid.
    """
    return _entry(Transfer(CD, AR, net_cents), *_taxes(TP, AR, taxes))


def deposit_kept(
    net_cents: int,
    taxes: Taxes = NO_TAX,
    *,
    rest_net_cents: int,
    rest_taxes: Taxes = NO_TAX,
    mode: DepositTax = "on_application",
) -> Entry:
    """
    A job is cancelled: `net_cents` of the paid deposit (and `taxes` on it, where keeping it is taxed)
    are kept, the rest is the customer's credit.

    `on_application` the tax of what is kept is owed from now on. Taxed earlier it is owed already, and
    the tax of the rest (`rest_taxes`) goes back to the customer with it.

    >>> for one in deposit_kept(50_00, {"vat": 10_00}, rest_net_cents=40_00):
    ...     print(one.debit, one.credit, one.cents)
    deposits cancellation 5000
    deposits tax_payable 1000
    deposits customer_credit 4000
    """
    owed = _taxes(CD, TP, taxes) if mode == "on_application" else []
    back = [] if mode == "on_application" else _taxes(TP, CC, rest_taxes)
    return _entry(Transfer(CD, CANCELLATION, net_cents), *owed, Transfer(CD, CC, rest_net_cents), *back)


# Invoices and retainage -----------------------------------------------------------------------------


def progress_invoice(net_cents: int, taxes: Taxes = NO_TAX) -> Entry:
    """
    An invoice for work. `taxes` is what it charges: not the tax of retainage that is taxed on its
    release or deferred.

    >>> progress_invoice(100_00, {"city": 5_00, "state": 0})[1:]
    (Transfer(debit='receivables', credit='tax_payable', cents=500, tax='city'),)
    """
    return _entry(Transfer(AR, REVENUE, net_cents), *_taxes(AR, TP, taxes))


def fee_invoice(net_cents: int, taxes: Taxes = NO_TAX) -> Entry:
    """
    A charge that is passed on: no work was sold.

    >>> balances(fee_invoice(35_00))
    {'receivables': 3500, 'fee_income': -3500}
    """
    return _entry(Transfer(AR, FEE_INCOME, net_cents), *_taxes(AR, TP, taxes))


def fee_waived(net_cents: int, taxes: Taxes = NO_TAX) -> Entry:
    """The same taken back."""
    return swapped(fee_invoice(net_cents, taxes))


def retainage_held(held_cents: int, taxes: Taxes = NO_TAX, *, mode: TaxOnHeld = "now") -> Entry:
    """
    So much of an invoice is held back. `taxes` is the tax of what is held: `deferred`, it stands as
    deferred tax beside it; taxed `now` it is charged with the invoice, `on_release` with the release.
    """
    deferred = _taxes(RR, DT, taxes) if mode == "deferred" else []
    return _entry(Transfer(RR, AR, held_cents), *deferred)


def retainage_released(released_cents: int, taxes: Taxes = NO_TAX, *, mode: TaxOnHeld = "now") -> Entry:
    """
    Retainage is invoiced, with `taxes` of what is released: owed already (`now`), charged with it
    (`on_release`), or no longer deferred (`deferred`).
    """
    if mode == "on_release":
        return _entry(Transfer(AR, RR, released_cents), *_taxes(AR, TP, taxes))
    if mode == "deferred":
        return _entry(Transfer(AR, RR, released_cents + sum(taxes.values())), *_taxes(DT, TP, taxes))
    return _entry(Transfer(AR, RR, released_cents))


# Payments -----------------------------------------------------------------------------------------------


def payment_pending() -> Entry:
    """Money on its way books nothing: its allocation is shown as pending."""
    return ()


def payment_cleared(applied_cents: int, excess_cents: int = 0) -> Entry:
    """
    Money is here: it settles receivables, and what is too much is the customer's credit.

    >>> balances(payment_cleared(10_00, 5_00))
    {'cash': 1500, 'receivables': -1000, 'customer_credit': -500}
    """
    return _entry(Transfer(CASH, AR, applied_cents), Transfer(CASH, CC, excess_cents))


def payment_returned(
    applied_cents: int, credit_cents: int = 0, *, charged_cents: int = 0, recharged_cents: int = 0
) -> Entry:
    """
    A payment is taken back. `applied_cents` are receivable again: what it settled, and what was used of
    its excess since; `credit_cents` of its excess are still unused. `charged_cents` is the bank's charge,
    `recharged_cents` what of it the customer is asked for.
    """
    return _entry(
        Transfer(AR, CASH, applied_cents),
        Transfer(CC, CASH, credit_cents),
        *_charge(charged_cents, recharged_cents),
    )


def _charge(charged_cents: int, recharged_cents: int) -> list[Transfer]:
    return [Transfer(BANK_CHARGES, CASH, charged_cents), Transfer(AR, FEE_INCOME, recharged_cents)]


def dispute_opened(cents: int) -> Entry:
    """The bank takes a disputed payment until it is decided; the invoice stays settled."""
    return _entry(Transfer(DISPUTED, CASH, cents))


def dispute_won(cents: int) -> Entry:
    """The money is back."""
    return swapped(dispute_opened(cents))


def dispute_lost(
    applied_cents: int, credit_cents: int = 0, *, charged_cents: int = 0, recharged_cents: int = 0
) -> Entry:
    """As returned, from what is disputed; the bank's charge still comes out of cash."""
    return _entry(
        Transfer(AR, DISPUTED, applied_cents),
        Transfer(CC, DISPUTED, credit_cents),
        *_charge(charged_cents, recharged_cents),
    )


def credit_applied(cents: int) -> Entry:
    """A customer's credit settles an invoice."""
    return _entry(Transfer(CC, AR, cents))


def refund_asked(credit_cents: int, allocated_cents: int = 0) -> Entry:
    """
    Money is to go back: the customer's credit, and what first has to be taken off an invoice, which is
    open again then.

    >>> balances(refund_asked(20_00, 30_00))
    {'receivables': 3000, 'customer_credit': 2000, 'refunds_payable': -5000}
    """
    return _entry(Transfer(AR, CC, allocated_cents), Transfer(CC, RP, credit_cents + allocated_cents))


def refund_done(cents: int) -> Entry:
    """The refund has left the account."""
    return _entry(Transfer(RP, CASH, cents))


def refund_refused(cents: int) -> Entry:
    """The bank refused the refund: it is the customer's credit again."""
    return _entry(Transfer(RP, CC, cents))


# Credit notes -------------------------------------------------------------------------------------------


def credit_note_reversal(
    net_cents: int,
    taxes: Taxes = NO_TAX,
    *,
    recovered_net_cents: int = 0,
    recovered_taxes: Taxes = NO_TAX,
    held_cents: int = 0,
    held_taxes: Taxes = NO_TAX,
    tax_on_held: TaxOnHeld = "now",
) -> Entry:
    """
    A share of an invoice is taken back: its work, the deposit that it recovered, what it held.

    >>> balances(credit_note_reversal(11_193_33, recovered_net_cents=2_798_33))
    {'revenue': 1119333, 'receivables': -839500, 'deposits': -279833}
    """
    return swapped(
        (
            *progress_invoice(net_cents, taxes),
            *deposit_recovered(recovered_net_cents, recovered_taxes),
            *retainage_held(held_cents, held_taxes, mode=tax_on_held),
        )
    )


def credit_note_allowance(net_cents: int, taxes: Taxes = NO_TAX) -> Entry:
    """Money off an invoice; the work stays sold."""
    return _entry(Transfer(ALLOWANCES, AR, net_cents), *_taxes(TP, AR, taxes))


def credited_beyond_balance(cents: int) -> Entry:
    """What is credited of an invoice beyond what is still open on it is the customer's credit."""
    return _entry(Transfer(AR, CC, cents))


# What is never paid, and what is paid on top --------------------------------------------------------


def write_off(net_cents: int, relief: Taxes = NO_TAX) -> Entry:
    """A receivable is given up; `relief` is the tax that the law gives back for it."""
    return _entry(Transfer(BAD_DEBTS, AR, net_cents), *_taxes(TP, AR, relief))


def write_off_recovered(net_cents: int, relief: Taxes = NO_TAX) -> Entry:
    """What was given up is paid after all: the receivable is back, and settled by cash."""
    paid = net_cents + sum(relief.values())
    return _entry(Transfer(AR, BAD_DEBTS, net_cents), *_taxes(AR, TP, relief), Transfer(CASH, AR, paid))


def small_difference(cents: int) -> Entry:
    """
    Cents that nobody will chase: above zero, left open on an invoice; below zero, paid too much.

    >>> small_difference(3)[0][:3], small_difference(-3)[0][:3]
    (('bad_debts', 'receivables', 3), ('customer_credit', 'small_differences', 3))
    """
    return _entry(Transfer(BAD_DEBTS, AR, cents) if cents > 0 else Transfer(CC, SMALL_DIFFERENCES, -cents))


def early_discount(net_cents: int, taxes: Taxes = NO_TAX) -> Entry:
    """A discount for early payment is taken; the tax in it falls with it."""
    return _entry(Transfer(DISCOUNTS, AR, net_cents), *_taxes(TP, AR, taxes))


def late_fee(net_cents: int, taxes: Taxes = NO_TAX) -> Entry:
    """A late fee is charged, with tax where the law taxes it."""
    return _entry(Transfer(AR, LATE_FEES, net_cents), *_taxes(AR, TP, taxes))


def late_fee_waived(net_cents: int, taxes: Taxes = NO_TAX) -> Entry:
    """A late fee is dropped, in whole or in part."""
    return swapped(late_fee(net_cents, taxes))


def surcharge(net_cents: int, taxes: Taxes = NO_TAX) -> Entry:
    """What the payer adds for the way of paying, received with the payment."""
    return _entry(Transfer(CASH, SURCHARGES, net_cents), *_taxes(CASH, TP, taxes))


def processing_cost(cents: int) -> Entry:
    """What the payment processor keeps."""
    return _entry(Transfer(PROCESSING_FEES, CASH, cents))


def paid_out(cents: int) -> Entry:
    """The processor has sent to the bank what it held for us; below zero, it took it back."""
    return _entry(Transfer(CASH, CLEARING, cents))


def tax_withheld(cents: int) -> Entry:
    """The payer pays a part to the tax office in our name: it settles the invoice and is ours to claim."""
    return _entry(Transfer(TAX_WITHHELD, AR, cents))
