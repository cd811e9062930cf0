"""In SQL alone, past all of our code: the database refuses."""

import psycopg
import pytest

from tests.cast import kitchen


def refused(error: psycopg.Error) -> str:
    return f"{error.diag.constraint_name} {error.diag.message_primary}"


@pytest.mark.parametrize("who", ["owner", "app"])
@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        (
            "UPDATE schedule_row SET amount_cents = amount_cents + 1 WHERE kind = 'milestone'",
            "schedule_is_the_contract",
        ),
        ("UPDATE job SET contract_cents = contract_cents + 1", "contract_is_the_sum_of_its_lines"),
        ("UPDATE invoice SET total_cents = 1", "append"),
        ("DELETE FROM invoice", "append"),
        ("UPDATE document SET content = '{}'", "append"),
        ("UPDATE job_event SET text = '{}'", "append"),
        ("DELETE FROM job_event", "append"),
        ("UPDATE transfer SET cents = 1", "append"),
        ("UPDATE quote_version SET note = 'cheaper'", "quote_version_is_frozen"),
        (
            "INSERT INTO position (business_id, job_id, kind, row_id, invoice_id, start_cents, delta_cents) "
            "SELECT business_id, job_id, kind, row_id, invoice_id, 0, 1 FROM position WHERE kind = 'due' LIMIT 1",
            "position_does_not_fork",
        ),
        (
            "INSERT INTO position (business_id, job_id, kind, row_id, invoice_id, prev_id, start_cents, delta_cents) "
            "SELECT business_id, job_id, kind, row_id, invoice_id, id, end_cents, 1 FROM position "
            "WHERE kind = 'due' LIMIT 1",
            "position_stays_within",
        ),
    ],
)
def test_the_database_alone_refuses(cast, owner_cursor, app_cursor, who, sql, rule):
    kitchen(cast)
    with pytest.raises(psycopg.Error) as caught:
        if who == "owner":
            owner_cursor.execute(sql)
        else:
            with app_cursor.scope(cast.business_id) as scoped:
                scoped.execute(sql)
    said = refused(caught.value)
    assert rule in said or (who == "app" and "permission denied" in said)


def test_without_a_scope_the_application_sees_an_error_and_not_an_empty_list(cast, app_cursor):
    with pytest.raises(psycopg.Error, match="no business is in scope"):
        app_cursor.execute("SELECT * FROM customer")


def test_another_business_sees_nothing_and_can_write_nothing(cast, app_cursor):
    kitchen(cast)
    with app_cursor.scope(cast.mallory.business_id) as scoped:
        assert scoped.execute("SELECT count(*) FROM job").fetchone() == (0,)
        assert scoped.execute("UPDATE customer SET name = 'Mallory'").rowcount == 0
    with (
        pytest.raises(psycopg.Error, match="row-level security"),
        app_cursor.scope(cast.mallory.business_id) as s,
    ):
        s.execute("INSERT INTO site (business_id, customer_id, address) VALUES (%s, %s, 'x')",
                  [cast.business_id, cast.customer_id])  # fmt: skip
    with pytest.raises(psycopg.errors.ForeignKeyViolation), app_cursor.scope(cast.mallory.business_id) as s:
        s.execute("INSERT INTO site (business_id, customer_id, address) VALUES (%s, %s, 'x')",
                  [cast.mallory.business_id, cast.customer_id])  # fmt: skip


def test_a_payment_settles_no_more_than_the_invoice(cast, owner_cursor):
    job = kitchen(cast)
    payment = owner_cursor.execute(
        "INSERT INTO payment (business_id, customer_id, method, reference, currency, amount_cents, state, received_on,"
        " recorded_at, recorded_by) VALUES (%s, %s, 'check', '', 'USD', 2000000, 'cleared', now(), now(), 'x')"
        " RETURNING id",
        [cast.business_id, cast.customer_id],
    ).fetchone()[0]
    with pytest.raises(psycopg.Error) as caught:
        owner_cursor.execute(
            "INSERT INTO allocation (business_id, payment_id, invoice_id, amount_cents) VALUES (%s, %s, %s, 1000001)",
            [cast.business_id, payment, job.deposit_invoice_id],
        )
    assert "settled_within_invoice" in refused(caught.value)
