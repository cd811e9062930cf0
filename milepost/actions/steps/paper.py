"""The facts that a job's documents are made of, from rows at hand."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from milepost.core.contract import Key
from milepost.queries.billing_state import LoadedJob
from milepost.queries.links import pay_url
from milepost.queries.paper.facts import JobFacts, LineFacts, RowFacts, TaxFacts
from milepost.records.businesses import Business
from milepost.records.concessions import LET_OFF
from milepost.records.customers import Contact
from milepost.records.jobs import Job, ScheduleRow
from milepost.records.post import PortalLink
from milepost.records.work import Completion

RowState = Literal["paid", "billed", "now", "ahead"]


def local_day(business: Business, at: datetime) -> date:
    """The business's own calendar day at a moment."""
    return at.astimezone(ZoneInfo(business.timezone)).date()


def job_facts(
    job: Job, contacts: Sequence[Contact], *, at: datetime, links: Sequence[PortalLink] | None = None
) -> JobFacts:
    """What every document of the job says at its head and foot. Links at hand are not asked for again."""
    return JobFacts(
        business=job.business,
        customer=job.customer,
        contacts=contacts,
        number=job.number,
        title=job.title,
        site=job.site.address if job.site else "",
        currency=job.currency,
        contract_cents=job.contract_cents,
        signed_on=job.signed_on if job.origin == "quote" else None,
        terms=job.terms,
        pay_url=pay_url(job.id, contacts, links),
        at=at,
        recovery=job.recovery,
        tax_at=job.tax_at,
        tax_per=job.tax_per,
        tax_rounding=job.tax_rounding,
        prices_include_tax=job.prices_include_tax,
    )


def line_facts(loaded: LoadedJob, now: Mapping[Key, int], before: Mapping[Key, int]) -> list[LineFacts]:
    """Each contract line with what was billed before and what is billed now, net."""
    with_tax = loaded.state.priced.gross_cents_by_line
    return [
        LineFacts(
            description=line.description,
            section=line.section,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            taxes=[tax["name"] for tax in line.taxes],
            contract_cents=line.net_cents,
            before_cents=before.get(Key(line.id), 0),
            now_cents=now.get(Key(line.id), 0),
            discount_percent=line.discount_percent,
            with_tax_cents=with_tax[line.id],
        )
        for line in loaded.lines
    ]


def tax_facts(loaded: LoadedJob, now: Mapping[Key, int]) -> list[TaxFacts]:
    """Each tax with its base and amount among these increments, in stored order."""
    said = {tax["code"]: tax for line in loaded.lines for tax in line.taxes if "kind" in tax}
    sums: dict[int, TaxFacts] = {}
    for key, row in loaded.keys.items():
        if row.tax_code_id is None or row.tax_percent is None:
            continue
        known = sums.get(row.tax_code_id)
        base = now.get(Key(key.line), 0) + (known.base_cents if known else 0)
        tax = now.get(key, 0) + (known.tax_cents if known else 0)
        words = said.get(row.tax_code_id, {})
        kind, note = words.get("kind", "rate"), words.get("note", "")
        sums[row.tax_code_id] = TaxFacts(row.tax_name, row.tax_percent, base, tax, kind, note)
    return list(sums.values())


def row_facts(
    loaded: LoadedJob,
    *,
    settled: Mapping[int, int],
    now: Mapping[int, int],
    done: Mapping[int, Completion],
) -> list[RowFacts]:
    """
    The road: every row, and where it stands. `settled` is by row, `now` what is billed now. A row that is
    paid but for a discount or a few cents is paid.
    """
    covered = loaded.settled_by_row(conceded=LET_OFF) if settled else {}
    return [
        _row_fact(row, number, loaded, settled=covered, now=now, done=done.get(row.id))
        for number, row in _numbered(loaded.rows)
    ]


def completions(row_ids: Sequence[int]) -> dict[int, Completion]:
    """The standing completion of each row, with its acceptance and its number of photos."""
    standing = Completion.objects.filter(row_id__in=row_ids, withdrawn_at__isnull=True)
    rows = standing.select_related("acceptance").annotate(
        photos=Count("evidence", filter=Q(evidence__kind="photo"))
    )
    return {completion.row_id: completion for completion in rows}


def _numbered(rows: Sequence[ScheduleRow]) -> list[tuple[int, ScheduleRow]]:
    milestones = [row.id for row in rows if row.kind == "milestone"]
    return [(milestones.index(row.id) + 1 if row.kind == "milestone" else 0, row) for row in rows]


def _row_fact(
    row: ScheduleRow,
    number: int,
    loaded: LoadedJob,
    *,
    settled: Mapping[int, int],
    now: Mapping[int, int],
    done: Completion | None,
) -> RowFacts:
    accepted = getattr(done, "acceptance", None) if done else None
    business = loaded.job.business
    return RowFacts(
        number=number,
        name=row.name,
        basis=row.basis,
        value=row.value,
        amount_cents=row.amount_cents,
        state=_row_state(row, loaded, settled, now),
        deliverable=row.deliverable,
        acceptance=row.acceptance,
        bill_on=row.bill_on,
        before_days=row.before_days,
        event=row.event.name if row.event else "",
        event_on=row.event.on_date if row.event else None,
        completed_by=done.by_name if done else "",
        completed_on=local_day(business, done.done_at) if done else None,
        accepted_by=accepted.by_name if accepted else "",
        accepted_on=local_day(business, accepted.accepted_at) if accepted else None,
        photos=getattr(done, "photos", 0) if done else 0,
        due_now_cents=now.get(row.id, 0),
        evidence=row.evidence,
        window_days=row.window_days,
        planned_on=row.planned_on,
        planned_until=row.planned_until,
        net_days=row.net_days,
        approver=next((c.name for c in loaded.contacts if c.id == row.approver_id), ""),
    )


def _row_state(
    row: ScheduleRow, loaded: LoadedJob, settled: Mapping[int, int], now: Mapping[int, int]
) -> RowState:
    if row.id in now:
        return "now"
    if row.id in loaded.billed_rows:
        return "paid" if settled.get(row.id, 0) >= row.amount_cents else "billed"
    return "ahead"
