"""Letters about an account: a new password, a confirmed address."""

import secrets
from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.post import Written
from milepost.records.post import Message

KIND = "account"


@action("deliver")
def post_account_mail(*, by: Actor, at: datetime, to: str, written: Written) -> None:
    """
    Post a letter that is already written, for one person's eyes: it carries a key to an account, so
    no page of the office shows messages of this kind.
    """
    Message.objects.create(
        business_id=by.business_id,
        identity=f"{KIND}:{secrets.token_hex(12)}",
        kind=KIND,
        channel="email",
        to_address=to,
        subject=written.subject,
        body_text=written.body_text,
        body_html=written.body_html,
        posted_at=at,
        not_before=at,
    )
