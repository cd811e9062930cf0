"""What a quote of 360 lines and twelve payments costs: its form, its live totals, saving, sending, signing."""

import json
from decimal import Decimal
from urllib.parse import urlencode

from django.test import Client

from bench.measure import Meter, database
from milepost.actions.businesses import add_tax_code
from tests.cast import make_cast
from tests.long_quotes import long_form

LINES = 360
SENT_AS = "application/x-www-form-urlencoded"
RUNS = 5


def main() -> None:
    with database():
        cast = make_cast()
        taxes = [
            add_tax_code(by=cast.alice, at=cast.at, name=name, percent=Decimal(percent))
            for name, percent in (("State tax", "6.25"), ("City tax", "2"))
        ]
        office, meter = Client(), Meter()
        office.login(email="alice@example.com", password=cast.password)
        body = urlencode(long_form(cast, LINES, taxes), doseq=True)
        sizes: dict[str, int] = {}
        for _ in range(RUNS):
            with meter.step("live totals"):
                sizes["live totals"] = len(office.post("/quotes/totals/", body, content_type=SENT_AS).content)
            with meter.step("save"):
                quote = office.post("/quotes/new/", body, content_type=SENT_AS)["Location"]
            with meter.step("open the form"):
                sizes["open the form"] = len(office.get(f"{quote}edit/").content)
            with meter.step("save again"):
                assert office.post(f"{quote}edit/", body, content_type=SENT_AS).status_code == 302
            with meter.step("preview"):
                sizes["preview"] = len(office.get(quote).content)
            with meter.step("send"):
                assert office.post(f"{quote}sending/").status_code == 302
        print(json.dumps({"quote of 360 lines": meter.medians(), "bytes": sizes}, indent=2))


if __name__ == "__main__":
    main()
