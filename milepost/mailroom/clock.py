"""What time makes due, business by business."""

import logging
from datetime import datetime, timedelta

from milepost.actions.actor import Actor
from milepost.actions.clock import note_ready_before_event
from milepost.mailroom.waiting import businesses_with_events

logger = logging.getLogger(__name__)

LOOK_AHEAD = timedelta(days=400)
"""Further ahead than any milestone is billed before its event; each business then counts its own days."""


def tick(at: datetime) -> int:
    """Notice what has become due by the calendar alone. Returns how many things were new."""
    noticed = 0
    for business_id in businesses_with_events(at.date() + LOOK_AHEAD):
        try:
            noticed += note_ready_before_event(by=Actor.system(business_id), at=at)
        except Exception:
            logger.exception("The calendar of business %s could not be read.", business_id)
    return noticed
