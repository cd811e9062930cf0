"""The ways to pay, in the customer's words: what each costs and how long it takes."""

from django.utils.translation import gettext


def methods_for() -> list[tuple[str, str, str]]:
    """(value, name, cost and time) for the choice on the page."""
    return [
        ("bank", gettext("Bank"), gettext("No extra cost. Takes three to five days.")),
        ("card", gettext("Card"), gettext("No extra cost. Paid at once.")),
    ]
