"""Messages: sent at least once under one identity, exactly as stored, with pauses that grow."""

from datetime import timedelta

import pytest

from milepost.gateways.email import EmailRefused, EmailUnavailable
from milepost.mailroom import documents, outbox, wiring, worker
from milepost.mailroom.waiting import claim_messages


def messages(owner_cursor, columns="kind, channel, state"):
    return owner_cursor.execute(f"SELECT {columns} FROM message ORDER BY id").fetchall()


def send_all(at):
    while outbox.send_waiting(at):
        pass


def test_signing_sends_the_contract_and_the_deposits_invoice_with_their_pdfs(
    cast, job, outside, owner_cursor
):
    send_all(cast.at)

    assert {state for (state,) in messages(owner_cursor, "state")} == {"sent"}
    invoice = next(mail for mail in outside.email.sent if "due" in mail.subject)
    assert (invoice.to, invoice.from_name, invoice.reply_to) == (
        "pat@example.com",
        "Northside Kitchens",
        "alice@example.com",
    )
    assert "10,000.00" in invoice.text and "/c/" in invoice.text
    assert [a.name for a in invoice.attachments] == ["Invoice 1001.pdf"]
    assert any("Kitchen remodel" in text.text for text in outside.sms.sent)


def test_what_is_stored_is_what_was_sent_to_the_letter(cast, job, outside, owner_cursor):
    send_all(cast.at)

    stored = {row[0]: row[1:] for row in messages(owner_cursor, "identity, subject, body_text, body_html")}
    for mail in outside.email.sent:
        identity = next(
            one for one in stored if outbox.stable_identity(cast.business_id, one) == mail.message_id
        )
        assert stored[identity] == (mail.subject, mail.text, mail.html)


def test_each_message_goes_once(cast, job, outside):
    send_all(cast.at)
    send_all(cast.at + timedelta(days=3))

    identities = [mail.message_id for mail in outside.email.sent]
    assert len(identities) == len(set(identities))


def test_a_crash_between_sending_and_noting_sends_the_same_letter_again(
    cast, job, outside, owner_cursor, monkeypatch
):
    # Given a worker that dies after the mail server has the letter
    def die(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(outbox, "note_delivery", die)
        outbox.send_waiting(cast.at)
    first = outside.email.sent[0]
    # When another worker comes by, before and after the lease has ended
    send_all(cast.at + timedelta(seconds=30))
    assert [mail for mail in outside.email.sent if mail.message_id == first.message_id] == [first]
    send_all(cast.at + timedelta(minutes=5))
    # Then the letter has gone twice, the same to the letter, under one identity
    again = [mail for mail in outside.email.sent if mail.message_id == first.message_id]
    assert again == [first, first]


def test_a_busy_server_is_tried_again_with_pauses_that_grow(cast, job, outside, owner_cursor, force):
    send_all(cast.at)
    force("UPDATE message SET state = 'queued', attempts = 0 WHERE id = (SELECT min(id) FROM message)")
    outside.email.failures = [EmailUnavailable("421 try later")] * 3
    sent = len(outside.email.sent)

    at, waits = cast.at, []
    for _ in range(3):
        assert outbox.send_waiting(at) == 1
        state, error, not_before = messages(owner_cursor, "state, error, not_before")[0]
        assert (state, error) == ("queued", "421 try later")
        assert outbox.send_waiting(not_before - timedelta(seconds=1)) == 0
        waits.append(not_before - at)
        at = not_before
    assert waits == [timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=4)]
    outbox.send_waiting(at)
    assert len(outside.email.sent) == sent + 1


def test_a_message_is_given_up_in_the_end_and_says_why(cast, job, outside, owner_cursor, force):
    send_all(cast.at)
    force("UPDATE message SET state = 'queued', attempts = 15 WHERE id = (SELECT min(id) FROM message)")
    outside.email.failures = [EmailUnavailable("421 try later")]
    outbox.send_waiting(cast.at)

    assert messages(owner_cursor, "state, error")[0] == ("failed", "421 try later")


def test_a_refused_address_is_not_tried_again(cast, job, outside, owner_cursor):
    outside.email.failures = [EmailRefused(to="carol@example.com", problem="the mail server answered 550")]
    send_all(cast.at)

    ((error,),) = owner_cursor.execute("SELECT error FROM message WHERE state = 'failed'").fetchall()
    assert "550" in error
    assert outbox.send_waiting(cast.at + timedelta(days=1)) == 0


def test_one_broken_message_does_not_hold_up_the_others(cast, job, outside, owner_cursor, force):
    force("UPDATE message SET kind = 'no_such_kind' WHERE id = (SELECT min(id) FROM message)")
    send_all(cast.at)

    states = [state for (state,) in messages(owner_cursor, "state")]
    assert states[0] == "queued" and set(states[1:]) == {"sent"}


def test_without_gateways_messages_are_kept_as_they_would_have_gone(cast, job, outside, owner_cursor):
    with wiring.use(email=None, sms=None):
        send_all(cast.at)

    for state, channel, body, html in messages(owner_cursor, "state, channel, body_text, body_html"):
        assert state == "kept" and "Northside Kitchens" in body
        assert bool(html) == (channel == "email")


def test_two_workers_never_hold_the_same_message(cast, job):
    lease = timedelta(minutes=2)
    first, second = claim_messages(cast.at, 3, lease), claim_messages(cast.at, 100, lease)

    assert first and second and not set(first) & set(second)


def test_a_message_of_another_business_never_carries_our_rows(cast, job, outside, owner_cursor):
    send_all(cast.at)

    assert {business for (business,) in messages(owner_cursor, "business_id")} == {cast.business_id}
    assert not any("mallory" in mail.to for mail in outside.email.sent)


def test_one_round_of_the_worker_does_everything_that_is_due(cast, job, outside, owner_cursor):
    done = worker.run_once(cast.at)

    assert done["messages"] == len(messages(owner_cursor))
    assert worker.run_once(cast.at) == dict.fromkeys(done, 0)
    waiting = owner_cursor.execute(
        "SELECT count(*) FROM document d LEFT JOIN rendering r ON r.document_id = d.id WHERE r.id IS NULL"
    )
    assert waiting.fetchone() == (0,)


def test_the_worker_goes_on_when_one_kind_of_work_fails(cast, job, outside, owner_cursor, monkeypatch):
    def broken(at: object) -> int:
        raise RuntimeError("out of order")

    monkeypatch.setattr(documents, "render_waiting", broken)
    monkeypatch.setattr(worker.inbox, "work_waiting", broken)

    assert worker.run_once(cast.at)["messages"] == len(messages(owner_cursor))
