"""What the bank says: a statement is brought in, its lines are matched."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from milepost.actions import bank_lines
from milepost.core.bank_statements import FIELDS, ColumnsUnclear, TooLarge, read_statement
from milepost.core.refusals import InputRefused, Refusal
from milepost.queries.bank_lines import bank_page
from milepost.web.session import door
from milepost.web.tables import text_of
from milepost.web.typed import clean

MOST_BYTES = 2 * 1024 * 1024
LABELS = {
    "date": _l("Day"),
    "amount": _l("Amount"),
    "name": _l("Who paid"),
    "memo": _l("What for"),
    "reference": _l("Reference"),
}
# What is said when a line was answered.
MATCHED = {
    "invoice": _l("The payment is recorded, and the receipt is on its way."),
    "customer": _l("The payment is recorded, and the receipt is on its way."),
    "payment": _l("The line belongs to the payment that you had recorded."),
    "payout": _l("The payout has arrived."),
    "open": _l("The line waits here again."),
    "aside": _l("The line is put aside. It stands under “Answered lately”."),
}


@require_http_methods(["GET", "POST"])
@door("office", acts="record_payment")
def page(request: HttpRequest) -> HttpResponse:
    """The lines that wait; a file brings in more."""
    if request.method != "POST":
        return _page(request)
    text = ""
    try:
        text = _text(request)
        lines, columns = read_statement(text, request.currency, mapping=_columns(request))
        new = bank_lines.bring_in(by=request.actor, at=request.at, lines=lines, columns=columns)
    except Refusal as refusal:
        return _page(request, refusal, text=text)
    if new:
        words = ngettext("%(new)d new line is here.", "%(new)d new lines are here.", new) % {"new": new}
        messages.success(request, words)
    else:
        messages.info(request, _("Every line of this file is here already. Nothing has changed."))
    return redirect("office:bank")


@require_POST
@door("office", only="record_payment")
def match(request: HttpRequest, line: int) -> HttpResponse:
    """This line is that: an invoice that it pays, a payment that is recorded, a payout, or none of ours."""
    try:
        _match(request, line, request.POST.get("as", ""))
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise Http404 from None
        return _page(request, refusal)
    kind = clean(request.POST.get("as", "")).partition("-")[0]
    messages.success(request, MATCHED.get(kind, MATCHED["aside"]))
    return redirect("office:bank")


@require_POST
@door("office", only="record_payment")
def match_sure(request: HttpRequest) -> HttpResponse:
    """Everything that is sure, each line for itself."""
    done = 0
    for line in bank_page(request.business_id).sure:
        try:
            _match(request, line.id, line.sure.value if line.sure else "")
        except Refusal as refusal:
            return _page(request, refusal)
        done += 1
    words = ngettext("%(done)d line is matched.", "%(done)d lines are matched.", done) % {"done": done}
    messages.success(request, words)
    return redirect("office:bank")


def _match(request: HttpRequest, line: int, chosen: str) -> None:
    kind, _sign, number = clean(chosen).partition("-")
    found = int(number) if number.isascii() and number.isdecimal() and len(number) < 18 else 0
    told = {"by": request.actor, "at": request.at, "line_id": line}  # type: ignore[attr-defined]
    if kind == "invoice":
        bank_lines.record_bank_line(**told, invoice_id=found)
    elif kind == "customer":
        bank_lines.record_bank_line_of(**told, customer_id=found)
    elif kind == "payment":
        bank_lines.match_payment(**told, payment_id=found)
    elif kind == "payout":
        bank_lines.match_payout(**told, payout_id=found)
    elif kind == "open":
        bank_lines.put_back(**told)
    else:
        bank_lines.put_aside(**told)


def _text(request: HttpRequest) -> str:
    """The file, or what of it came back with the question for its columns. Refuses TooLarge."""
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile):
        raw = file.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise TooLarge(most=MOST_BYTES // (1024 * 1024))
        return clean(text_of(raw))
    if "text" not in request.POST:
        raise InputRefused(field="file", problem=_("Choose the file first."))
    return clean(request.POST["text"])[:MOST_BYTES]


def _columns(request: HttpRequest) -> dict[str, str]:
    typed = {field: clean(request.POST.get(f"column-{field}", "")) for field in FIELDS}
    typed = {field: column for field, column in typed.items() if column}
    return typed or dict(bank_page(request.business_id).columns)  # type: ignore[attr-defined]


def _page(request: HttpRequest, refusal: Refusal | None = None, *, text: str = "") -> HttpResponse:
    headers = refusal.headers if isinstance(refusal, ColumnsUnclear) else []
    typed = {field: clean(request.POST.get(f"column-{field}", "")) for field in FIELDS}
    context = {
        "bank": bank_page(request.business_id),  # type: ignore[attr-defined]
        "refusal": refusal,
        "asks": bool(headers),
        "text": text if headers else "",
        "fields": [(field, LABELS[field], typed.get(field, "")) for field in FIELDS],
        "headers": [("", _("None")), *((name, name) for name in headers)],
    }
    return render(request, "office/bank.html", context, status=422 if refusal else 200)
