"""Who it is for: a customer of the list, or a new one in two fields."""

from django.http import HttpRequest
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from milepost.actions.customers import ContactInput, add_customer
from milepost.core.refusals import InputRefused
from milepost.queries.lists import Choices, choices
from milepost.web.typed import checked_text


def known_to(request: HttpRequest) -> Choices:
    """What a form chooses from, with the customer that it is for, however many there are."""
    asked = request.POST.get("customer", "") or request.GET.get("customer", "")
    is_key = asked.isascii() and asked.isdecimal() and len(asked) < 18
    return choices(request.business_id, customer=int(asked) if is_key else None)


def customer_context(request: HttpRequest, known: Choices) -> dict[str, object]:
    """What `office/_customer_choice.html` needs, and the key that makes a form count once."""
    return {
        "customers": [("", _("A new customer")), *((str(id), name) for id, name in known.customers)],
        "has_more_customers": known.has_more,
        "typed": request.POST or request.GET,
        "form_key": request.POST.get("form_key") or get_random_string(24),
    }


def chosen_customer(request: HttpRequest, known: Choices) -> int:
    """The customer that was chosen, or the new one that was typed. Refuses one without a way to reach them."""
    chosen = request.POST.get("customer", "")
    if chosen in {str(id) for id, _name in known.customers}:
        return int(chosen)
    reach = checked_text(request.POST.get("reach", ""), field="reach", most=254)
    name = checked_text(request.POST.get("name", ""), field="name", most=200)
    if not reach:
        raise InputRefused(
            field="reach", problem=_("Choose a customer, or give a new one's email address or phone number.")
        )
    contact = ContactInput(
        name=name, email=reach if "@" in reach else "", phone="" if "@" in reach else reach
    )
    return add_customer(by=request.actor, at=request.at, name=contact.name, contacts=[contact])
