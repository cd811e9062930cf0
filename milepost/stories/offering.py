"""A story's quote as it would be typed into the form."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from milepost.core.quote_input import LineInput, QuoteInput, RowInput, TermsInput
from milepost.core.schedule_templates import schedule_template
from milepost.stories.offer import Line, Milestone, Quote, QuoteChanged, Schedule
from milepost.stories.schema import Story
from milepost.stories.stage import Stage


def line_inputs(stage: Stage, lines: Sequence[Line], *, at: datetime) -> tuple[LineInput, ...]:
    """The lines, each tax by its code in the business."""
    return tuple(
        LineInput(
            description=line.description,
            unit_price=line.unit_price,
            quantity=line.quantity,
            unit=line.unit,
            section=line.section,
            ref=line.id or "",
            tax_codes=tuple(stage.tax(name, percent, at=at) for name, percent in line.tax.items()),
            discount_percent=line.discount,
            is_optional=line.optional,
        )
        for line in lines
    )


def quote_input(stage: Stage, story: Story, quote: Quote, *, at: datetime) -> QuoteInput:
    """The whole quote, by the story's own schedule or by a template."""
    title = quote.title or story.title or quote.lines[0].description
    template, recovery, rows = _plan(quote)
    return QuoteInput(
        title[:200],
        line_inputs(stage, quote.lines, at=at),
        rows,
        terms=TermsInput(**quote.terms.model_dump()),
        note=quote.note,
        template=template,
        recovery=recovery,
        expires_on=quote.expires,
        discount_percent=quote.discount,
        prices_include_tax=quote.prices_include_tax,
    )


def rewritten(quote: Quote, changed: QuoteChanged) -> Quote:
    """The quote with what is written anew; a schedule takes the place of a template, and the reverse."""
    said = {name: getattr(changed, name) for name in changed.model_fields_set - {"send"}}
    if changed.schedule is not None:
        said["template"] = None
    elif changed.template is not None:
        said["schedule"] = None
    return quote.model_copy(update=said)


def _plan(quote: Quote) -> tuple[str, str, tuple[RowInput, ...]]:
    """The template's code if there is one, the recovery, the rows."""
    if quote.schedule is None:
        template = schedule_template(str(quote.template))
        return template.code, template.recovery, _template_rows(quote)
    positions = {line.id: place for place, line in enumerate(quote.lines, start=1) if line.id}
    milestones = (_milestone(row, positions) for row in quote.schedule.milestones)
    return "", quote.schedule.recovery or "", (*_deposit(quote.schedule), *milestones)


def _template_rows(quote: Quote) -> tuple[RowInput, ...]:
    return tuple(
        RowInput(
            row.name,
            row.basis,
            row.kind,
            row.value,
            bill_on=row.bill_on,
            before_days=row.before_days or 0,
            event=row.event or "",
            event_on=quote.dates.get(row.event or ""),
            event_follows=row.bill_on == "before",
            deliverable=row.deliverable,
            acceptance=row.criteria,
            evidence=row.evidence,
            window_days=row.window_days,
        )
        for row in schedule_template(str(quote.template)).rows
    )


def _deposit(schedule: Schedule) -> list[RowInput]:
    deposit = schedule.deposit
    if deposit is None:
        return []
    if deposit.fixed is not None:
        return [RowInput(deposit.name, "fixed", "deposit", Decimal(deposit.fixed))]
    return [RowInput(deposit.name, "percent", "deposit", deposit.percent)]


def _milestone(row: Milestone, positions: dict[str, int]) -> RowInput:
    basis, value = _basis(row)
    event = row.before or row.after
    return RowInput(
        row.name,
        basis,
        "milestone",
        value,
        lines=tuple(positions[name] for name in row.lines or []),
        bill_on="before" if row.before else row.bill_on,
        before_days=row.before.days if row.before else 0,
        event=event.event if event else "",
        event_on=event.on if event else None,
        event_follows=row.before is not None,
        planned_on=row.planned_on,
        planned_until=row.planned_until,
        deliverable=row.deliverable,
        acceptance=tuple(row.acceptance),
        evidence=tuple(row.evidence),
        window_days=row.window_days,
        net_days=row.net_days,
        approver=row.approver,
    )


def _basis(row: Milestone) -> tuple[str, Decimal | None]:
    if row.fixed is not None:
        return "fixed", Decimal(row.fixed)
    for basis in ("percent", "share"):
        value = getattr(row, basis)
        if value is not None:
            return basis, value
    return ("lines", None) if row.lines else ("remainder", None)
