"""Faults planted one after another, past every guard, as somebody with the owner's password could."""

import re
from decimal import Decimal

import pytest
from django.db import connections, transaction

from milepost.actions.businesses import add_tax_code
from milepost.actions.credit import refund_credit
from milepost.actions.invoices import bill_simple
from milepost.actions.payments import record_payment
from milepost.actions.work import complete_milestone
from milepost.core.quote_input import LineInput
from milepost.queries.doctor import RULES, Finding, examine
from tests.actions.faults import FAULTS, Fault
from tests.cast import kitchen

OF_THE_SCHEMA = [rule for rule, fault in FAULTS.items() if fault.sql.startswith("ALTER TABLE")]


def planted(fault: Fault) -> list[Finding]:
    """What doctor finds with the fault in place, triggers and foreign keys asleep; nothing of it stays."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        if fault.drop:
            cursor.execute(fault.drop)
        cursor.execute(fault.sql)
        assert fault.sql.startswith("ALTER TABLE") or cursor.rowcount > 0
        found = examine()
        transaction.set_rollback(True, using="owner")
    return found


@pytest.fixture
def lived_in(cast):
    """
    The kitchen with its deposit paid in two cheques, too much of it, and the excess given back; its
    first milestone done; a taxed job billed whole.
    """
    job = kitchen(cast)
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=4_000_00, method="check")
    payment = record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=6_500_00, method="check")
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=job.rows["Rough-in complete"])
    refund_credit(by=cast.bo, at=cast.at, payment_id=payment, amount_cents=500_00, method="check")
    tax = add_tax_code(by=cast.alice, at=cast.at, name="State", percent=Decimal("8.25"))
    line = LineInput("Tap repaired", Decimal("180.00"), tax_codes=(tax,))
    bill_simple(by=cast.alice, at=cast.at, customer_id=cast.customer_id, title="Tap", lines=(line,))
    assert examine() == []
    return job


def test_every_rule_of_doctor_has_a_fault_planted_against_it():
    assert set(RULES) == FAULTS.keys()


@pytest.mark.parametrize("rule", FAULTS)
def test_doctor_finds_a_planted_fault_and_says_where(lived_in, rule):
    where = [finding.where for finding in planted(FAULTS[rule]) if finding.rule == rule]
    assert where
    assert all(re.fullmatch(FAULTS[rule].says, place) for place in where), where
    # … and once it is taken back, all is well again
    assert examine() == []


@pytest.mark.parametrize("rule", OF_THE_SCHEMA)
def test_the_manifest_tells_of_a_guard_that_is_switched_off_too(database, rule):
    assert {"the database's own guards", rule} <= {finding.rule for finding in planted(FAULTS[rule])}
