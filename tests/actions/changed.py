"""What tests of change orders share: jobs to change, changes, and how to bill and sign them."""

from decimal import Decimal

from milepost.actions.change_signing import (
    sign_change,
)
from milepost.actions.changes import (
    draft_change,
    send_change,
)
from milepost.actions.invoices import send_invoice
from milepost.core.change_input import ChangeInput, LineEdit
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.queries.change_page import change_page
from milepost.queries.contract_lines import contract_lines
from milepost.queries.story_output import story_output
from milepost.records.scope import scoped
from tests.cast import Kitchen, kitchen

OUTLETS = ChangeInput(
    "Two more outlets",
    (LineEdit("add", None, "Two more outlets", Decimal(1), "", Decimal(180)),),
    placement="next",
)


def rows_of(cast, job_id: int) -> dict[str, str]:
    schedule = story_output(cast.business_id, job_id, at=cast.at)["schedule"]
    return {name: row["amount"] for name, row in schedule.items()}


def in_quarters(cast) -> Kitchen:
    """A kitchen of 10,000.00 in 25, 25 and 50 percent."""
    rows = (
        RowInput("Start", "percent", value=Decimal(25)),
        RowInput("Middle", "percent", value=Decimal(25)),
        RowInput("End", "percent", value=Decimal(50)),
    )
    return kitchen(cast, quote=QuoteInput("Kitchen", (LineInput("Kitchen", Decimal(10_000)),), rows))


def document_of(said, row: str):
    return next(document for document in said["documents"] if document.get("for") == [row])


def island(amount: str, placement: str = "spread") -> ChangeInput:
    return ChangeInput(
        "An island", (LineEdit("add", None, "Island", Decimal(1), "", Decimal(amount)),), placement=placement,
        own_name="Island stands",
    )  # fmt: skip


def billed(cast, job: Kitchen, name: str) -> int:
    return send_invoice(by=cast.alice, at=cast.at, job_id=job.job_id, row_ids=[job.rows[name]], by_hand=True)


def signed(cast, job: Kitchen, change: ChangeInput) -> int:
    """Written, sent and signed by Carol, as she saw it."""
    made = draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=change)
    send_change(by=cast.alice, at=cast.at, job_id=job.job_id, change_id=made)
    page = change_page(cast.business_id, job.job_id, made, at=cast.at)
    assert page.difference is not None
    sign_change(
        by=cast.carol,
        at=cast.at,
        job_id=job.job_id,
        change_id=made,
        name="Carol Reyes",
        stamp=page.difference.stamp,
    )
    return made


def line_ids(cast, job: Kitchen) -> dict[str, int]:
    with scoped(cast.business_id, writing=False):
        return {line.description: line.id for line in contract_lines(job.job_id)}
