"""The door of every action: the right, then one durable transaction in one business's scope."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from milepost.actions.actor import Actor
from milepost.actions.rights import RIGHTS, check_right
from milepost.records.scope import scoped

TRIES = 5


class BeginAgain(Exception):
    """What was to be locked had changed when the lock was held: the action is run anew, from its start."""


P = ParamSpec("P")
R = TypeVar("R")


def action(right: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """
    Make a function an action: keyword-only, `by` and `at` among its arguments, refused without
    the right, committed whole or not at all. After BeginAgain nothing of it stands, and it runs anew.
    """
    if right not in RIGHTS:
        raise LookupError(f"{right} stands in no line of the table of rights")

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            by = cast(Actor, kwargs["by"])
            check_right(by, right)
            for left in reversed(range(TRIES)):
                try:
                    with scoped(by.business_id, writing=True):
                        return function(*args, **kwargs)
                except BeginAgain:
                    if not left:
                        raise
            raise AssertionError("the last try returns or raises")

        return run

    return decorate
