"""The price book: items kept under Settings, offered while a quote's line is typed, taken in as a table."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.actions.items import Imported, archive_item, import_items, save_item
from milepost.core.refusals import InputRefused, Refusal
from milepost.queries.door import NotThere
from milepost.queries.items import all_items, item_row, items, suggested_items
from milepost.queries.lists import choices
from milepost.web.office.item_reading import COLUMNS, MOST_ROWS, Tax, as_row, item_of, item_of_line, table_of
from milepost.web.office.quote_fields import posted
from milepost.web.office.quote_reading import line_of
from milepost.web.office.settings import tabs
from milepost.web.session import door
from milepost.web.show import typed_number
from milepost.web.tables import csv_answer, csv_rows
from milepost.web.typed import clean

MOST_BYTES = 2 * 1024 * 1024
Fields = dict[str, object]


@require_http_methods(["GET", "POST"])
@door("office", acts="change_items")
def index(request: HttpRequest) -> HttpResponse:
    """Every item by its name, and a form for one more."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            save_item(by=request.actor, at=request.at, item=item_of(request.POST, taxes=_taxes(request)))
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Saved. It is offered on every new line."))
            return redirect("office:items")
    search, archived = clean(request.GET.get("q", ""))[:200], "archived" in request.GET
    page = items(request.business_id, after=_after(request), search=search, archived=archived)
    context = _form(request, refusal) | {"page": page, "search": search, "archived": archived}
    return render(request, "office/items.html", context, status=422 if refusal else 200)


@require_http_methods(["GET", "POST"])
@door("office", acts="change_items")
def page(request: HttpRequest, item: int) -> HttpResponse:
    """One item, to be changed; the quotes that were filled from it stay as they are."""
    refusal: Refusal | None = None
    try:
        found = item_row(request.business_id, item)
    except NotThere:
        raise Http404 from None
    if request.method == "POST":
        try:
            content = item_of(request.POST, taxes=_taxes(request))
            save_item(by=request.actor, at=request.at, item=content, item_id=item)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Saved. Quotes that were filled from it stay as they are."))
            return redirect("office:items")
    stored: Fields = {
        "name": found.name,
        "description": found.description,
        "unit": found.unit,
        "price": typed_number(found.unit_price, places=2),
        "section": found.section,
        "taxes": {str(code) for code, _name, _percent in found.taxes},
    }
    context = _form(request, refusal, stored) | {"item": found}
    return render(request, "office/item.html", context, status=422 if refusal else 200)


@require_POST
@door("office", only="change_items")
def archive(request: HttpRequest, item: int) -> HttpResponse:
    """Off the price book, or back on it."""
    back = "restore" in request.POST
    try:
        archive_item(by=request.actor, at=request.at, item_id=item, archived=not back)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise Http404 from None
        context = _form(request, refusal) | {"item": item_row(request.business_id, item)}
        return render(request, "office/item.html", context, status=422)
    messages.success(request, _("It is offered again.") if back else _("Archived. It is offered no more."))
    return redirect("office:items")


@require_GET
@door("office")
def table(request: HttpRequest) -> HttpResponse:
    """The price book as a table, which can be changed in a spreadsheet and taken in again."""
    head = [str(word) for word in COLUMNS.values()]
    return csv_answer(_("Items"), head, [as_row(item) for item in all_items(request.business_id)])


@require_http_methods(["GET", "POST"])
@door("office", only="change_items")
def take_in(request: HttpRequest) -> HttpResponse:
    """Items from a table: all of them, or none and a list of what is wrong in which row."""
    refusal: Refusal | None = None
    context: dict[str, object] = {"columns": list(COLUMNS.values())}
    if request.method == "POST":
        try:
            found, context["faults"] = table_of(_uploaded(request), taxes=_taxes(request))
            if not context["faults"]:
                made = import_items(by=request.actor, at=request.at, items=found)
                messages.success(request, _taken_in(made))
                return redirect("office:items")
        except Refusal as refused:
            refusal = refused
    context |= {"sections": tabs(), "refusal": refusal, "taxes": _taxes(request)}
    wrong = bool(refusal or context.get("faults"))
    return render(request, "office/items_import.html", context, status=422 if wrong else 200)


def _uploaded(request: HttpRequest) -> list[tuple[int, list[str]]]:
    upload = request.FILES.get("table")
    if upload is None:
        raise InputRefused(field="table", problem=_("Choose the file, saved from your spreadsheet as CSV."))
    if upload.size > MOST_BYTES:
        raise InputRefused(field="table", problem=_("This file is too large: at most 2 MB."))
    data = upload.read()
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise InputRefused(
            field="table",
            problem=_("This is a spreadsheet. Save it as CSV in your spreadsheet, then choose that."),
        )
    return csv_rows(data, most=MOST_ROWS + 2)


def _taken_in(made: Imported) -> str:
    count = made.added + made.changed
    words = ngettext("%(count)d item taken in", "%(count)d items taken in", count) % {"count": count}
    parts = [
        _("%(count)d new") % {"count": made.added},
        _("%(count)d changed") % {"count": made.changed},
        _("%(count)d as they were") % {"count": made.same},
    ]
    return f"{words}: {', '.join(parts)}."


@require_GET
@door("office")
def suggestions(request: HttpRequest) -> HttpResponse:
    """The items that may be meant by what is typed on a line: the choices of its list."""
    found = suggested_items(request.business_id, clean(request.GET.get("q", ""))[:200])
    return render(request, "office/_item_suggestions.html", {"items": found})


@require_POST
@door("office", only="change_items")
def of_line(request: HttpRequest) -> HttpResponse:
    """ "Save as item" beside a line of a quote: the line as it stands becomes an item."""
    known = choices(request.business_id)
    lines = posted(request.POST).lines
    refusal: Refusal | None = None
    name = ""
    try:
        if not lines:
            raise InputRefused(field="line", problem=_("Say what the work is, and what it costs."))
        item = item_of_line(line_of(lines[0], taxes=[tax.id for tax in known.taxes]))
        save_item(by=request.actor, at=request.at, item=item)
        name = item.name
    except Refusal as refused:
        refusal = refused
    context = {"name": name, "refusal": refusal}
    return render(request, "office/_item_saved.html", context, status=422 if refusal else 200)


def _taxes(request: HttpRequest) -> list[Tax]:
    return [(tax.id, tax.name, tax.percent) for tax in choices(request.business_id).taxes]


def _form(request: HttpRequest, refusal: Refusal | None, stored: Fields | None = None) -> Fields:
    """The form's fields: what was typed when that was refused, else what is stored."""
    known = choices(request.business_id)
    fields: Fields = stored or {"taxes": {str(tax.id) for tax in known.taxes if tax.is_default}}
    if refusal is not None and "price" in request.POST:
        fields = {
            name: request.POST.get(name, "") for name in ("name", "description", "unit", "price", "section")
        }
        fields["taxes"] = set(request.POST.getlist("tax"))
    ticked = fields["taxes"]
    assert isinstance(ticked, set)
    names = [(tax.id, tax.name, tax.percent, str(tax.id) in ticked) for tax in known.taxes]
    return {"sections": tabs(), "fields": fields, "tax_names": names, "refusal": refusal}


def _after(request: HttpRequest) -> int | None:
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None
