"""The office's rail: its doors, in the order in which a day uses them."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# (url name, words, icon, words for the phone's bar or nothing when it waits behind "More")
DOORS = (
    ("office:needs", _("Needs you"), "bell", _("Needs you")),
    ("office:jobs", _("Jobs"), "job", _("Jobs")),
    ("office:quotes", _("Quotes"), "quote", _("Quotes")),
    ("office:customers", _("Customers"), "people", ""),
    ("office:invoices", _("Invoices"), "file", _("Money")),
    ("office:payments", _("Payments"), "money", ""),
    ("office:books", _("Books"), "quote", ""),
    ("office:messages", _("Messages"), "message", ""),
    ("office:settings", _("Settings"), "settings", ""),
)
MONEY = {"office:invoices", "office:payments", "office:books", "office:messages"}


@dataclass(frozen=True)
class Entry:
    """One door: where it leads, what it says, whether the reader stands in it."""

    href: str
    label: str | Promise
    icon: str
    short: str | Promise
    is_money: bool
    is_here: bool
    waiting: int | None
    waits: bool


def entries(*, path: str, waiting: int | None) -> list[Entry]:
    """The doors that this installation has; the longest address that begins `path` is open."""
    doors = [(name, _address(name), *words) for name, *words in DOORS]
    there = [door for door in doors if door[1]]
    here = max((href for _name, href, *_rest in there if _leads_to(href, path)), key=len, default="")
    return [
        Entry(
            href,
            label,
            icon,
            short,
            name in MONEY,
            href == here,
            waiting if icon == "bell" else None,
            icon == "bell",
        )
        for name, href, label, icon, short in there
    ]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _leads_to(href: str, path: str) -> bool:
    return path == href or (href.rstrip("/") != "" and path.startswith(href.rstrip("/") + "/"))
