"""The books: trial balance, accounts, journal; on the screen and as a table to take along."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from milepost.actions.books import change_account
from milepost.core.money import Money, plain
from milepost.core.refusals import InputRefused, Refusal
from milepost.queries import books
from milepost.queries.door import NotThere
from milepost.web.office.lists import older_than
from milepost.web.session import door
from milepost.web.tables import csv_answer
from milepost.web.telling import entry_words
from milepost.web.typed import checked_text, day

MOST_ROWS = 100_000


@require_GET
@door("office")
def trial(request: HttpRequest) -> HttpResponse:
    """Every account with its balance, as of a day."""
    on, wrong = _day(request, "on")
    found = books.trial_balance(request.business_id, on=on)
    if request.GET.get("format") == "csv":
        rows = [(row.number, row.name, _plain(row.debit), _plain(row.credit)) for row in found.rows]
        return csv_answer(_("Trial balance"), (_("Number"), _("Account"), _("Debit"), _("Credit")), rows)
    return render(request, "office/books.html", {"books": found, "on": on, "refusal": wrong})


@require_http_methods(["GET", "POST"])
@door("office", acts="change_account")
def account(request: HttpRequest, code: str) -> HttpResponse:
    """One account with its running balance; its number and name can be the business's own."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            change_account(
                by=request.actor,
                at=request.at,
                code=code,
                number=checked_text(request.POST.get("number", ""), field="number", most=20),
                name=checked_text(request.POST.get("name", ""), field="name", most=100),
            )
        except Refusal as refused:
            if refused.code == "not_found":
                raise Http404 from None
            refusal = refused
        else:
            messages.success(request, _("Saved."))
            return redirect("office:account", code=code)
    on, wrong = _day(request, "on")
    as_csv = request.GET.get("format") == "csv"
    try:
        found = books.account_page(
            request.business_id,
            code,
            on=on,
            before=older_than(request),
            **({"most": MOST_ROWS} if as_csv else {}),
        )
    except NotThere:
        raise Http404 from None
    if as_csv:
        return _account_csv(found)
    context = {
        "account": found,
        "lines": [(line, entry_words(line.kind)) for line in found.page.rows],
        "page": found.page,
        "on": on,
        "refusal": refusal or wrong,
        "typed": request.POST,
    }
    return render(request, "office/account.html", context, status=422 if refusal else 200)


@require_GET
@door("office")
def journal(request: HttpRequest) -> HttpResponse:
    """Every transfer between two days."""
    since, wrong = _day(request, "since")
    until, also_wrong = _day(request, "until")
    as_csv = request.GET.get("format") == "csv"
    page = books.journal_page(
        request.business_id, since=since, until=until, before=older_than(request),
        **({"most": MOST_ROWS} if as_csv else {}),
    )  # fmt: skip
    rows = [(row, entry_words(row.kind)) for row in page.rows]
    if as_csv:
        head = (
            _("Day"),
            _("Entry"),
            _("What"),
            _("Document"),
            _("Job"),
            _("Debit"),
            _("Credit"),
            _("Amount"),
        )
        table = [
            (
                row.on.isoformat(),
                row.entry_id,
                words,
                row.document,
                row.job,
                row.debit,
                row.credit,
                _plain(row.amount),
            )
            for row, words in rows
        ]
        return csv_answer(_("Journal"), head, table)
    context = {"rows": rows, "page": page, "since": since, "until": until, "refusal": wrong or also_wrong}
    return render(request, "office/journal.html", context)


def _day(request: HttpRequest, name: str) -> tuple[date | None, Refusal | None]:
    text = request.GET.get(name, "")
    if not text:
        return None, None
    try:
        return day(text, field=name), None
    except InputRefused as wrong:
        return None, wrong


def _account_csv(found: books.AccountPage) -> HttpResponse:
    head = (
        _("Day"),
        _("What"),
        _("Document"),
        _("Job"),
        _("Other account"),
        _("Debit"),
        _("Credit"),
        _("Balance"),
    )
    rows = [
        (
            line.on.isoformat(),
            entry_words(line.kind),
            line.document,
            line.job,
            line.other,
            _plain(line.debit),
            _plain(line.credit),
            _plain(line.balance),
        )
        for line in found.page.rows
    ]
    return csv_answer(f"{found.number} {found.name}", head, rows)


def _plain(amount: Money | None) -> str:
    return plain(amount.cents, amount.currency) if amount is not None else ""
