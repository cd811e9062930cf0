"""The door of every question: one read-only transaction in one business's scope."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.records.scope import scoped

P = ParamSpec("P")
R = TypeVar("R")


class NotThere(Refusal):
    """What is not there, and what belongs to another business, look the same."""

    code = "not_found"
    message = gettext_noop("This page does not exist, or it is not yours to see.")


def question(function: Callable[P, R]) -> Callable[Concatenate[int, P], R]:
    """Make a function a question: its first argument is the business, whose rows alone it sees."""

    @wraps(function)
    def ask(business_id: int, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with scoped(business_id, writing=False):
            return function(*args, **kwargs)

    return ask
