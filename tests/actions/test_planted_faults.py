"""Faults planted one after another, past every guard, as somebody with the owner's password could."""

import re
from decimal import Decimal

import pytest
from django.db import connections, transaction

from milepost.actions.credit_notes import fix_invoice, give_money_off
from milepost.actions.invoices import bill_simple
from milepost.core.quote_input import LineInput
from milepost.queries.doctor import RULES, Finding, examine
from tests.actions.faults import FAULTS, Fault

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


def credited(cast) -> None:
    """An invoice taken back, and one with money off."""
    lamp, shelf = _small(cast, "Lamp"), _small(cast, "Shelf")
    fix_invoice(by=cast.bo, at=cast.at, invoice_id=lamp, reason="Not theirs", again=False)
    give_money_off(by=cast.bo, at=cast.at, invoice_id=shelf, amount_cents=10_00, reason="A scratch")


def _small(cast, title: str) -> int:
    line = LineInput(title, Decimal("90.00"))
    made = bill_simple(by=cast.alice, at=cast.at, customer_id=cast.customer_id, title=title, lines=(line,))
    return made.invoice_id


def test_every_rule_of_doctor_has_a_fault_planted_against_it():
    assert set(RULES) == FAULTS.keys()


@pytest.mark.parametrize("rule", FAULTS)
def test_doctor_finds_a_planted_fault_and_says_where(cast, lived_in, rule):
    if FAULTS[rule].is_of_credits:
        credited(cast)
    assert examine() == []
    where = [finding.where for finding in planted(FAULTS[rule]) if finding.rule == rule]
    assert where
    assert all(re.fullmatch(FAULTS[rule].says, place) for place in where), where
    # … and once it is taken back, all is well again
    assert examine() == []


@pytest.mark.parametrize("rule", OF_THE_SCHEMA)
def test_the_manifest_tells_of_a_guard_that_is_switched_off_too(database, rule):
    assert {"the database's own guards", rule} <= {finding.rule for finding in planted(FAULTS[rule])}
