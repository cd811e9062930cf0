"""
What one job costs over HTTP: prints JSON with milliseconds and SQL statements, step by step.

The walk is thirteen posted forms, as browsers send them: a new customer with a quote of ten lines with
tax, send, sign by the link, the deposit's payment, then three times done, invoice, payment. Each goes
through middleware, session, sign-in, the view and the action, to the redirect; the pages that people
look at between are timed by themselves. Medians of ten walks. BEGIN and COMMIT are not statements to
Django's wrapper, the scope of a transaction is one.

Aim: 30 ms and 100 statements. Others take 4.6 s and 2,150 statements, and 17.5 s and 9,860, for the
same walk; raw SQL 7.5 ms and 32.
"""

import json
import sys
from decimal import Decimal

from django.test import Client
from django.utils import timezone

from bench.measure import Meter, database
from milepost.actions.businesses import add_tax_code
from milepost.queries.job_page import JobPage, job_page
from tests.cast import Cast, make_cast

RUNS = 10
SCHEDULE = [("Deposit", "deposit", "percent", "25"), ("Rough-in", "milestone", "percent", "25"),
            ("Cabinets", "milestone", "percent", "30"), ("Walkthrough", "milestone", "remainder", "")]  # fmt: skip


class People:
    """Signed-in browsers: the owner's, the technician's, the customer's phone."""

    def __init__(self, cast: Cast) -> None:
        self.office, self.field, self.phone = Client(), Client(), Client()
        self.office.login(email="alice@example.com", password=cast.password)
        self.field.login(email="tess@example.com", password=cast.password)


def quote_form(tax: int, number: int) -> dict[str, object]:
    """The quote as its form sends it."""
    form: dict[str, object] = {
        "reach": f"pat{number}@example.com",
        "name": "Pat",
        "line": [str(n) for n in range(1, 11)],
        "row": [str(n) for n in range(1, 5)],
    }
    for n in range(1, 11):
        form |= {
            f"line-{n}-description": f"Line {n}",
            f"line-{n}-quantity": "4",
            f"line-{n}-price": str(1000 + n),
            f"line-{n}-tax": str(tax),
        }
    for n, (name, kind, basis, value) in enumerate(SCHEDULE, start=1):
        form |= {
            f"row-{n}-name": name,
            f"row-{n}-kind": kind,
            f"row-{n}-basis": basis,
            f"row-{n}-value": value,
        }
    return form


def walk(cast: Cast, people: People, tax: int, meter: Meter, number: int) -> int:
    """One job from the customer's name to the last payment. Its id."""
    with meter.step("customer and quote"):
        made = people.office.post("/quotes/new/", quote_form(tax, number))
    job = int(made["Location"].split("/")[2])
    with meter.step("send"):
        done(people.office.post(f"/quotes/{job}/sending/"))
    page = look(cast, job)
    link = "/c/" + page.people[0].url.split("/c/")[1]
    signature = {"version": "1", "name": "Pat", "total_cents": str(page.total.cents), "then": "later"}
    with meter.step("sign"):
        done(people.phone.post(f"{link}signature/", signature))
    pay(cast, people, job, meter, "deposit paid")
    for stop in look(cast, job).stops[1:]:
        with meter.step(f"{stop.name}: done"):
            done(people.field.post(f"/field/jobs/{job}/milestones/{stop.id}/completion/", {}))
        with meter.step(f"{stop.name}: invoice"):
            done(people.field.post(f"/field/jobs/{job}/milestones/{stop.id}/invoice/", {}))
        pay(cast, people, job, meter, f"{stop.name}: paid")
    if look(cast, job).state != "closed":
        sys.exit("The job did not close: the walk measured something else.")
    return job


def pay(cast: Cast, people: People, job: int, meter: Meter, name: str) -> None:
    due = look(cast, job).due_now
    with meter.step(name):
        form = {
            "amount": f"{due.cents / 100:.2f}",
            "method": "check",
            "reference": "1",
            "form_key": f"{job}{name}",
        }
        done(people.office.post(f"/jobs/{job}/payments/", form))


def done(answer) -> None:  # type: ignore[no-untyped-def]
    if answer.status_code != 302:
        sys.exit(f"A form was refused: {answer.status_code}")


def look(cast: Cast, job: int) -> JobPage:
    return job_page(cast.business_id, job, at=timezone.now())


def main(*, show: str = "") -> None:
    """Print the figures; with `show`, the statements of one step of the last walk."""
    with database():
        cast = make_cast()
        tax = add_tax_code(by=cast.alice, at=cast.at, name="Sales tax", percent=Decimal("8.25"))
        people = People(cast)
        walk(cast, people, tax, Meter(), 0)
        meter, pages = Meter(), Meter()
        for number in range(1, RUNS + 1):
            job = walk(cast, people, tax, meter, number)
            with pages.step("job page"):
                people.office.get(f"/jobs/{job}/")
            with pages.step("quote form"):
                people.office.get("/quotes/new/")
        print(
            json.dumps({"walk": meter.total(), "steps": meter.medians(), "pages": pages.medians()}, indent=2)
        )
        if show:
            sys.stdout.write("\n".join(meter.said[show]) + "\n")


if __name__ == "__main__":
    main(show=" ".join(sys.argv[1:]))
