"""The customer's page. Fetching it changes nothing; each button is one action."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from milepost.actions.actor import Actor
from milepost.actions.quotes import decline_quote, note_viewed
from milepost.actions.signing import sign_quote
from milepost.actions.work import accept_milestone
from milepost.core.money import Money
from milepost.core.refusals import Refusal
from milepost.mailroom import checkout, documents, payment_accounts
from milepost.mailroom.logos import logo_png
from milepost.mailroom.offers import offer_pdf
from milepost.mailroom.reprint import paid_sheet, payment_sheet
from milepost.queries.approvers import signers_of
from milepost.queries.attempts import asked_of, attempt_facts
from milepost.queries.door import NotThere
from milepost.queries.explained import explained_document
from milepost.queries.job_explained import explained_job
from milepost.queries.job_page import job_page
from milepost.queries.offer_page import offer_page
from milepost.queries.open_items import open_elsewhere
from milepost.queries.portal_link import Guest, guest_of
from milepost.queries.timeline import timeline_record
from milepost.web.files import sent
from milepost.web.portal import paying
from milepost.web.show import reader_tag
from milepost.web.telling import sentence
from milepost.web.typed import checked_text

PAYERS = frozenset({"page", "pay", "paid", "logo", "document"})
"""What somebody may open to whom a link was passed on to pay: nothing can be signed or accepted there."""


def guest_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """
    Resolve the link; what is not there answers like what is another's. The customer reads in their own
    language, else the business's. Who only pays finds nothing else.
    """

    @wraps(view)
    def guarded(request: HttpRequest, token: str, **kwargs: object) -> HttpResponse:
        try:
            guest = guest_of(token)
            if guest.only_pays and view.__name__ not in PAYERS:
                raise Http404
            with timezone.override(guest.timezone), translation.override(guest.language.lower() or "en"):
                response = view(request, guest, **kwargs)
        except NotThere:
            raise Http404 from None
        response.setdefault("Cache-Control", "no-store")
        return response

    return guarded


def actor(guest: Guest) -> Actor:
    """Whoever holds the link; who only pays is nobody that we know by name."""
    name = gettext("Somebody with the payment link") if guest.only_pays else guest.name
    return Actor(guest.business_id, "customer", name, contact_id=guest.contact_id)


@require_GET
@guest_view
def page(request: HttpRequest, guest: Guest) -> HttpResponse:
    return _page(request, guest)


def _page(request: HttpRequest, guest: Guest, refusal: Refusal | None = None) -> HttpResponse:
    at = timezone.now()
    job = job_page(guest.business_id, guest.job_id, at=at)
    context = {"guest": guest, "job": job, "business_name": guest.business_name, "refusal": refusal}
    status = 422 if refusal else 200
    if guest.only_pays:
        return render(
            request,
            "portal/pay.html",
            context | {"form": paying.pay_form(request, guest, job)},
            status=status,
        )
    if job.signed_on is None and job.origin == "quote":
        offer = offer_page(guest.business_id, guest.job_id, sent_only=True, chosen=_ticked(request))
        ways = payment_accounts.ways(guest.business_id)
        signers = dict(signers_of(guest.business_id, guest.job_id))
        context |= {
            "offer": offer,
            "may_sign": guest.contact_id in signers,
            "signers": ", ".join(signers.values()),
            "methods": paying.methods_for(guest, offer.deposit, ways),
            "typed_reason": request.POST.get("reason", ""),
            "typed_name": request.POST.get("name", "") or (guest.called if guest.approves else ""),
            "method": paying.chosen_way(request, guest, offer.deposit, ways),
        }
        return render(request, "portal/offer.html", context, status=status)
    context |= {
        "may_accept": [stop.id for stop in job.stops if guest.contact_id in dict(stop.approvers)],
        "form": paying.pay_form(request, guest, job),
        "elsewhere": open_elsewhere(guest.business_id, guest.job_id) if guest.pays else None,
        "told": [(e, sentence(e, job.currency)) for e in reversed(job.history) if e.for_customer],
        "pay_link": request.build_absolute_uri(reverse("portal:page", args=[guest.pay_token])),
    }
    return render(request, "portal/job.html", context, status=status)


@require_POST
@guest_view
def sign(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Sign the version that was shown; and go on to pay its deposit, when that was pressed."""
    version, total = request.POST.get("version", ""), request.POST.get("total_cents", "")
    try:
        signed = sign_quote(
            by=actor(guest),
            at=timezone.now(),
            job_id=guest.job_id,
            version=int(version) if version.isdecimal() and len(version) < 6 else 0,
            name=checked_text(request.POST.get("name", ""), field="name", most=200),
            how="in_person" if request.user.is_authenticated else "link",
            address=request.META.get("REMOTE_ADDR", ""),
            device=request.headers.get("User-Agent", ""),
            chosen=_ticked(request),
            total_cents=int(total) if total.isdecimal() and len(total) < 18 else None,
        )
    except Refusal as refusal:
        return _page(request, guest, refusal)
    if request.POST.get("then") == "pay" and signed.deposit_invoice_id:
        return _to_gateway(request, guest)
    return redirect("portal:page", token=guest.token)


def _ticked(request: HttpRequest) -> list[int]:
    """The positions of the optional lines that are ticked."""
    data = request.POST if request.method == "POST" else request.GET
    return [int(text) for text in data.getlist("option") if text.isdecimal() and len(text) < 6]


@require_POST
@guest_view
def viewed(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The page says that a person is looking at it; a mere fetch of the link does not."""
    with suppress(Refusal):
        note_viewed(by=actor(guest), at=timezone.now(), job_id=guest.job_id)
    return HttpResponse(status=204)


@require_POST
@guest_view
def decline(request: HttpRequest, guest: Guest) -> HttpResponse:
    try:
        reason = checked_text(request.POST.get("reason", ""), field="reason", most=2000)
        decline_quote(by=actor(guest), at=timezone.now(), job_id=guest.job_id, reason=reason)
    except Refusal as refusal:
        return _page(request, guest, refusal)
    return redirect("portal:page", token=guest.token)


@require_POST
@guest_view
def pay(request: HttpRequest, guest: Guest) -> HttpResponse:
    return _to_gateway(request, guest)


def _to_gateway(request: HttpRequest, guest: Guest) -> HttpResponse:
    try:
        url = paying.begin(request, guest, actor(guest), at=timezone.now())
    except Refusal as refusal:
        return _page(request, guest, refusal)
    return redirect(url)


@require_GET
@guest_view
def paid(request: HttpRequest, guest: Guest, attempt: int) -> HttpResponse:
    """Back from the pay page: ask the provider, and say what it said."""
    begun = attempt_facts(guest.business_id, attempt)
    if begun.job_id != guest.job_id:
        raise Http404
    try:
        state = checkout.settle(guest.business_id, attempt, at=timezone.now())
    except NotThere:
        raise
    except Refusal:
        state = "processing"
    job = job_page(guest.business_id, guest.job_id, at=timezone.now())
    context = {
        "guest": guest,
        "job": job,
        "business_name": guest.business_name,
        "state": state,
        "amount": Money(begun.amount_cents, begun.currency),
        "covered": asked_of(guest.business_id, attempt),
    }
    return render(request, "portal/paid.html", context)


@require_POST
@guest_view
def accept(request: HttpRequest, guest: Guest, row: int) -> HttpResponse:
    try:
        accept_milestone(by=actor(guest), at=timezone.now(), job_id=guest.job_id, row_id=row)
    except Refusal as refusal:
        return _page(request, guest, refusal)
    return redirect("portal:page", token=guest.token)


@require_GET
@guest_view
def logo(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The business's logo, for its letters and this page."""
    png = logo_png(guest.logo_sha256)
    if png is None:
        raise Http404
    return sent(png, mime="image/png", name="logo.png", inline=True)


@require_GET
@guest_view
def offer(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The quote that was sent, on paper."""
    pdf = offer_pdf(guest.business_id, guest.job_id, at=timezone.now(), sent_only=True)
    return sent(pdf.data, mime="application/pdf", name=pdf.name)


@require_GET
@guest_view
def document(request: HttpRequest, guest: Guest, document: int) -> HttpResponse:
    if guest.only_pays and document not in _open_documents(guest):
        raise Http404
    pdf = documents.ensure_pdf(guest.business_id, document, at=timezone.now(), job_id=guest.job_id)
    return sent(pdf.data, mime="application/pdf", name=pdf.name)


def _open_documents(guest: Guest) -> set[int]:
    """The invoices that are to be paid: who only pays may read those."""
    job = job_page(guest.business_id, guest.job_id, at=timezone.now())
    return {stop.invoice.document_id for stop in job.open_invoices if stop.invoice}


@require_GET
@guest_view
def explained_amounts(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Why every amount of the job is what it is today, in the customer's language."""
    found = explained_job(guest.business_id, guest.job_id, locale=reader_tag())
    back = reverse("portal:page", args=[guest.token])
    shown = {"found": found, "back": back, "guest": guest, "layout": "base_portal.html"}
    return render(request, "offer/explained_job.html", shown)


@require_GET
@guest_view
def explained(request: HttpRequest, guest: Guest, document: int) -> HttpResponse:
    """Why every amount of an invoice is what it is."""
    found = explained_document(guest.business_id, document, job_id=guest.job_id)
    back = reverse("portal:page", args=[guest.token])
    shown = {"found": found, "back": back, "guest": guest, "layout": "base_portal.html"}
    return render(request, "offer/explained.html", shown)


@require_GET
@guest_view
def sheet(request: HttpRequest, guest: Guest, invoice: int) -> HttpResponse:
    """How an invoice stands today: what was paid since, the balance, what comes next."""
    pdf = paid_sheet(guest.business_id, invoice, at=timezone.now(), job_id=guest.job_id)
    return sent(pdf.data, mime="application/pdf", name=pdf.name)


@require_GET
@guest_view
def payment_sheet_pdf(request: HttpRequest, guest: Guest, payment: int) -> HttpResponse:
    """How a payment stands today, whatever its receipt said on its day."""
    pdf = payment_sheet(guest.business_id, payment, at=timezone.now(), job_id=guest.job_id)
    return sent(pdf.data, mime="application/pdf", name=pdf.name)


@require_GET
@guest_view
def file(request: HttpRequest, guest: Guest, file: int) -> HttpResponse:
    found = documents.fetch_file(guest.business_id, file, job_id=guest.job_id)
    return sent(found.data, mime=found.mime, name=found.name, inline=found.inline)


@require_GET
@guest_view
def history(request: HttpRequest, guest: Guest) -> HttpResponse:
    """What happened, as a record that anybody can check; of what is not the customer's, the hashes alone."""
    name, text = timeline_record(guest.business_id, guest.job_id, at=timezone.now(), for_customer=True)
    return sent(text.encode(), mime="application/json", name=name)
