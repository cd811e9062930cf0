"""Schedules of one's own: kept from a quote and from a job, chosen for the next quote."""

from dataclasses import replace
from decimal import Decimal

import pytest

from milepost.actions.businesses import Missing
from milepost.actions.invoices import bill_simple
from milepost.actions.own_templates import (
    NoScheduleYet,
    TemplateExists,
    archive_template,
    rename_template,
    save_template,
)
from milepost.actions.quotes import draft_quote
from milepost.actions.rights import NotAllowed
from milepost.actions.steps.finding import NotFound
from milepost.core.quote_input import LineInput, RowInput
from milepost.queries.offer_page import offer_page
from milepost.queries.own_templates import own_template, own_templates
from tests.actions.test_milestone_rows import MIXED
from tests.cast import KITCHEN, kitchen, sent_quote


def parts(cast, template: int) -> list[tuple[str, str, str]]:
    rows = own_template(cast.business_id, template).rows
    return [
        (row.name, row.basis, f"{row.value.normalize():f}" if row.value is not None else "") for row in rows
    ]


def test_a_job_s_schedule_is_kept_in_percent_or_in_money_and_without_its_days(cast):
    job = kitchen(cast, quote=MIXED)
    percent = save_template(by=cast.alice, at=cast.at, job_id=job.job_id, name="Kitchens")
    assert parts(cast, percent) == [
        ("Deposit", "percent", "25"),
        ("Rough-in complete", "percent", "25"),
        ("Cabinets installed", "percent", "30"),
        ("Final walkthrough", "remainder", ""),
    ]
    row = own_template(cast.business_id, percent).rows[1]
    assert (row.event, row.event_on, row.planned_on, row.approver) == ("Rough-in inspection", None, None, "")
    assert (row.net_days, row.window_days, row.bill_on) == (21, 4, "acceptance")
    assert own_template(cast.business_id, percent).rows[2].event_follows
    fixed = save_template(
        by=cast.bo, at=cast.at, job_id=job.job_id, name="Kitchens in money", amounts_as="fixed"
    )
    assert parts(cast, fixed)[1:3] == [
        ("Rough-in complete", "fixed", "1000000"),
        ("Cabinets installed", "fixed", "1200000"),
    ]


def test_a_quote_s_schedule_is_kept_with_every_option_counted(cast):
    quote = replace(
        KITCHEN,
        lines=(
            LineInput("Cabinets", Decimal(300)),
            LineInput("Island", Decimal(100), is_optional=True),
        ),
        rows=(RowInput("Cabinets", "lines", lines=(1,)), RowInput("Island", "lines", lines=(2,))),
    )
    job_id = draft_quote(by=cast.alice, at=cast.at, customer_id=cast.customer_id, quote=quote)
    kept = save_template(by=cast.alice, at=cast.at, job_id=job_id, name="By lines")
    assert parts(cast, kept) == [("Cabinets", "percent", "75"), ("Island", "remainder", "")]


def test_a_kept_schedule_makes_the_next_quote_to_the_cent(cast):
    kept = save_template(by=cast.alice, at=cast.at, job_id=kitchen(cast).job_id, name="Ours")
    template = own_template(cast.business_id, kept)
    quote = replace(
        KITCHEN,
        lines=(LineInput("Bath", Decimal("12345.67")),),
        rows=tuple(template.rows),
        template=template.code,
        recovery=template.recovery,
    )
    offer = offer_page(cast.business_id, sent_quote(cast, quote=quote), sent_only=True)
    assert [row.amount.cents for row in offer.rows] == [3_086_42, 3_086_42, 3_703_70, 2_469_13]
    assert sum(row.amount.cents for row in offer.rows) == 12_345_67


def test_names_are_told_apart_and_free_again_after_archiving(cast):
    job_id = kitchen(cast).job_id
    first = save_template(by=cast.alice, at=cast.at, job_id=job_id, name="Ours")
    with pytest.raises(TemplateExists) as refused:
        save_template(by=cast.alice, at=cast.at, job_id=job_id, name=" OURS ")
    assert refused.value.field == "template_name"
    archive_template(by=cast.alice, at=cast.at, template_id=first, archived=True)
    second = save_template(by=cast.alice, at=cast.at, job_id=job_id, name="Ours")
    with pytest.raises(TemplateExists):
        archive_template(by=cast.alice, at=cast.at, template_id=first, archived=False)
    rename_template(by=cast.alice, at=cast.at, template_id=second, name="Theirs")
    archive_template(by=cast.alice, at=cast.at, template_id=first, archived=False)
    assert [template.name for template in own_templates(cast.business_id)] == ["Ours", "Theirs"]


def test_who_may_not_and_what_is_not_there_are_refused(cast):
    job = kitchen(cast)
    with pytest.raises(NotAllowed):
        save_template(by=cast.tess, at=cast.at, job_id=job.job_id, name="x")
    with pytest.raises(NotFound):
        save_template(by=cast.mallory, at=cast.at, job_id=job.job_id, name="x")
    with pytest.raises(Missing):
        save_template(by=cast.alice, at=cast.at, job_id=job.job_id, name=" ")
    kept = save_template(by=cast.alice, at=cast.at, job_id=job.job_id, name="Ours")
    with pytest.raises(NotFound):
        rename_template(by=cast.mallory, at=cast.at, template_id=kept, name="Mine")
    assert own_templates(cast.mallory.business_id) == []
    line = LineInput("Tap", Decimal(80))
    simple = bill_simple(by=cast.alice, at=cast.at, customer_id=cast.customer_id, lines=[line])
    with pytest.raises(NoScheduleYet):
        save_template(by=cast.alice, at=cast.at, job_id=simple.job_id, name="Nothing")
