"""The schedules that come with Milepost fit any contract and say what done means."""

from decimal import Decimal
from itertools import pairwise

import pytest

from milepost.core.money import plain
from milepost.core.rows import Row
from milepost.core.schedule import row_amounts
from milepost.core.schedule_templates import (
    SCHEDULE_TEMPLATES,
    ScheduleTemplate,
    TemplateRow,
    _agency_row,
    _deposit,
    _inspected_row,
    schedule_template,
)
from tests.core.samples import contract

TEMPLATES = pytest.mark.parametrize("template", SCHEDULE_TEMPLATES, ids=lambda template: template.code)


def _amounts(template: ScheduleTemplate, total: str) -> list[str]:
    rows = [Row(row.name, row.kind, row.basis, row.value) for row in template.rows]
    return [plain(cents, "USD") for cents in row_amounts(contract(total), rows).values()]


@TEMPLATES
@pytest.mark.parametrize("total", ["40000.00", "12870.59", "100.00", "0.07"])
def test_a_template_fits_any_contract(template: ScheduleTemplate, total: str) -> None:
    cents = [int(amount.replace(".", "")) for amount in _amounts(template, total)]
    assert sum(cents) == int(total.replace(".", ""))
    assert min(cents) >= 0


@pytest.mark.parametrize(
    ("code", "amounts"),
    [
        ("pay_on_completion", ["40000.00"]),
        ("deposit_and_balance", ["20000.00", "20000.00"]),
        ("roofing", ["12000.00", "16000.00", "12000.00"]),
        ("kitchen_remodel", ["10000.00", "10000.00", "12000.00", "8000.00"]),
        ("countertop", ["10000.00", "10000.00", "20000.00"]),
        ("three_phase", ["13333.34", "13333.33", "13333.33"]),
        ("five_phase_agency", ["6000.00", "10000.00", "12000.00", "6000.00", "6000.00"]),
        ("inspection_based", ["4000.00", "8000.00", "10000.00", "10000.00", "8000.00"]),
    ],
)
def test_a_contract_of_40000_by_each_template(code: str, amounts: list[str]) -> None:
    assert _amounts(schedule_template(code), "40000.00") == amounts


@TEMPLATES
def test_the_last_row_takes_the_remainder_and_names_differ(template: ScheduleTemplate) -> None:
    assert [row.basis for row in template.rows].index("remainder") == len(template.rows) - 1
    assert len({row.name for row in template.rows}) == len(template.rows)


@TEMPLATES
def test_every_milestone_says_what_done_means(template: ScheduleTemplate) -> None:
    for row in template.rows:
        if row.kind == "milestone":
            assert row.deliverable
        if row.kind == "milestone" and row.bill_on != "before":
            assert row.criteria
            assert row.evidence
            assert row.window_days


@TEMPLATES
def test_events_are_named_once_and_in_the_order_of_their_rows(template: ScheduleTemplate) -> None:
    used = [row.event for row in template.rows if row.event]
    assert set(used) <= set(template.events)
    assert all(template.events.index(a) < template.events.index(b) for a, b in pairwise(used))
    assert all(row.event and row.before_days for row in template.rows if row.bill_on == "before")


def test_rows_that_are_made_alike_differ_in_what_they_are_given() -> None:
    assert _deposit("25") == TemplateRow("Deposit", "deposit", "percent", Decimal(25))
    agency = {"bill_on": "acceptance", "evidence": ("document",), "window_days": 5}
    assert _agency_row("Design", "25", "Pages", "Agreed") == TemplateRow(
        "Design", "milestone", "percent", Decimal(25), deliverable="Pages", criteria=("Agreed",), **agency
    )
    assert _agency_row("Launch", None, "Live", "Seen") == TemplateRow(
        "Launch", "milestone", "remainder", deliverable="Live", criteria=("Seen",), **agency
    )
    inspected = {
        "bill_on": "acceptance",
        "criteria": ("The inspection report is attached", "Every point in the report is settled"),
        "evidence": ("photo", "inspection"),
        "window_days": 3,
    }
    assert _inspected_row("Framing", "20", "Visit", "Frame") == TemplateRow(
        "Framing", "milestone", "percent", Decimal(20), event="Visit", deliverable="Frame", **inspected
    )
    assert _inspected_row("End", None, "Visit", "All") == TemplateRow(
        "End", "milestone", "remainder", event="Visit", deliverable="All", **inspected
    )
