"""Start a business, let people in, change how it works."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.finding import find
from milepost.actions.steps.journal import CHART
from milepost.actions.steps.numbering import FIRST
from milepost.actions.steps.reach import email_address, phone_e164
from milepost.actions.steps.settings import NoSuchChoice, checked_settings
from milepost.core.countries import COUNTRIES, defaults_for
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import InputRefused, Refusal
from milepost.records.businesses import TAX_KINDS, Business, Series, TaxCode
from milepost.records.jobs import Job
from milepost.records.journal import Account
from milepost.records.people import ROLES, Membership, User
from milepost.records.scope import scoped


class EmailTaken(Refusal):
    code = "email_taken"
    message = gettext_noop("{email} already has an account. Sign in, or reset the password.")


class WeakPassword(Refusal):
    code = "weak_password"
    message = gettext_noop("{problem}")


class Missing(Refusal):
    """Something that is needed was left empty."""

    code = "missing"
    message = gettext_noop("Please fill this in.")


class CurrencyIsFixed(Refusal):
    """Amounts are written in it already."""

    code = "currency_is_fixed"
    message = gettext_noop("The currency stays {currency}: the first quote is written in it.")


class TaxIsOwedByCustomer(Refusal):
    """Under reverse charge the business charges nothing."""

    code = "tax_is_owed_by_customer"
    message = gettext_noop("Under reverse charge you charge no tax. Write 0 percent.")


class TaxExists(Refusal):
    code = "tax_exists"
    message = gettext_noop("There is a tax “{name}” with this rate already.")


@dataclass(frozen=True)
class Started:
    """A new business and its owner."""

    business_id: int
    user_id: int


def start_business(
    *,
    name: str,
    email: str,
    password: str,
    at: datetime,
    owner_name: str = "",
    country: str = "US",
    **settings: object,
) -> Started:
    """
    A person signs up with a business of their own: books, number series and defaults are made.

    Refuses Missing, BadEmail, EmailTaken and WeakPassword, each at its field.
    """
    if not name.strip():
        raise Missing(field="name")
    address = email_address(email)
    if not address:
        raise Missing(field="email")
    business_id = _next_business_id()
    with scoped(business_id, writing=True):
        user = new_user(address, password, owner_name)
        _open_books(business_id, name=name.strip(), email=address, country=country, settings=settings, at=at)
        Membership.objects.create(business_id=business_id, user_id=user.id, role="owner")
    return Started(business_id, user.id)


def new_user(email: str, password: str, name: str) -> User:
    """A new sign-in. Refuses EmailTaken, WeakPassword."""
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTaken(field="email", email=email)
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise WeakPassword(field="password", problem=" ".join(error.messages)) from None
    return User.objects.create_user(email, password, name=name.strip())


def _next_business_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('business', 'id'))")
        return int(cursor.fetchone()[0])


def _open_books(
    business_id: int, *, name: str, email: str, country: str, settings: dict[str, object], at: datetime
) -> None:
    defaults = defaults_for(country)
    values: dict[str, object] = {
        "country": country.upper(),
        "currency": defaults.currency,
        "timezone": defaults.timezone,
        "locale": defaults.locale,
        "holidays": defaults.holidays,
        "email": email,
    } | settings
    Business.objects.create(id=business_id, name=name, created_at=at, **values)
    Series.objects.bulk_create(
        [
            Series(business_id=business_id, kind=kind, prefix=prefix, next_number=first)
            for kind, (prefix, first) in FIRST.items()
        ]
    )
    Account.objects.bulk_create(
        [
            Account(business_id=business_id, code=code, number=number, name=label, side=side)
            for code, number, label, side in CHART
        ]
    )


@action("add_member")
def add_member(
    *, by: Actor, at: datetime, name: str, email: str, role: str, password: str, phone: str = ""
) -> int:
    """Give a new person a sign-in and a role. Returns the user's id; refuses as start_business does."""
    if role not in ROLES:
        raise InputRefused(field="role", problem=gettext("“{role}” is not a role.").format(role=role))
    user = new_user(email_address(email), password, name)
    country = Business.objects.values_list("country", flat=True).get()
    Membership.objects.create(
        business_id=by.business_id, user_id=user.id, role=role, phone=phone_e164(phone, country=country)
    )
    return user.id


CHANGEABLE = frozenset(
    {
        "name", "email", "phone", "address", "registration", "licence", "brand_color", "logo_sha256", "timezone", "locale",
        "holidays", "tax_at", "tax_per", "tax_rounding", "deposit_tax", "prices_include_tax", "recovery", "approval_days", "net_days", "late_fee_monthly",
        "grace_days", "pause_after_days", "technician_sends", "bank_from_cents", "small_difference_cents", "early_percent", "early_days", "transfer_details",
        "cheque_details", "is_practice", "parts_from_cents", "surcharge_percent", "returned_fee_cents",
        "change_days", "field_change_cents",
    }
)  # fmt: skip


@action("change_business")
def change_business(*, by: Actor, at: datetime, **changes: object) -> None:
    """
    Change settings. What is signed keeps the terms that it was signed with.

    Refuses, each at its field: what `checked_settings` refuses.
    """
    unknown = set(changes) - CHANGEABLE
    if unknown:
        raise InputRefused(field=sorted(unknown)[0], problem=gettext("This setting cannot be changed here."))
    country = Business.objects.values_list("country", flat=True).get()
    Business.objects.filter(id=by.business_id).update(**checked_settings(changes, country=country))


@action("change_business")
def change_country(*, by: Actor, at: datetime, country: str, currency: str = "") -> None:
    """
    Where the business is: its country's currency, time zone, locale and holidays become its own.

    `currency` is another one than the country's. Refuses NoSuchChoice at `country` or `currency`, and
    CurrencyIsFixed once anything is quoted.
    """
    business = Business.objects.select_for_update(no_key=True).get()
    known = {defaults.currency for defaults in COUNTRIES.values()}
    if country not in COUNTRIES:
        raise NoSuchChoice(field="country", text=country[:40])
    defaults = COUNTRIES[country]
    wanted = currency or defaults.currency
    if wanted not in known:
        raise NoSuchChoice(field="currency", text=wanted[:40])
    if wanted != business.currency and Job.objects.exists():
        raise CurrencyIsFixed(field="currency", currency=business.currency)
    Business.objects.filter(id=business.id).update(
        country=country,
        currency=wanted,
        timezone=defaults.timezone,
        locale=defaults.locale,
        holidays=defaults.holidays,
    )


@action("add_tax_code")
def retire_tax_code(*, by: Actor, at: datetime, tax_id: int) -> None:
    """No new line carries this tax any more; what is quoted or signed keeps it. Refuses NotFound."""
    tax = find(TaxCode.objects.all(), id=tax_id)
    tax.retired_at, tax.is_default = tax.retired_at or at, False
    tax.save(update_fields=["retired_at", "is_default"])


@action("add_tax_code")
def change_tax_code(
    *, by: Actor, at: datetime, tax_id: int, name: str, is_default: bool, note: str | None = None
) -> None:
    """
    Call a tax differently, give it other words, or put it on every new line; another rate is another
    tax. What is quoted or signed keeps the name and the words that it was written with. Refuses NotFound,
    Missing and TaxExists at `tax_name`.
    """
    tax = find(TaxCode.objects.filter(retired_at=None), id=tax_id)
    if not name.strip():
        raise Missing(field="tax_name")
    twins = TaxCode.objects.filter(name=name.strip(), percent=tax.percent).exclude(id=tax.id)
    if twins.exists():
        raise TaxExists(field="tax_name", name=name.strip())
    if is_default:
        TaxCode.objects.exclude(id=tax.id).update(is_default=False)
    tax.name, tax.is_default = name.strip()[:100], is_default
    tax.note = tax.note if note is None else note.strip()[:500]
    tax.save(update_fields=["name", "note", "is_default"])


@action("add_tax_code")
def add_tax_code(
    *,
    by: Actor,
    at: datetime,
    name: str,
    percent: Decimal,
    is_default: bool = False,
    kind: str = "rate",
    note: str = "",
) -> int:
    """
    A tax by name and rate, in percent. The same name and rate again is the same tax, no longer retired.

    `kind` "reverse_charge": the customer owes the tax, so its rate is 0, and documents say so in the words
    of `note`, or in ours. Refuses Missing, TaxIsOwedByCustomer at `percent`, TaxExists at `name` where a
    tax of the other kind has this name and rate.
    """
    if not name.strip():
        raise Missing(field="name")
    if not Decimal(-100) <= percent <= Decimal(100):
        raise InputRefused(field="percent", problem=gettext("A tax rate lies between -100 and 100 percent."))
    if kind not in TAX_KINDS:
        raise NoSuchChoice(field="kind", text=kind[:40])
    if kind == "reverse_charge" and percent:
        raise TaxIsOwedByCustomer(field="percent")
    if is_default:
        TaxCode.objects.update(is_default=False)
    code, _ = TaxCode.objects.get_or_create(
        business_id=by.business_id,
        name=name.strip(),
        percent=percent,
        defaults={"is_default": is_default, "kind": kind, "note": note.strip()[:500]},
    )
    if code.kind != kind:
        raise TaxExists(field="name", name=name.strip())
    if code.retired_at is not None or code.is_default != is_default:
        code.retired_at, code.is_default = None, is_default
        code.save(update_fields=["retired_at", "is_default"])
    return code.id
