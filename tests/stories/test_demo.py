"""The demo: a job in every state, whatever the day."""

from contextlib import suppress
from datetime import UTC, datetime

from milepost.actions.actor import Actor
from milepost.gateways.practice.launch import PRACTICE_KEY
from milepost.mailroom import wiring
from milepost.queries.clearing import clearing_page
from milepost.queries.doctor import examine
from milepost.queries.items import suggested_items
from milepost.queries.job_page import job_page
from milepost.queries.money_lists import payments
from milepost.queries.own_templates import own_templates
from milepost.records.jobs import Job
from milepost.records.scope import scoped
from milepost.stories import demo
from milepost.stories.demo import load_demo, where_to_sign_in
from milepost.stories.demo_online import pay_online
from tests.gateways.conftest import hook, practice

__all__ = ["hook", "practice"]
AT = datetime(2027, 6, 9, 17, 0, tzinfo=UTC)


def test_the_demo_has_a_job_in_every_state_and_loads_once(database):
    report = load_demo(AT)
    with scoped(report.business_id, writing=False):
        jobs = dict(Job.objects.values_list("title", "id"))
        states = set(Job.objects.values_list("state", flat=True))
    assert len(jobs) >= 12
    assert states == {"draft", "sent", "open", "closed"}
    seen = {stop.state for id in jobs.values() for stop in job_page(report.business_id, id, at=AT).stops}
    assert {"paid", "due", "overdue", "ready", "waiting_acceptance", "on_its_way", "ahead"} <= seen
    today = job_page(report.business_id, jobs["Quartz countertops"], at=AT)
    assert [stop.technician for stop in today.stops if stop.on == AT.date() and stop.kind == "event"] == [
        "Tess Tanaka"
    ]
    changed = job_page(report.business_id, jobs["Garage conversion"], at=AT)
    assert [(change.name, change.shown_state) for change in changed.changes] == [
        ("CO-1", "approved"),
        ("CO-2", "sent"),
    ]
    assert changed.changed is not None and changed.changed.cents == 180_00
    assert [item.name for item in suggested_items(report.business_id, "cab")] == [
        "Base cabinet",
        "Brass pull",
        "Wall cabinet",
    ]
    assert [template.name for template in own_templates(report.business_id)] == ["Our kitchens"]
    assert load_demo(AT) == report


def test_the_demo_says_where_to_sign_in(database):
    assert "There is no demo here" in where_to_sign_in()[0]
    load_demo(AT)
    said = "\n".join(where_to_sign_in())
    for part in ("alice@northside.example", "bo@northside.example", "tess@northside.example", "/c/"):
        assert part in said


def test_a_demo_that_was_interrupted_is_begun_anew(database, monkeypatch):
    # Given a demo that was killed after its first job
    def killed(text, *, stage):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "play", killed)
    with suppress(KeyboardInterrupt):
        load_demo(AT)
    assert demo.is_half_loaded()
    # When it is whole, nothing is begun anew
    monkeypatch.undo()
    demo.change_business(by=owner_of_the_demo(), at=AT, is_practice=True)
    assert not demo.is_half_loaded()


def owner_of_the_demo() -> Actor:
    return Actor(demo.report().business_id, "owner", "Alice")


def test_the_demo_s_customer_pays_online_and_a_part_is_paid_out(database, settings, practice):
    report = load_demo(datetime.now(UTC))
    settings.STRIPE_API_BASE, settings.STRIPE_SECRET_KEY = practice.url, PRACTICE_KEY
    with wiring.use(payments=practice.gateway):
        pay_online()
    page = clearing_page(report.business_id)
    assert [(payout.state, payout.amount.cents) for payout in page.payouts] == [("paid", 2_679_51)]
    assert page.held.cents == 4_466_06
    paid = payments(report.business_id).rows[:2]
    assert [(row.customer, row.method, row.amount.cents) for row in paid] == [
        ("Nadia Petrov", "card", 4_599_75),
        ("Nadia Petrov", "card", 2_759_85),
    ]
    assert examine() == []
