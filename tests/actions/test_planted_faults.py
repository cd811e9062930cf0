"""Faults planted one after another, past every guard, as somebody with the owner's password could."""

import re

import pytest
from django.db import connections, transaction

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


def test_every_rule_of_doctor_has_a_fault_planted_against_it():
    assert set(RULES) == FAULTS.keys()


@pytest.mark.parametrize("rule", FAULTS)
def test_doctor_finds_a_planted_fault_and_says_where(lived_in, rule):
    assert examine() == []
    where = [finding.where for finding in planted(FAULTS[rule]) if finding.rule == rule]
    assert where
    assert all(re.fullmatch(FAULTS[rule].says, place) for place in where), where
    # … and once it is taken back, all is well again
    assert examine() == []


@pytest.mark.parametrize("rule", OF_THE_SCHEMA)
def test_the_manifest_tells_of_a_guard_that_is_switched_off_too(database, rule):
    assert {"the database's own guards", rule} <= {finding.rule for finding in planted(FAULTS[rule])}
