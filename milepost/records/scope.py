"""
The scope of a transaction: the one business that it may see.

Row-level security reads the scope from `milepost.business`, which is set for one transaction
only. Without it the database answers with an error, not with an empty list.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

_open: ContextVar[int | None] = ContextVar("milepost_scope", default=None)


class ScopeError(RuntimeError):
    """A second scope was asked for inside one transaction, or none is open."""


@contextmanager
def scoped(business_id: int, *, writing: bool) -> Iterator[None]:
    """
    Open one durable transaction that sees one business.

    A reading scope is read-only in the database too. A second scope inside it is refused:
    an action never calls an action, and a question never asks inside an action.
    """
    if _open.get() is not None:
        raise ScopeError("a transaction has one scope; finish it before you open another")
    with transaction.atomic(durable=True):
        token = _open.set(int(business_id))
        try:
            _set_scope(int(business_id), writing=writing)
            yield
        finally:
            _open.reset(token)


def current_business_id() -> int:
    """The business of the open scope."""
    business_id = _open.get()
    if business_id is None:
        raise ScopeError("no business is in scope; open one with scoped()")
    return business_id


def _set_scope(business_id: int, *, writing: bool) -> None:
    with connection.cursor() as cursor:
        if writing:
            cursor.execute("SELECT set_config('milepost.business', %s, true)", [str(business_id)])
        else:
            cursor.execute(
                "SELECT set_config('milepost.business', %s, true), set_config('transaction_read_only', 'on', true)",
                [str(business_id)],
            )
