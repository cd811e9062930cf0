"""`milepost user`: who may sign in. Runs as the owner, because it works across businesses."""

import argparse
import getpass
import sys
from collections.abc import Callable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from milepost.records.models import Business, Membership, User

OWNER = "owner"  # the database alias


class UnknownPerson(Exception):
    """Nobody, or no business, by that name; or something is wrong with the password."""


def add(arguments: argparse.Namespace) -> list[str]:
    """A new person, or one more business for a known one."""
    business = _business(arguments.business)
    user = User.objects.using(OWNER).filter(email__iexact=arguments.email).first()
    if user is None:
        user = User.objects.db_manager(OWNER).create_user(
            arguments.email, _password(arguments), name=arguments.name
        )
    if arguments.role not in dict(Membership._meta.get_field("role").choices or []):
        raise UnknownPerson(f"There is no role {arguments.role!r}.")
    Membership.objects.using(OWNER).update_or_create(
        business=business, user=user, defaults={"role": arguments.role, "disabled_at": None}
    )
    return [f"{user.email} is {arguments.role} of {business.name}."]


def password(arguments: argparse.Namespace) -> list[str]:
    """A new password; whoever is signed in as this person is signed out by it."""
    user = _user(arguments.email)
    user.set_password(_password(arguments))
    user.save(using=OWNER, update_fields=["password"])
    return [f"{user.email} has a new password."]


def disable(arguments: argparse.Namespace) -> list[str]:
    """No more signing in; open sessions end with the next click."""
    user = _user(arguments.email)
    user.is_active = False
    user.save(using=OWNER, update_fields=["is_active"])
    return [f"{user.email} can't sign in any more."]


def everybody(_arguments: argparse.Namespace) -> list[str]:
    """One line for each person and business."""
    lines = []
    for user in User.objects.using(OWNER).order_by("email").prefetch_related("memberships__business"):
        state = "" if user.is_active else "  (disabled)"
        places = [f"{m.role} of {m.business.name}" for m in user.memberships.all()] or ["no business yet"]
        lines += [f"{user.email}  {place}{state}" for place in places]
    return lines or ["Nobody has signed up yet."]


COMMANDS: dict[str, Callable[[argparse.Namespace], list[str]]] = {
    "add": add,
    "password": password,
    "disable": disable,
    "list": everybody,
}


def _user(email: str) -> User:
    user = User.objects.using(OWNER).filter(email__iexact=email).first()
    if user is None:
        raise UnknownPerson(f"Nobody signs in as {email}. `milepost user list` shows everybody.")
    return user


def _business(wanted: str | None) -> Business:
    found = Business.objects.using(OWNER).order_by("id")
    if wanted:
        found = found.filter(id=int(wanted)) if wanted.isdecimal() else found.filter(name__iexact=wanted)
    businesses = list(found[:2])
    if len(businesses) == 1:
        return businesses[0]
    if not businesses:
        raise UnknownPerson("There is no such business. Sign up on the first page to make one.")
    raise UnknownPerson("There is more than one business. Say which with --business NAME or its number.")


def _password(arguments: argparse.Namespace) -> str:
    if arguments.password_stdin:
        typed = sys.stdin.readline().rstrip("\n")
    else:
        typed = getpass.getpass("Password: ")
        if typed != getpass.getpass("The same again: "):
            raise UnknownPerson("The two passwords differ. Nothing was changed.")
    try:
        validate_password(typed)
    except ValidationError as problem:
        raise UnknownPerson(" ".join(problem.messages)) from problem
    return typed
