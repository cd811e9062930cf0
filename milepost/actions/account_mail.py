"""Letters about an account: a new password, a confirmed address."""

from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.post import Written
from milepost.actions.steps.account_mail import post_account_letter


@action("deliver")
def post_account_mail(*, by: Actor, at: datetime, to: str, written: Written) -> None:
    """
    Post a letter that is already written, for one person's eyes: it carries a key to an account, so
    no page of the office shows messages of this kind.
    """
    post_account_letter(by.business_id, to=to, written=written, at=at)
