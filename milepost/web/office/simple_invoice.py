"""An invoice without a quote, for small work: what, how much, to whom; sent at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from milepost.actions.invoices import bill_simple
from milepost.core.refusals import Refusal
from milepost.web.office.customer_choice import chosen_customer, customer_context, known_to
from milepost.web.office.quote_fields import QuoteFields, posted
from milepost.web.office.quote_reading import lines_of
from milepost.web.office.quote_shown import filled, shown, tax_ids
from milepost.web.session import door


@require_http_methods(["GET", "POST"])
@door("office", only="bill_simple")
def new(request: HttpRequest) -> HttpResponse:
    """The form; "Send invoice" makes the job, the invoice and its messages in one."""
    known = known_to(request)
    refusal: Refusal | None = None
    fields = QuoteFields(lines=(), inclusive=known.business.prices_include_tax)
    if request.method == "POST":
        fields = posted(request.POST)
        try:
            made = bill_simple(
                by=request.actor,
                at=request.at,
                customer_id=chosen_customer(request, known),
                lines=lines_of(fields, taxes=tax_ids(known)),
                prices_include_tax=fields.inclusive,
                form_key=request.POST.get("form_key", ""),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The invoice is sent."))
            return redirect("office:job", job=made.job_id)
    context = shown(request, known, filled(fields, known)) | customer_context(request, known)
    context |= {"refusal": refusal, "simple": True}
    return render(request, "office/new_invoice.html", context, status=422 if refusal else 200)


@require_POST
@door("office", only="bill_simple")
def totals(request: HttpRequest) -> HttpResponse:
    """What the lines come to now, for the page to put in place; nothing is saved."""
    known = known_to(request)
    context = shown(request, known, posted(request.POST))
    return render(request, "office/_invoice_totals.html", context)
