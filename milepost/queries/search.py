"""Search: ids from the database's own functions, which may use an index where a policy forbids it."""

from collections.abc import Sequence

from django.db import connection

from milepost.queries.paging import PAGE, row_before


def jobs_like(words: str, *, states: Sequence[str], before: str) -> tuple[list[int], str | None]:
    """
    A page of jobs and quotes with these words in their number, title, customer, the customer's people (a
    phone number however it is spaced) or an invoice's number, newest first, behind the key `before`; and
    the key of the page behind them. Inside an open scope.
    """
    return _page("mp_search_jobs(%s, %s, %s, %s)", [words, list(states)], before)


def customers_like(words: str, *, archived: bool, before: str) -> tuple[list[int], str | None]:
    """As of jobs_like: customers with these words in their name or their people's."""
    return _page("mp_search_customers(%s, %s, %s, %s)", [words, archived], before)


def _page(question: str, values: list[object], before: str, most: int = PAGE) -> tuple[list[int], str | None]:
    with connection.cursor() as cursor:
        asked = [*values, row_before(before), most + 1]
        cursor.execute(f"SELECT * FROM {question}", asked)  # noqa: S608 - one of the two above
        ids = [id for (id,) in cursor.fetchall()]
    return ids[:most], str(ids[most - 1]) if len(ids) > most else None
