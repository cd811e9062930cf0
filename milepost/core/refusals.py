"""Refusals: what Milepost will not do, said so that the reader knows what to do instead."""

from collections.abc import Callable
from typing import ClassVar

from milepost.core.msgids import gettext_noop


class Refusal(Exception):
    """
    A typed no. `message` is an English sentence with {named} values, and the msgid of its
    translation; `field` names the input that it is about, if any.

    >>> class NothingToSend(Refusal):
    ...     code = "nothing_to_send"
    ...     message = "{milestone} is not done yet. Mark it done first."
    >>> str(NothingToSend(milestone="Rough-in"))
    'Rough-in is not done yet. Mark it done first.'
    """

    code: ClassVar[str] = "refused"
    message: ClassVar[str] = gettext_noop("That is not possible.")

    def __init__(self, *, field: str | None = None, **values: object) -> None:
        self.field = field
        self.values = values
        super().__init__(self.text())

    def text(
        self,
        translate: Callable[[str], str] = str,
        show: Callable[[object], object] = str,
    ) -> str:
        """The sentence in the reader's language; `show` writes each value in the reader's locale."""
        return translate(self.message).format(**{name: show(value) for name, value in self.values.items()})


class InputRefused(Refusal):
    """A value that was typed or sent cannot be used as it is."""

    code = "input"
    message = "{problem}"
