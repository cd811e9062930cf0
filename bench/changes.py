"""A change order, signed and durable: over seven milestones of which three are billed, and over 360 lines."""

import json
from decimal import Decimal

from bench.measure import Meter, database
from milepost.actions.change_signing import sign_change
from milepost.actions.changes import draft_change, send_change
from milepost.actions.invoices import send_invoice
from milepost.core.change_input import ChangeInput, LineEdit
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.queries.change_difference import simulate
from tests.cast import Cast, Kitchen, kitchen, make_cast

RUNS = 9


def main() -> None:
    with database():
        cast, meter = make_cast(), Meter()
        seven, many = _seven(cast), _many(cast)
        for run in range(RUNS):
            _signed(cast, seven, meter, "sign, 7 milestones, 3 billed", run)
            _signed(cast, many, meter, "sign, 360 lines", run)
        print(json.dumps({"change order": meter.medians()}, indent=2))


def _seven(cast: Cast) -> Kitchen:
    rows = tuple(RowInput(f"Part {n}", "share", value=Decimal(1)) for n in range(1, 8))
    job = kitchen(cast, quote=QuoteInput("House", (LineInput("House", Decimal(70_000)),), rows))
    for n in (1, 2, 3):
        send_invoice(
            by=cast.alice, at=cast.at, job_id=job.job_id, row_ids=[job.rows[f"Part {n}"]], by_hand=True
        )
    return job


def _many(cast: Cast) -> Kitchen:
    lines = tuple(LineInput(f"Line {n}", Decimal("12.34"), Decimal(n)) for n in range(1, 361))
    rows = (RowInput("Start", "share", value=Decimal(1)), RowInput("End", "share", value=Decimal(1)))
    return kitchen(cast, quote=QuoteInput("Fit-out", lines, rows))


def _signed(cast: Cast, job: Kitchen, meter: Meter, name: str, run: int) -> None:
    line = LineEdit("add", None, f"Extra {run}", Decimal(1), "", Decimal("199.99"))
    change = ChangeInput(f"Extra {run}", (line,))
    with meter.step(name.replace("sign", "simulate")):
        simulate(cast.business_id, job.job_id, change)
    made = draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=change)
    send_change(by=cast.alice, at=cast.at, job_id=job.job_id, change_id=made)
    with meter.step(name):
        sign_change(by=cast.carol, at=cast.at, job_id=job.job_id, change_id=made, name="Carol")


if __name__ == "__main__":
    main()
