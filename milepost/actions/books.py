"""The chart of accounts: the business's own numbers and names."""

from datetime import datetime

from django.utils.translation import gettext

from milepost.actions.actor import Actor
from milepost.actions.businesses import Missing
from milepost.actions.door import action
from milepost.actions.steps.finding import find
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import InputRefused, Refusal
from milepost.records.journal import Account


class NumberTaken(Refusal):
    code = "number_taken"
    message = gettext_noop("Account {number} is “{name}” already. Give this one another number.")


@action("change_account")
def change_account(*, by: Actor, at: datetime, code: str, number: str, name: str) -> None:
    """
    Call an account as the business's books do; what is booked on it stays where it is.

    Refuses Missing, NumberTaken and what is too long, at `number` or `name`; NotFound.
    """
    account = find(Account.objects.select_for_update(no_key=True), code=code)
    number, name = number.strip(), name.strip()
    if name == gettext(account.name):  # saved as it was shown: it stays translatable
        name = account.name
    for field, text, most in (("number", number, 20), ("name", name, 100)):
        if not text:
            raise Missing(field=field)
        if len(text) > most:
            raise InputRefused(field=field, problem=gettext("At most {most} characters.").format(most=most))
    taken = Account.objects.filter(number=number).exclude(id=account.id).first()
    if taken is not None:
        raise NumberTaken(field="number", number=number, name=taken.name)
    account.number, account.name = number, name
    account.save(update_fields=["number", "name"])
