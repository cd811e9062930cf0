"""Letters that carry a key to an account: posted like any other, shown on no page of the office."""

import secrets
from datetime import datetime

from milepost.actions.post import Written
from milepost.records.post import Message

KIND = "account"


def post_account_letter(business_id: int, *, to: str, written: Written, at: datetime) -> None:
    """Post a letter that is already written, for one person's eyes. Demands an open transaction."""
    Message.objects.create(
        business_id=business_id,
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
