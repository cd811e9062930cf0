"""An offer as records: its lines, rows, terms and clauses."""

from collections.abc import Sequence
from decimal import Decimal

from milepost.actions.businesses import Missing
from milepost.core.item_input import key_of
from milepost.core.msgids import gettext_noop
from milepost.core.quote_input import LineInput, QuoteInput, RowInput, TermsInput
from milepost.core.refusals import Refusal
from milepost.queries import wording
from milepost.queries.clause_wording import EXEMPTION, default_clauses, exemption_clause
from milepost.queries.fee_terms import returned_fee_terms
from milepost.queries.pricing import frozen_tax
from milepost.records.businesses import Business, TaxCode
from milepost.records.customers import Contact, Customer, Site
from milepost.records.quotes import QuoteLine, QuoteRow, QuoteVersion


class UnknownApprover(Refusal):
    """`field` is "rows-2-approver" for the second payment."""

    code = "unknown_approver"
    message = gettext_noop(
        "“{name}” is none of the customer’s people. Choose one of them, or leave it empty: then whoever "
        "approves accepts it."
    )


class EndsBeforeItBegins(Refusal):
    """`field` is "rows-2-planned_until" for the second payment."""

    code = "ends_before_it_begins"
    message = gettext_noop(
        "“{milestone}” would end before it begins. Give it a first day, and a last day after it."
    )


class TaxNumberMissing(Refusal):
    """Under reverse charge the law wants both sides' tax numbers on the document."""

    code = "tax_number_missing"
    message = gettext_noop(
        "“{tax}” needs the tax numbers of both sides on the document. Add yours under Settings, Your "
        "business, and the customer's on their page."
    )


class DiscountOutOfRange(Refusal):
    """`field` is "lines-2-discount" for the second line, "discount" for the whole quote."""

    code = "discount_out_of_range"
    message = gettext_noop("A discount goes from 0 to 100 percent.")


class UnknownTax(Refusal):
    code = "unknown_tax"
    message = gettext_noop("This tax does not exist in your settings.")


def build_lines(
    business: Business, version: QuoteVersion, lines: Sequence[LineInput], *, customer: Customer
) -> list[QuoteLine]:
    """
    The lines as records, unsaved, each tax frozen by name and rate; none for a customer who is exempt.
    Refuses UnknownTax, DiscountOutOfRange.
    """
    for place, line in enumerate(lines, start=1):
        check_discount(line.discount_percent, field=f"lines-{place}-discount")
    wanted = {code for line in lines for code in line.tax_codes}
    taxes = {tax.id: tax for tax in TaxCode.objects.filter(id__in=wanted)} if wanted else {}
    if wanted - set(taxes):
        raise UnknownTax(field="tax")
    return [
        QuoteLine(
            business=business,
            quote_version=version,
            position=place,
            ref=line.ref,
            section=line.section.strip(),
            description=line.description.strip(),
            quantity=line.quantity,
            unit=line.unit.strip(),
            unit_price=line.unit_price,
            taxes=[frozen_tax(taxes[code]) for code in (() if customer.tax_exempt else line.tax_codes)],
            discount_percent=line.discount_percent,
            is_optional=line.is_optional,
        )
        for place, line in enumerate(lines, start=1)
    ]


def check_discount(percent: Decimal, *, field: str) -> None:
    """Refuse DiscountOutOfRange below nothing and above everything."""
    if not 0 <= percent <= 100:
        raise DiscountOutOfRange(field=field)


def check_tax_numbers(business: Business, customer: Customer, lines: Sequence[QuoteLine]) -> None:
    """Where the customer owes the tax, both sides have a tax number; else TaxNumberMissing."""
    owed = next((tax["name"] for line in lines for tax in line.taxes if "kind" in tax), None)
    if owed and not (business.registration.strip() and customer.registration.strip()):
        raise TaxNumberMissing(field="lines", tax=owed)


def build_rows(
    business: Business, version: QuoteVersion, rows: Sequence[RowInput], *, customer: Customer
) -> list[QuoteRow]:
    """The rows of the schedule as records, unsaved. Refuses UnknownApprover and EndsBeforeItBegins."""
    approvers = _approvers(rows, customer)
    for place, row in enumerate(rows, start=1):
        if row.planned_until and (row.planned_on is None or row.planned_until < row.planned_on):
            raise EndsBeforeItBegins(field=f"rows-{place}-planned_until", milestone=row.name)
    return [
        QuoteRow(
            business=business,
            quote_version=version,
            position=place,
            kind=row.kind,
            name=row.name.strip(),
            basis=row.basis,
            value=row.value,
            line_positions=list(row.lines),
            bill_on=row.bill_on,
            before_days=row.before_days,
            event_name=row.event.strip(),
            event_on=row.event_on,
            event_follows=row.event_follows,
            planned_on=row.planned_on,
            planned_until=row.planned_until,
            deliverable=row.deliverable.strip(),
            acceptance=list(row.acceptance),
            evidence=list(row.evidence),
            window_days=row.window_days,
            net_days=row.net_days,
            approver=approvers[place],
        )
        for place, row in enumerate(rows, start=1)
    ]


def _approvers(rows: Sequence[RowInput], customer: Customer) -> dict[int, Contact | None]:
    """The person of each row by its place; asked for once, and only where somebody is named."""
    named = {place: key_of(row.approver) for place, row in enumerate(rows, start=1) if row.approver.strip()}
    people = list(customer.contacts.filter(archived_at=None).order_by("position", "id")) if named else []
    by_name = {
        key_of(text): person for person in reversed(people) for text in (person.email, person.name) if text
    }
    for place, name in named.items():
        if name not in by_name:
            raise UnknownApprover(field=f"rows-{place}-approver", name=rows[place - 1].approver.strip()[:80])
    return {place: by_name.get(named.get(place, "")) for place in range(1, len(rows) + 1)}


def title_of(quote: QuoteInput) -> str:
    """The title, or the first line's description. Refuses Missing."""
    title = quote.title.strip() or next((line.description.strip() for line in quote.lines), "")
    if not title:
        raise Missing(field="title")
    return title[:200]


def site_of(customer: Customer, address: str) -> Site | None:
    """The place of the work: the one named, made if it is new, or the customer's first."""
    if not address.strip():
        return customer.sites.order_by("id").first()
    site, _ = Site.objects.get_or_create(
        business_id=customer.business_id, customer=customer, address=address.strip()
    )
    return site


def terms_of(
    business: Business, terms: TermsInput, *, clauses: Sequence[tuple[str, str, str]] | None = None
) -> dict[str, object]:
    """
    The terms in numbers; what is not given is the business's own. With clauses of one's own, a late
    fee stands only if one of them is its clause.
    """
    late_fee = business.late_fee_monthly if terms.late_fee_monthly is None else terms.late_fee_monthly
    if clauses is not None and all(code != "late_fee" for code, _title, _text in clauses):
        late_fee = Decimal(0)
    numbers: dict[str, object] = {
        name: getattr(business, name) if getattr(terms, name) is None else getattr(terms, name)
        for name in ("net_days", "grace_days", "pause_after_days", "approval_days")
    }
    late = {"late_fee_monthly": f"{late_fee.normalize():f}"}
    return numbers | late | _returned(business, clauses) | _early(business, clauses)


def _returned(business: Business, clauses: Sequence[tuple[str, str, str]] | None) -> dict[str, object]:
    """What a returned payment costs, where the business charges it and the contract has its clause."""
    is_told = clauses is None or any(code == "returned_payment" for code, _title, _text in clauses)
    if not (is_told and business.returned_fee_cents):
        return {}
    return returned_fee_terms(business.returned_fee_cents, business.currency)


def _early(business: Business, clauses: Sequence[tuple[str, str, str]] | None) -> dict[str, object]:
    """The discount for early payment, where the business grants one and the contract has its clause."""
    is_told = clauses is None or any(code == "early_payment" for code, _title, _text in clauses)
    if not (is_told and business.early_percent and business.early_days):
        return {}
    return {"early_percent": f"{business.early_percent.normalize():f}", "early_days": business.early_days}


def clauses_of(quote: QuoteInput, terms: dict[str, object], customer: Customer) -> list[dict[str, str]]:
    """
    The clauses in words: those given, or the default wording with these terms in the customer's
    language, whoever writes the quote. A customer who is exempt reads why no tax is charged.
    """
    with wording.in_words_of(customer, customer.business) as tag:
        clauses = default_clauses(terms)
        if quote.clauses is not None:
            clauses = [{"code": code, "title": title, "text": text} for code, title, text in quote.clauses]
        if customer.tax_exempt and all(clause["code"] != EXEMPTION for clause in clauses):
            day = wording.long_day(customer.exempted_on, tag) if customer.exempted_on else ""
            words = exemption_clause(customer.exemption_reason, customer.exemption_number, day)
            clauses = [*clauses, words]
        return clauses
