"""In SQL alone, past all of our code: the database refuses, the application and the owner alike."""

from decimal import Decimal

import psycopg
import pytest
from django.apps import apps

from milepost.actions.credit_notes import give_money_off
from milepost.actions.files import keep_rendering
from milepost.actions.invoices import bill_simple
from milepost.actions.post import Written, note_delivery, receive_event, work_event, write_out
from milepost.core.quote_input import LineInput
from milepost.queries.doctor import examine
from milepost.records.fields import InnerForeignKey, InnerOneToOneField
from milepost.records.post import Message
from tests.actions.attacks import ATTACKS
from tests.cast import kitchen

COMPOSITE_KEYS = """
    SELECT k.conrelid::regclass::text, string_agg(a.attname, ',' ORDER BY pair.place)
    FROM pg_constraint k CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS pair (number, place)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.number
    WHERE k.contype = 'f' GROUP BY k.oid
"""
TABLES = "SELECT table_name FROM information_schema.columns WHERE column_name = 'business_id'"


@pytest.fixture
def complete(cast, lived_in, owner_cursor):
    """
    Some of everything that a guarantee speaks of: a printed document, a sent letter, a worked event, a
    credit note.
    """
    document, message = owner_cursor.execute(
        "SELECT (SELECT min(id) FROM document), (SELECT min(id) FROM message)"
    ).fetchone()
    system = cast.system
    keep_rendering(by=system, at=cast.at, document_id=document, sha256="a" * 64, name="Contract.pdf", bytes=9)
    write_out(by=system, at=cast.at, message_id=message, written=Written("Your quote", "Please look."))
    note_delivery(by=system, at=cast.at, message_id=message, state="sent", provider_ref="1")
    receive_event(
        provider="stripe", event_id="evt_1", kind="paid", session_id="cs_1", payload="{}", at=cast.at
    )
    work_event(event_row_id=owner_cursor.execute("SELECT id FROM webhook_event").fetchone()[0], at=cast.at)
    lamp = bill_simple(
        by=cast.alice,
        at=cast.at,
        customer_id=cast.customer_id,
        lines=(LineInput("Lamp", Decimal(40)),),
        form_key="lamp",
    )
    give_money_off(by=cast.bo, at=cast.at, invoice_id=lamp.invoice_id, amount_cents=1_00, reason="A scratch")
    return lived_in


def refusal(connection, business_id: int, sql: str) -> str:
    """What the database says to it by the time of the commit; "" when it lets it pass. Nothing stays."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("SELECT set_config('milepost.business', %s, true)", [str(business_id)])
            connection.execute(sql)
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.Error as error:
        return f"{error.diag.constraint_name} {error.diag.message_primary}"
    return ""


@pytest.mark.parametrize("who", ["owner", "app"])
@pytest.mark.parametrize("guarantee", range(1, 11))
def test_the_database_alone_refuses(cast, complete, owner_cursor, app_cursor, guarantee, who):
    connection = {"owner": owner_cursor, "app": app_cursor}[who].connection
    passed = {}
    for attack in (attack for attack in ATTACKS if attack.guarantee == guarantee):
        said = refusal(connection, cast.business_id, attack.sql)
        no_right = ["permission denied", "row-level security"] if who == "app" else []
        if not any(words in said for words in (attack.says, *no_right)):
            passed[attack.sql] = said
    assert passed == {}
    assert examine() == []


def test_each_of_the_ten_guarantees_is_attacked():
    assert {attack.guarantee for attack in ATTACKS} == set(range(1, 11))


@pytest.mark.parametrize("who", ["owner", "app"])
def test_an_event_that_forges_its_place_in_the_timeline_is_put_at_its_end(
    cast, owner_cursor, app_cursor, who
):
    job = kitchen(cast)
    ask = "SELECT seq, prev_hash, hash FROM job_event WHERE job_id = %s ORDER BY seq DESC LIMIT 2"
    forged = (
        "INSERT INTO job_event (business_id, job_id, seq, at, kind, actor_name, for_customer, text, prev_hash, hash)"
        " VALUES (%s, %s, 1, '2020-01-01', 'accepted', 'Mallory', true, '{}', 'forged', 'forged')"
    )
    if who == "owner":
        owner_cursor.execute(forged, [cast.business_id, job.job_id])
    else:
        with app_cursor.scope(cast.business_id) as scoped:
            scoped.execute(forged, [cast.business_id, job.job_id])
    (seq, prev_hash, own), (before, last_hash, _) = [
        (seq, prev, own) for seq, prev, own in owner_cursor.execute(ask, [job.job_id]).fetchall()
    ]
    assert (seq, len(own)) == (before + 1, 64)
    assert (prev_hash, last_hash) != ("forged", "forged")


def test_without_a_scope_the_application_sees_an_error_and_not_an_empty_list(cast, app_cursor):
    with pytest.raises(psycopg.Error, match="no business is in scope"):
        app_cursor.execute("SELECT * FROM customer")


def test_another_business_sees_no_row_of_any_table(cast, complete, app_cursor, owner_cursor):
    tables = [name for (name,) in owner_cursor.execute(TABLES).fetchall()]
    filled = 0
    for table in tables:
        theirs = owner_cursor.execute(
            f'SELECT count(*) FROM "{table}" WHERE business_id = %s', [cast.business_id]
        ).fetchone()
        with app_cursor.scope(cast.mallory.business_id) as scoped:
            seen = scoped.execute(
                f'SELECT count(*) FROM "{table}" WHERE business_id = %s', [cast.business_id]
            ).fetchone()
        assert seen == (0,), table
        filled += theirs != (0,)
    assert filled > 25


def test_another_business_writes_nothing_into_this_one(cast, app_cursor):
    kitchen(cast)
    with app_cursor.scope(cast.mallory.business_id) as scoped:
        assert scoped.execute("UPDATE customer SET name = 'Mallory'").rowcount == 0
    into_theirs = "INSERT INTO site (business_id, customer_id, address) VALUES (%s, %s, 'x')"
    with (
        pytest.raises(psycopg.Error, match="row-level security"),
        app_cursor.scope(cast.mallory.business_id) as s,
    ):
        s.execute(into_theirs, [cast.business_id, cast.customer_id])
    with pytest.raises(psycopg.errors.ForeignKeyViolation), app_cursor.scope(cast.mallory.business_id) as s:
        s.execute(into_theirs, [cast.mallory.business_id, cast.customer_id])


def test_every_reference_inside_a_business_carries_the_business(database, owner_cursor):
    there = {
        (table.strip('"'), columns) for table, columns in owner_cursor.execute(COMPOSITE_KEYS).fetchall()
    }
    wanted = [
        (model._meta.db_table, f"business_id,{field.column}")
        for model in apps.get_app_config("records").get_models()
        for field in model._meta.local_fields
        if isinstance(field, InnerForeignKey | InnerOneToOneField)
    ]
    assert [pair for pair in wanted if pair not in there] == [
        ("position", "business_id,prev_id")  # by kind and track as well: position_follows
    ]
    assert len(wanted) > 50


def test_a_message_that_failed_may_be_tried_again(cast, lived_in):
    message = Message.objects.using("owner").filter(state="queued").first()
    note_delivery(by=cast.system, at=cast.at, message_id=message.id, state="queued", error="away")
    message.refresh_from_db(using="owner")
    assert (message.state, message.error) == ("queued", "away")
