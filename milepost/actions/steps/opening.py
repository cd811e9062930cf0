"""Open a job: the priced offer becomes contract lines, keys, events and schedule rows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from milepost.queries.billing_state import LoadedJob, assemble
from milepost.queries.pricing import PricedQuote
from milepost.records.customers import Contact
from milepost.records.jobs import ContractKey, ContractLine, Job, ScheduledEvent, ScheduleRow
from milepost.records.post import PortalLink
from milepost.records.quotes import QuoteRow, QuoteVersion
from milepost.records.together import together


def open_job(job: Job, offered: QuoteVersion, priced: PricedQuote, *, on: date) -> LoadedJob:
    """Write the contract and its schedule, and open the job. Demands an open transaction."""
    contract_lines = _write_lines(job, priced)
    keys = _write_keys(job, contract_lines, priced)
    events = _write_events(job, priced.rows)
    schedule = _write_rows(job, priced, events)
    job.state = "open"
    job.signed_on = on
    job.contract_cents = priced.contract.total_cents
    job.terms = offered.terms
    business = job.business
    job.deposit_tax, job.tax_per, job.tax_rounding = (
        business.deposit_tax,
        business.tax_per,
        business.tax_rounding,
    )
    job.tax_at, job.prices_include_tax = business.tax_at, offered.prices_include_tax
    job.save(
        update_fields=[
            "state", "signed_on", "contract_cents", "terms", "deposit_tax", "tax_at", "tax_per", "tax_rounding",
            "prices_include_tax",
        ]
    )  # fmt: skip
    contacts, links = together(
        Contact.objects.filter(customer_id=job.customer_id, archived_at=None).order_by("position", "id"),
        PortalLink.objects.filter(job=job),
    )
    return replace(assemble(job, keys, schedule, {}), contacts=contacts, links=links)


def _write_lines(job: Job, priced: PricedQuote) -> list[ContractLine]:
    nets = priced.contract.net_cents_by_line
    discounts = {line.id: line.discount_percent for line in priced.contract.lines}
    return ContractLine.objects.bulk_create(
        [
            ContractLine(
                business_id=job.business_id,
                job=job,
                position=line.position,
                ref=line.ref,
                section=line.section,
                description=line.description,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price,
                taxes=line.taxes,
                discount_percent=discounts[line.position],
                net_cents=nets[line.position],
            )
            for line in priced.lines
        ]
    )


def _write_keys(job: Job, contract_lines: list[ContractLine], priced: PricedQuote) -> list[ContractKey]:
    by_position = {line.position: line for line in contract_lines}
    rates = priced.contract.tax_rates
    return ContractKey.objects.bulk_create(
        [
            ContractKey(
                business_id=job.business_id,
                job=job,
                line=by_position[int(str(key.line))],
                tax_code_id=key.tax,  # type: ignore[misc]
                tax_name=rates[key.tax].name if key.tax is not None else "",
                tax_percent=rates[key.tax].percent if key.tax is not None else None,
                cents=cents,
            )
            for key, cents in priced.contract.keys.items()
        ]
    )


def _write_events(job: Job, rows: Sequence[QuoteRow]) -> dict[str, ScheduledEvent]:
    """Each event once, before the first row that names it or, where it follows that row, before the next."""
    named = {row.event_name: row for row in reversed(rows) if row.event_name}
    events = ScheduledEvent.objects.bulk_create(
        [
            ScheduledEvent(
                business_id=job.business_id,
                job=job,
                position=row.position + (row.event_follows or row.bill_on == "before"),
                name=name,
                on_date=row.event_on,
            )
            for name, row in sorted(named.items(), key=lambda item: item[1].position)
        ]
    )
    return {event.name: event for event in events}


def _write_rows(job: Job, priced: PricedQuote, events: dict[str, ScheduledEvent]) -> list[ScheduleRow]:
    there = {line.position for line in priced.lines}
    return ScheduleRow.objects.bulk_create(
        [
            ScheduleRow(
                business_id=job.business_id,
                job=job,
                position=row.position,
                kind=row.kind,
                name=row.name,
                basis=row.basis,
                value=row.value,
                line_positions=[place for place in row.line_positions if place in there],
                weight=str(priced.weights.get(row.position, "")),
                amount_cents=priced.amounts[row.position],
                bill_on=row.bill_on,
                before_days=row.before_days,
                event=events.get(row.event_name),
                deliverable=row.deliverable,
                acceptance=row.acceptance,
                evidence=row.evidence,
                window_days=row.window_days,
                planned_on=row.planned_on or row.event_on,
                planned_until=row.planned_until,
                net_days=row.net_days,
                approver_id=row.approver_id,
            )
            for row in priced.rows
        ]
    )
