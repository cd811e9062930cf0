"""Other taxes on a job from now on: choose, see every amount before and after, then do it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milepost.actions.tax_changes import change_taxes
from milepost.core.refusals import Refusal
from milepost.queries.door import NotThere
from milepost.queries.tax_changes import TaxInUse, tax_change_page
from milepost.web.session import door
from milepost.web.show import percent
from milepost.web.typed import check_seen, checked_text, choice

NONE = "none"


@require_http_methods(["GET", "POST"])
@door("office", only="change_taxes")
def change(request: HttpRequest, job: int) -> HttpResponse:
    """A select for each tax of the job; the second button changes them."""
    typed = request.POST if request.method == "POST" else request.GET
    refusal: Refusal | None = None
    try:
        page = tax_change_page(request.business_id, job)
    except NotThere:
        raise Http404 from None
    known = [(str(tax.code), _words(tax)) for tax in page.choices] + [(NONE, _("No tax: exempt"))]
    try:
        taxes: dict[int, int | None] = {}
        for tax in page.in_use:
            wanted = typed.get(f"tax-{tax.code}", "")
            if wanted:
                own = (str(tax.code), _words(tax))
                chosen = choice(wanted, dict([*known, own]), field=f"tax-{tax.code}")
                taxes[tax.code] = None if chosen == NONE else int(chosen)
        reason = checked_text(typed.get("reason", ""), field="reason", most=300)
        if taxes or request.method == "POST":
            page = tax_change_page(request.business_id, job, taxes=taxes or None)
        if request.method == "POST":
            check_seen(typed)
            change_taxes(by=request.actor, at=request.at, job_id=job, taxes=taxes, reason=reason)
            messages.success(request, _("The taxes are changed, and the customer is told."))
            return redirect("office:job", job=job)
    except Refusal as refused:
        refusal = refused
    rows = [(tax, _words(tax), [pair for pair in known if pair[0] != str(tax.code)]) for tax in page.in_use]
    context = {
        "page": page,
        "rows": [
            (f"tax-{tax.code}", words, [(str(tax.code), _("stays")), *others],
             typed.get(f"tax-{tax.code}", str(tax.code)))
            for tax, words, others in rows
        ],
        "difference": page.difference,
        "typed": typed,
        "refusal": refusal,
    }  # fmt: skip
    return render(request, "office/tax_change.html", context, status=422 if refusal else 200)


def _words(tax: TaxInUse) -> str:
    return f"{tax.name} {percent(tax.percent)}"
