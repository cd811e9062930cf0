"""The statement of account as the office and the customer are shown it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict

from milepost.core.refusals import Refusal
from milepost.queries.account import Account
from milepost.queries.paper.account import bucket_words, line_words
from milepost.web.typed import day

FIRST_DAYS = 90


@dataclass(frozen=True)
class Period:
    """The days that are asked for, and what was wrong with them."""

    since: date
    until: date
    refusal: Refusal | None = None


def period(asked: QueryDict, today: date) -> Period:
    """What is typed, else the last 90 days; a day that is none is refused and replaced."""
    since, until = today - timedelta(days=FIRST_DAYS), today
    try:
        until = day(asked["until"], field="until") if asked.get("until") else until
        since = day(asked["since"], field="since") if asked.get("since") else min(since, until)
    except Refusal as refusal:
        return Period(min(since, until), until, refusal)
    return Period(min(since, until), until)


def shown(account: Account) -> dict[str, object]:
    """What both the office's and the customer's page show."""
    return {
        "account": account,
        "lines": [(line, line_words(line)) for line in account.lines],
        "buckets": list(zip(bucket_words(), account.ageing, strict=True)),
    }
