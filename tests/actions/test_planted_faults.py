"""Faults planted one after another, past every guard, as somebody with the owner's password could."""

import re
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import connections, transaction

from milepost.actions.businesses import add_tax_code
from milepost.actions.credit import refund_credit
from milepost.actions.invoices import bill_simple
from milepost.actions.payments import record_payment
from milepost.core.quote_input import LineInput
from milepost.queries.doctor import CHECKS, Finding, examine
from tests.cast import kitchen


@dataclass(frozen=True)
class Fault:
    """What is planted, what doctor says is broken (a pattern), and a constraint that is dropped for it."""

    sql: str
    says: str
    drop: str = ""


# Every rule of doctor stands here.
FAULTS = {
    "contract is the sum of its lines": Fault(
        "UPDATE contract_key SET cents = cents + 1 WHERE job_id = (SELECT min(id) FROM job)", r"job Q-1001"
    ),
    "deposit and milestones are the contract": Fault(
        "UPDATE schedule_row SET amount_cents = amount_cents + 1 WHERE name = 'Final walkthrough'",
        r"job Q-1001",
    ),
    "an invoice is net and tax less the deposit recovered": Fault(
        "UPDATE invoice SET net_cents = net_cents - 1 WHERE number = 1002",
        r"invoice 1002",
        drop="ALTER TABLE invoice DROP CONSTRAINT invoice_adds_up",
    ),
    "an invoice is the difference of its positions": Fault(
        "DELETE FROM position WHERE kind = 'due' AND invoice_id = (SELECT min(id) FROM invoice)",
        r"invoice 1001",
    ),
    "a position starts where the one before it ended": Fault(
        "UPDATE position SET start_cents = 1 WHERE kind = 'due' AND invoice_id = (SELECT min(id) FROM invoice)",
        r"position \d+",
        drop="ALTER TABLE position DROP CONSTRAINT position_starts_at_zero",
    ),
    "no row is billed beyond its amount": Fault(
        "UPDATE position SET delta_cents = delta_cents * 9 WHERE kind = 'due'", r"row \d+"
    ),
    "invoice numbers have no gap": Fault(
        "UPDATE invoice SET number = number + 1 WHERE number = 1002",
        r"series \d+",
        drop="ALTER TABLE invoice DROP CONSTRAINT invoice_number_follows",
    ),
    "a series goes on after its last invoice": Fault(
        "UPDATE series SET next_number = next_number + 1 WHERE kind = 'invoice'", r"series \d+"
    ),
    "an invoice's taxes are those of its codes": Fault("DELETE FROM invoice_tax", r"invoice 1002"),
    "an invoice's lines are its net": Fault("DELETE FROM invoice_line", r"invoice 1002"),
    "an invoice's milestones are its total": Fault(
        "UPDATE invoice_row SET due_cents = due_cents + 1 WHERE invoice_id = (SELECT min(id) FROM invoice)",
        r"invoice 1001",
    ),
    "a contract that is billed whole has earned every line and every tax to the cent": Fault(
        "DELETE FROM position WHERE kind = 'earned'", r"job Q-1002 key \d+"
    ),
    "money settles an invoice in its own currency": Fault(
        "UPDATE payment SET currency = 'EUR'", r"allocation \d+"
    ),
    "an invoice is settled within its total": Fault(
        "UPDATE allocation SET amount_cents = amount_cents + 1", r"invoice 1001"
    ),
    "a payment is allocated within its amount": Fault("UPDATE payment SET amount_cents = 1", r"payment \d+"),
    "receivables are the open balances": Fault(
        "UPDATE transfer SET cents = cents - 1 WHERE id = (SELECT min(id) FROM transfer)", r"business \d+"
    ),
    "refunds and allocations are within their payment": Fault(
        "UPDATE refund SET amount_cents = amount_cents + 1", r"payment \d+"
    ),
    "customer credit is what cleared payments have left": Fault("DELETE FROM refund", r"business \d+"),
    "customer deposits are what is not recovered": Fault(
        "UPDATE transfer SET cents = cents - 1 WHERE id = (SELECT min(id) FROM transfer)", r"business \d+"
    ),
    "the timeline's hashes hold": Fault("UPDATE job_event SET text = '{}' WHERE seq = 1", r"job \d+ event 1"),
    "a document's hash is that of its content": Fault(
        "UPDATE document SET content = content || ' ' WHERE kind = 'contract'", r"document \d+"
    ),
    "every table of a business is behind row-level security": Fault(
        "ALTER TABLE customer DISABLE ROW LEVEL SECURITY", r"table customer"
    ),
    "what guards the records is switched on": Fault(
        "ALTER TABLE invoice DISABLE TRIGGER invoice_is_append_only", r"trigger invoice_is_append_only"
    ),
}
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
    """The kitchen with its deposit paid too high and the excess given back; a taxed job billed whole."""
    job = kitchen(cast)
    payment = record_payment(
        by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_500_00, method="check"
    )
    refund_credit(by=cast.bo, at=cast.at, payment_id=payment, amount_cents=500_00, method="check")
    tax = add_tax_code(by=cast.alice, at=cast.at, name="State", percent=Decimal("8.25"))
    line = LineInput("Tap repaired", Decimal("180.00"), tax_codes=(tax,))
    bill_simple(by=cast.alice, at=cast.at, customer_id=cast.customer_id, title="Tap", lines=(line,))
    assert examine() == []
    return job


def test_every_rule_of_doctor_has_a_fault_planted_against_it():
    assert {rule for rule, _ in CHECKS} == FAULTS.keys()


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
