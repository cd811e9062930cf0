"""The practice cards and accounts, and how each ends. The numbers are Stripe's own test numbers."""

from typing import NamedTuple

from milepost.gateways.practice.store import Object

PRACTICE_CODE = "1234"


class Means(NamedTuple):
    """
    A practice card or account. `failure_code` is None for one that pays; `code` is asked for first;
    `later` is what happens after it was paid, `refund` what becomes of a refund; with `stays` the bank
    never answers by itself.
    """

    label: str
    number: str
    brand: str
    failure_code: str | None = None
    failure_message: str | None = None
    code: str = ""
    later: str = ""
    refund: str = "succeeded"
    stays: bool = False
    funding: str = "credit"


BANK = "STRIPE TEST BANK"
CARDS = (
    Means("Pays", "4242424242424242", "visa"),
    Means("Pays", "5555555555554444", "mastercard"),
    Means("Pays, a debit card", "4000056655665556", "visa", funding="debit"),
    Means("Declined", "4000000000000002", "visa", "card_declined", "Your card was declined."),
    Means("No funds", "4000000000009995", "visa", "card_declined", "Your card has insufficient funds."),
    Means("Expired", "4000000000000069", "visa", "expired_card", "Your card has expired."),
    Means("Asks for a code", "4000002500003155", "visa", code=PRACTICE_CODE),
    Means("Pays, then disputes", "4000000000000259", "visa", later="dispute"),
    Means("Pays, a refund fails", "4000000000005126", "visa", refund="fails"),
    Means("Pays, a refund takes time", "4000000000007726", "visa", refund="pending"),
)
ACCOUNTS = (
    Means("Pays", "000123456789", BANK, refund="pending"),
    Means("Closed", "000111111113", BANK, "account_closed", "The bank account has been closed."),
    Means("No funds", "000222222227", BANK, "insufficient_funds", "The bank account has insufficient funds."),
    Means("Pays, is returned later", "000555555559", BANK, later="return", refund="pending"),
    Means("Stays on its way", "000000000009", BANK, refund="pending", stays=True),
)
MEANS = {"card": CARDS, "us_bank_account": ACCOUNTS}
UNKNOWN = {
    "card": "That is not one of the practice cards. Never type a real card here.",
    "us_bank_account": "That is not one of the practice accounts. Never type a real account here.",
}


def means_of(charge: Object) -> Means:
    """The card or account that a charge was made with."""
    details = charge["payment_method_details"]
    last4 = details[details["type"]]["last4"]
    return next(one for one in MEANS[details["type"]] if one.number.endswith(last4))
