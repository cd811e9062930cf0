"""A job's history: shown to whom it concerns, taken along, and checked by anybody."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from milepost.actions.payments import record_payment
from milepost.actions.quotes import note_viewed
from milepost.actions.work import complete_milestone
from milepost.config import cli
from milepost.core.timeline import breaks, read_record
from milepost.queries.doctor import examine
from milepost.queries.portal_people import portal_links
from tests.cast import kitchen, sent_quote
from tests.web.test_doors import signed_in

DOCS = Path(__file__).parents[2] / "docs" / "timeline.md"


@pytest.fixture
def told(cast):
    """The kitchen: signed, its deposit paid, its first milestone done."""
    job = kitchen(cast)
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check")
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=job.rows["Rough-in complete"])
    return job


def portal(cast, name: str = "Carol Reyes") -> str:
    link = next(row.url for row in portal_links(cast.business_id) if row.name == name)
    return "/" + link.split("/", 3)[3]


def events(answer) -> list[dict[str, object]]:
    assert answer.status_code == 200
    return json.loads(answer.content)["events"]


def test_the_office_takes_the_whole_history_along_and_it_holds(cast, told):
    answer = signed_in(cast, "alice@example.com").get(f"/jobs/{told.job_id}/history.json")
    assert "attachment" in answer["Content-Disposition"] and "timeline.json" in answer["Content-Disposition"]
    kinds = [event["kind"] for event in events(answer)]
    assert kinds == ["quote_sent", "signed", "invoice_sent", "payment_received", "completed"]
    assert breaks(read_record(answer.content.decode())) == []
    signed = json.loads(str(events(answer)[1]["facts"]))
    assert (signed["name"], signed["contract_cents"], len(signed["sha256"])) == ("Carol Reyes", 40_000_00, 64)


def test_the_customer_sees_what_is_theirs_and_of_the_rest_the_hashes_alone(cast, client):
    # Given a quote that was looked at, which is for the office to know
    job = sent_quote(cast)
    note_viewed(by=cast.carol, at=cast.at, job_id=job)
    page = portal(cast)
    mine, whole = (
        events(client.get(f"{page}history.json")),
        events(signed_in(cast, "alice@example.com").get(f"/jobs/{job}/history.json")),
    )
    assert [event["kind"] for event in whole] == ["quote_sent", "viewed_v1"]
    assert [event.get("kind") for event in mine] == ["quote_sent", None]
    assert mine[1] == {
        "number": 2,
        "previous_hash": mine[0]["hash"],
        "hash": whole[1]["hash"],
        "withheld": True,
    }
    # Then the chain holds for them as well
    assert breaks(read_record(json.dumps({"format": "milepost-timeline-2", "events": mine}))) == []


def test_the_portal_tells_what_happened_and_the_office_everything(cast, told, client):
    said = client.get(portal(cast)).content.decode()
    assert "What happened" in said and "Carol Reyes signed the contract over" in said
    assert "Reported “Rough-in complete” as done." in said
    assert (
        "history.json" in signed_in(cast, "alice@example.com").get(f"/jobs/{told.job_id}/").content.decode()
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda kept: kept[1].update(who="Mallory"), "Event 2: it was changed."),
        (lambda kept: kept[3].update(at_us=kept[3]["at_us"] + 1), "Event 4: it was changed."),
        (lambda kept: kept.pop(2), "Event 4: it follows number 2."),
        (lambda kept: kept[2].update(previous_hash="0" * 64), "does not carry the hash of the one before"),
        (lambda kept: kept.insert(1, dict(kept[1])), "Event 2: it follows number 2."),
        (lambda kept: kept[4].update(facts="{}"), "Event 5: it was changed."),
        (lambda kept: kept[4].update({"for": "office"}), "Event 5: it was changed."),
        (lambda kept: kept[4].pop("for"), "Event 5: it does not say whom it is for, as the one before does."),
    ],
)
def test_a_record_that_was_tampered_with_is_found(cast, told, tmp_path, capsys, change, says):
    answer = signed_in(cast, "alice@example.com").get(f"/jobs/{told.job_id}/history.json")
    told_all = json.loads(answer.content)
    file = tmp_path / "timeline.json"
    file.write_text(json.dumps(told_all), encoding="utf-8")
    assert cli.main(["verify", str(file)]) == 0
    assert "5 events, 5 of them shown, none changed or left out." in capsys.readouterr().out
    change(told_all["events"])
    file.write_text(json.dumps(told_all), encoding="utf-8")
    assert cli.main(["verify", str(file)]) == 3
    assert says in capsys.readouterr().out
    # And without Milepost: the lines that the docs print find it too
    assert by_the_docs(file).returncode == 1


def by_the_docs(file: Path) -> "subprocess.CompletedProcess[str]":
    script = DOCS.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    return subprocess.run(
        [sys.executable, "-c", script, str(file)], text=True, capture_output=True, check=False
    )


def test_anybody_can_check_a_record_with_the_lines_of_the_docs(cast, told, client, tmp_path):
    file = tmp_path / "timeline.json"
    file.write_bytes(client.get(f"{portal(cast)}history.json").content)
    done = by_the_docs(file)
    assert done.stdout.startswith("5 entries, unbroken. Last: "), done.stderr


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"format": "milepost-timeline-9", "events": []}', '{"format": "milepost-timeline-1"}',
             '{"format": "milepost-timeline-1", "events": [{"number": "x"}]}', "[" * 100_000, "\xff\xfe", '"\\ud800"', "\u0000"],
)  # fmt: skip
def test_what_is_no_record_is_refused_in_a_sentence(tmp_path, capsys, text):
    file = tmp_path / "file.json"
    file.write_bytes(text.encode("latin-1"))
    assert cli.main(["verify", str(file)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("This is not a record of a timeline: ") and "Traceback" not in said


def test_a_history_that_was_rewritten_whole_is_found_by_a_record_that_was_taken_before(
    cast, told, owner_cursor
):
    from milepost.queries.timeline import strangers

    # Given somebody with the owner's password who changes an entry and every hash after it
    answer = signed_in(cast, "alice@example.com").get(f"/jobs/{told.job_id}/history.json")
    taken = read_record(answer.content.decode())
    assert strangers(taken) == []
    owner_cursor.execute("SET session_replication_role = replica")
    owner_cursor.execute("UPDATE job_event SET actor_name = 'Mallory' WHERE seq = 4")
    # When only the entry is changed, then doctor and the job's page say where
    assert f"job {told.job_id} event 4" in {finding.where for finding in examine()}
    page = signed_in(cast, "alice@example.com").get(f"/jobs/{told.job_id}/").content.decode()
    assert "This history was changed" in page and "Entry 4 is not what was written." in page
    # When the chain is made anew, then it holds by itself; the record taken before tells
    for seq in (4, 5):
        owner_cursor.execute(
            "UPDATE job_event e SET prev_hash = f.hash, hash = mp_event_hash_2(f.hash, e.seq, e.at, e.kind,"
            " e.actor_name, e.for_customer, e.text) FROM job_event f WHERE f.job_id = e.job_id AND f.seq = e.seq - 1 AND e.seq = %s",
            [seq],
        )
    assert examine() == []
    assert strangers(taken) == [4, 5]


def test_the_core_and_the_database_hash_alike(cast, told, owner_cursor):
    from milepost.core.timeline import Content, event_hash

    for seq, prev, at_us, kind, who, text, shown, stored in owner_cursor.execute(
        "SELECT seq, prev_hash, (extract(epoch FROM at) * 1000000)::bigint, kind, actor_name, text, for_customer, hash"
        " FROM job_event"
    ).fetchall():
        assert event_hash(seq, prev, Content(at_us, kind, who, text, shown)) == stored


def test_an_entry_cannot_be_hidden_by_saying_that_it_was_never_the_customers(cast, told, owner_cursor):
    owner_cursor.execute("SET session_replication_role = replica")
    owner_cursor.execute("UPDATE job_event SET for_customer = false WHERE seq = 4")
    assert {finding.where for finding in examine()} == {f"job {told.job_id} event 4"}
    page = signed_in(cast, "alice@example.com").get(f"/jobs/{told.job_id}/").content.decode()
    assert "Entry 4 is not what was written." in page


def test_a_history_from_before_whom_it_is_for_was_hashed_holds_and_goes_on(
    cast, told, owner_cursor, tmp_path
):
    # Given entries as the first version wrote them
    owner_cursor.execute("SET session_replication_role = replica")
    for seq in range(1, 6):
        owner_cursor.execute(
            "UPDATE job_event e SET version = 1, prev_hash = coalesce(f.hash, ''),"
            " hash = mp_event_hash(coalesce(f.hash, ''), e.seq, e.at, e.kind, e.actor_name, e.text)"
            " FROM (SELECT 1) one LEFT JOIN job_event f ON f.seq = %s WHERE e.seq = %s",
            [seq - 1, seq],
        )
    owner_cursor.execute("SET session_replication_role = DEFAULT")
    assert examine() == []
    # When the job goes on, the new entries say whom they are for
    complete_milestone(by=cast.tess, at=cast.at, job_id=told.job_id, row_id=told.rows["Cabinets installed"])
    answer = signed_in(cast, "alice@example.com").get(f"/jobs/{told.job_id}/history.json")
    assert [event.get("for") for event in events(answer)] == [None] * 5 + ["customer"]
    assert (examine(), breaks(read_record(answer.content.decode()))) == ([], [])
    file = tmp_path / "timeline.json"
    file.write_bytes(answer.content)
    assert by_the_docs(file).stdout.startswith("6 entries, unbroken.")
    # When an old entry is slipped in behind a new one, it is found
    owner_cursor.execute("SET session_replication_role = replica")
    owner_cursor.execute(
        "UPDATE job_event SET version = 1, hash = mp_event_hash(prev_hash, seq, at, kind, actor_name, text)"
        " WHERE seq = 6"
    )
    owner_cursor.execute("UPDATE job_event SET version = 2 WHERE seq = 5")
    owner_cursor.execute(
        "UPDATE job_event SET hash = mp_event_hash_2(prev_hash, seq, at, kind, actor_name, for_customer, text)"
        " WHERE seq = 5"
    )
    assert f"job {told.job_id} event 6" in {finding.where for finding in examine()}
