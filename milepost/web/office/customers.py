"""Customers: the list, a customer's page, their people and places, and duplicates."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.actions.customers import (
    ContactInput,
    CustomerInput,
    add_customer,
    archive_customer,
    change_customer,
    remove_contact,
    save_contact,
    save_site,
)
from milepost.actions.merging import merge_customers, part_customers
from milepost.core.refusals import Refusal
from milepost.queries import job_lists, lists, money_lists
from milepost.queries.customer_card import CustomerCard, customer_card
from milepost.queries.door import NotThere
from milepost.queries.paging import Page
from milepost.web.office.listing import listing_of
from milepost.web.office.settings_words import CUSTOMERS_LOCALES
from milepost.web.session import door
from milepost.web.typed import checked_text, choice, day

KINDS = (("person", gettext_lazy("Person")), ("company", gettext_lazy("Company")))
LANGUAGES = (("", gettext_lazy("The business’s own")), *CUSTOMERS_LOCALES)
HISTORY = (
    ("jobs", gettext_lazy("Jobs and quotes")),
    ("invoices", gettext_lazy("Invoices")),
    ("payments", gettext_lazy("Payments")),
    ("messages", gettext_lazy("Messages")),
)


@require_GET
@door("office")
def index(request: HttpRequest) -> HttpResponse:
    """Those in use, or those that were archived."""
    archived = "archived" in request.GET
    sorts = (("newest", _("Newest")), ("name", _("Name")))
    listing = listing_of(request, lists.CUSTOMER_SORTINGS, sorts=sorts)
    page = lists.customers(request.business_id, sort=listing.sort, before=listing.before, archived=archived)
    context = {"page": page, "archived": archived, "listing": listing}
    return render(request, "office/customers.html", context)


@require_http_methods(["GET", "POST"])
@door("office", only="add_customer")
def new(request: HttpRequest) -> HttpResponse:
    """A customer with the first of their people; everything else is on their page."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            made = add_customer(
                by=request.actor,
                at=request.at,
                name=_text(request, "name", 200),
                contacts=[_person(request)],
                address=_text(request, "address", 1000),
                site=_text(request, "site", 1000),
            )
        except Refusal as refused:
            refusal = refused
        else:
            return redirect("office:customer", customer=made)
    context = {"refusal": refusal, "typed": request.POST}
    return render(request, "office/customer_new.html", context, status=422 if refusal else 200)


@require_GET
@door("office")
def page(request: HttpRequest, customer: int) -> HttpResponse:
    """Everything about a customer, with one part of their history."""
    return _page(request, customer)


def _page(
    request: HttpRequest, customer: int, refusal: Refusal | None = None, opened: str = ""
) -> HttpResponse:
    card = _card(request, customer)
    shown = request.GET.get("show", "jobs")
    context = {
        "card": card,
        "history": HISTORY,
        "shown": shown if shown in dict(HISTORY) else "jobs",
        "page": _history(request, card, shown),
        "kinds": KINDS,
        "languages": LANGUAGES,
        "others": [("", _("Choose…")), *((str(id), name) for id, name in card.namesakes)],
        "refusal": refusal,
        "opened": opened,
        "typed": request.POST if refusal else None,
    }
    return render(request, "office/customer.html", context, status=422 if refusal else 200)


def _card(request: HttpRequest, customer: int) -> CustomerCard:
    try:
        return customer_card(request.business_id, customer)
    except NotThere:
        raise Http404 from None


def _history(request: HttpRequest, card: CustomerCard, shown: str) -> Page:
    before = request.GET.get("before", "")
    if shown == "invoices":
        today = timezone.localdate()
        return money_lists.invoices(request.business_id, today=today, before=before, of=card.all_ids)
    if shown == "payments":
        return money_lists.payments(request.business_id, before=before, of=card.all_ids)
    if shown == "messages":
        return lists.messages(request.business_id, before=before, of=card.all_ids)
    return job_lists.jobs(request.business_id, quotes=None, before=before, of=card.all_ids)


def _do(
    request: HttpRequest, customer: int, opened: str, said: str, deed: Callable[[], object]
) -> HttpResponse:
    """One action, then the page again: with what it did, or with its refusal where it was typed."""
    _card(request, customer)
    try:
        deed()
    except Refusal as refusal:
        return _page(request, customer, refusal, opened)
    messages.success(request, said)
    return redirect("office:customer", customer=customer)


@require_POST
@door("office", only="change_customer")
def change(request: HttpRequest, customer: int) -> HttpResponse:
    def deed() -> None:
        card = CustomerInput(
            name=_text(request, "name", 200),
            kind=choice(request.POST.get("kind", ""), dict(KINDS), field="kind"),
            address=_text(request, "address", 1000),
            language=choice(request.POST.get("language", ""), dict(LANGUAGES), field="language"),
            notes=_text(request, "notes", 5000),
            tax_exempt="tax_exempt" in request.POST,
            exemption_number=_text(request, "exemption_number", 100),
            exemption_reason=_text(request, "exemption_reason", 200),
            exempted_on=_day(request, "exempted_on"),
            registration=_text(request, "registration", 100),
        )
        change_customer(by=request.actor, at=request.at, customer_id=customer, card=card)

    return _do(request, customer, "card", _("Saved."), deed)


@require_POST
@door("office", only="change_customer")
def contact(request: HttpRequest, customer: int, contact: int | None = None) -> HttpResponse:
    """Add a person, or change one."""

    def deed() -> None:
        save_contact(
            by=request.actor,
            at=request.at,
            customer_id=customer,
            person=_person(request),
            contact_id=contact,
        )

    return _do(request, customer, f"contact-{contact or 'new'}", _("Saved."), deed)


@require_POST
@door("office", only="change_customer")
def removal(request: HttpRequest, customer: int, contact: int) -> HttpResponse:
    def deed() -> None:
        remove_contact(by=request.actor, at=request.at, customer_id=customer, contact_id=contact)

    said = _("Removed: no message reaches them, and their links no longer open.")
    return _do(request, customer, f"contact-{contact}", said, deed)


@require_POST
@door("office", only="change_customer")
def site(request: HttpRequest, customer: int, site: int | None = None) -> HttpResponse:
    """Add a place of work, or correct one."""

    def deed() -> None:
        address = _text(request, "address", 1000)
        save_site(by=request.actor, at=request.at, customer_id=customer, address=address, site_id=site)

    return _do(request, customer, f"site-{site or 'new'}", _("Saved."), deed)


@require_POST
@door("office", only="change_customer")
def archive(request: HttpRequest, customer: int) -> HttpResponse:
    archived = request.POST.get("archived") == "yes"

    def deed() -> None:
        archive_customer(by=request.actor, at=request.at, customer_id=customer, archived=archived)

    said = _("Archived. Their jobs go on as they are.") if archived else _("Back in the list.")
    return _do(request, customer, "", said, deed)


@require_POST
@door("office", only="merge_customers")
def merge(request: HttpRequest, customer: int) -> HttpResponse:
    """This customer is a duplicate of another, whose page then shows both histories."""
    card, chosen = _card(request, customer), request.POST.get("into", "")
    try:
        into = int(choice(chosen, [str(id) for id, _name in card.namesakes], field="into"))
        merge_customers(by=request.actor, at=request.at, duplicate_id=customer, into_id=into)
    except Refusal as refusal:
        return _page(request, customer, refusal, "merge")
    messages.success(request, _("Merged. Nothing that was issued or paid has moved."))
    return redirect("office:customer", customer=into)


@require_POST
@door("office", only="merge_customers")
def part(request: HttpRequest, customer: int) -> HttpResponse:
    def deed() -> None:
        part_customers(by=request.actor, at=request.at, duplicate_id=customer)

    return _do(request, customer, "", _("They are two customers again, each with their own history."), deed)


def _person(request: HttpRequest) -> ContactInput:
    return ContactInput(
        name=_text(request, "person", 200),
        email=_text(request, "email", 254),
        phone=_text(request, "phone", 40),
        approves="approves" in request.POST,
        pays="pays" in request.POST,
        copies="copies" in request.POST,
    )


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.POST.get(name, "").strip()
    return day(text, field=name) if text else None


def _text(request: HttpRequest, name: str, most: int) -> str:
    return checked_text(request.POST.get(name, ""), field=name, most=most)
