"""What a list costs when a business is large: the first fifty of 10,000 jobs, and a search among them."""

import json

from django.test import Client

from bench.measure import Meter, database
from milepost.records.customers import Customer
from milepost.records.jobs import Job
from milepost.records.scope import scoped
from tests.cast import make_cast

JOBS = 10_000
RUNS = 10


def fill(cast) -> None:  # type: ignore[no-untyped-def]
    """Jobs as signed quotes leave them, without their work: what the list reads of them is all there."""
    with scoped(cast.business_id, writing=True):
        customer = Customer.objects.get(id=cast.customer_id)
        Job.objects.bulk_create(
            [
                Job(
                    business_id=cast.business_id,
                    customer=customer,
                    number=f"B-{n}",
                    title=f"Kitchen {n}",
                    state="draft" if n % 3 == 0 else "declined",
                    currency="USD",
                    created_at=cast.at,
                )
                for n in range(JOBS)
            ],
            batch_size=1000,
        )


def main() -> None:
    with database():
        cast = make_cast()
        fill(cast)
        office = Client()
        office.login(email="alice@example.com", password=cast.password)
        meter = Meter()
        for _ in range(RUNS):
            for name, address in (
                ("50 of 10,000", "/quotes/"),
                ("search a number", "/search/?q=B-7777"),
                ("search a name", "/search/?q=carol"),
                ("needs you", "/"),
            ):
                with meter.step(name):
                    assert office.get(address).status_code == 200, address
        print(json.dumps({"lists": meter.medians()}, indent=2))


if __name__ == "__main__":
    main()
