"""What every document has: who sends it, to whom, for which work, and how to pay."""

import re
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.queries.clause_wording import exemption_clause
from milepost.queries.documents_shape import Clause, Content, Fact, Party, Pay, Project, Sender, Total
from milepost.queries.paper.facts import JobFacts
from milepost.queries.paper.reader import Reader
from milepost.records.businesses import Business
from milepost.records.customers import Contact, Customer

LETTER_COUNTRIES = frozenset({"US", "CA"})
ACCENT = "#14593b"
"""Where a business has no colour of its own, or one that cannot be printed."""


def head(
    job: JobFacts,
    reader: Reader,
    *,
    title: str,
    number: str,
    subject: str,
    facts: list[Fact],
    parties: list[Party],
    project: Project,
    clauses: list[Clause],
) -> Content:
    """The part of a content that all documents share."""
    color = job.business.brand_color
    return Content(
        lang=reader.locale,
        paper="us-letter" if job.business.country in LETTER_COUNTRIES else "a4",
        accent=color if re.fullmatch("#[0-9a-fA-F]{6}", color) else ACCENT,
        made_at=job.at.isoformat(),
        title=title,
        number=number,
        page_of=_("Page {page} of {pages}"),
        sender=sender(job.business),
        parties=parties,
        project=project,
        facts=facts,
        subject=subject,
        clauses=clauses,
    )


def fact(label: str, value: str) -> Fact:
    return Fact(label=label, value=value)


def total(label: str, value: str, *, strong: bool = False) -> Total:
    return Total(label=label, value=value, kind="strong" if strong else "plain")


def lines_of(text: str) -> list[str]:
    """The lines of an address, without the empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def sender(business: Business) -> Sender:
    """The letterhead: name, address, how to reach us, registrations."""
    letterhead = Sender(
        name=business.name,
        lines=lines_of(business.address),
        contact=[text for text in (business.phone, business.email) if text],
        registrations=[
            *_registration(_("Licence {number}"), business.licence),
            *_registration(_("Tax number {number}"), business.registration),
        ],
    )
    if business.logo_sha256:
        letterhead["logo_sha256"] = business.logo_sha256
    return letterhead


def _registration(sentence: str, number: str) -> list[str]:
    """A number that starts with a word ("EIN 84-1234567") says itself what it is."""
    text = number.strip()
    if not text:
        return []
    return [sentence.format(number=text) if text[0].isdigit() else text]


def bill_to(job: JobFacts, reader: Reader) -> list[Party]:
    """Who owes, and who pays where that is somebody else."""
    customer = _owner(job, _("Bill to"))
    customer["lines"] += _exemption(job.customer, reader)
    payer = next((contact for contact in job.contacts if contact.pays and contact.archived_at is None), None)
    if payer is None:
        return [customer]
    if payer.name.strip() in ("", job.customer.name.strip()):
        customer["lines"] += _reach(payer, besides=job.customer.name)
        return [customer]
    return [customer, Party(label=_("Payer"), name=payer.name, lines=_reach(payer))]


def _owner(job: JobFacts, label: str) -> Party:
    """The customer: name, address, tax number."""
    number = _registration(_("Tax number {number}"), job.customer.registration)
    return Party(label=label, name=job.customer.name, lines=[*lines_of(job.customer.address), *number])


def _exemption(customer: Customer, reader: Reader) -> list[str]:
    if not customer.tax_exempt:
        return []
    day = reader.day(customer.exempted_on) if customer.exempted_on else ""
    return [exemption_clause(customer.exemption_reason, customer.exemption_number, day)["text"]]


def customer_party(job: JobFacts) -> Party:
    return _owner(job, _("Customer"))


def _reach(contact: Contact, *, besides: str = "") -> list[str]:
    return [text for text in (contact.email, contact.phone) if text and text != besides]


def project(job: JobFacts) -> Project:
    """The job by name, its place, and the number of its contract; of simple work the place alone."""
    place = lines_of(job.site)
    if job.signed_on is None:
        label = _("Place of work") if place else ""
        return Project(label=label, title=place[0] if place else "", lines=place[1:])
    contract = _("Contract {number}").format(number=job.number)
    return Project(label=_("Project"), title=job.title, lines=[*place, contract])


def net_terms(days: int) -> str:
    """
    >>> net_terms(7)
    'Net 7 days'
    """
    if days <= 0:
        return _("Due on receipt")
    return ngettext("Net {days} day", "Net {days} days", days).format(days=days)


def join(names: Sequence[str]) -> str:
    """
    >>> join(["1041", "1042", "1043"])
    '1041, 1042 and 1043'
    """
    if len(names) < 2:
        return "".join(names)
    return _("{first} and {last}").format(first=", ".join(names[:-1]), last=names[-1])


def method_name(code: str) -> str:
    """How it was paid, in words."""
    names = {
        "card": _("Card"),
        "bank": _("Bank account"),
        "check": _("Cheque"),
        "cash": _("Cash"),
        "transfer": _("Bank transfer"),
    }
    return names.get(code, _("Other means"))


def local_date(job: JobFacts) -> date:
    """The day of the document itself, on the business's calendar."""
    return job.at.astimezone(ZoneInfo(job.business.timezone)).date()


def pay(job: JobFacts, *, number: str) -> Pay | None:
    """The link, the transfer, the cheque; each where the business has given it."""
    business, ways = job.business, []
    if business.transfer_details.strip():
        reference = _("Reference {number}").format(number=number)
        ways.append(fact(_("Bank transfer"), f"{_plain(business.transfer_details)}\n{reference}"))
    if business.cheque_details.strip():
        ways.append(fact(_("Cheque"), _plain(business.cheque_details)))
    if not job.pay_url and not ways:
        return None
    return Pay(
        heading=_("How to pay"),
        url=job.pay_url,
        url_label=_("Pay online, by bank or card"),
        qr_alt=_("QR code of the payment link"),
        ways=ways,
    )


def _plain(text: str) -> str:
    return "\n".join(lines_of(text))


def questions(job: JobFacts, sentence: str) -> list[Clause]:
    """Where to ask; nothing where the business can't be reached."""
    reach = [text for text in (job.business.email, job.business.phone) if text]
    return [Clause(heading="", text=sentence.format(reach=", ".join(reach)))] if reach else []
