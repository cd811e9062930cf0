"""Marks a text for translation where no framework may be imported."""


def gettext_noop(message: str) -> str:
    """
    The text itself. The name is what the message extractor looks for; whoever shows
    the text translates it.

    >>> gettext_noop("Payment terms")
    'Payment terms'
    """
    return message
