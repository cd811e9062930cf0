"""Other taxes on a signed job from now on: a rate that changes on a day, a customer who is exempt after all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from milepost.core.change_input import ChangeInput, LineEdit
from milepost.core.changes import change
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.core.retaxing import retaxed
from milepost.core.rounding import Rule
from milepost.core.tax import TaxPer
from milepost.queries.billing_state import LoadedJob, load
from milepost.queries.change_difference import Difference, difference
from milepost.queries.changing import Proposed, lines_after, stored
from milepost.queries.door import NotThere, question
from milepost.records.businesses import TaxCode
from milepost.records.jobs import ChangeOrder, Job

Taxes = Mapping[int, int | None]
"""What each tax of the job becomes, by the ids of tax codes: another one, or None for no tax."""


class TaxesStayAsTheyAre(Refusal):
    code = "taxes_stay_as_they_are"
    message = gettext_noop("Choose another tax for at least one of them.")


class BilledBeyondNewTotal(Refusal):
    code = "billed_beyond_new_total"
    message = gettext_noop(
        "Without this tax the contract would be below what is invoiced. Take invoice {number} back first."
    )


@dataclass(frozen=True)
class TaxInUse:
    """A tax that lines of the job carry now."""

    code: int
    name: str
    percent: Decimal


@dataclass(frozen=True)
class TaxChangePage:
    """The job's taxes, what they may become, and what that does, once one is chosen."""

    job_id: int
    job: str
    in_use: Sequence[TaxInUse]
    choices: Sequence[TaxInUse]
    difference: Difference | None


def taxes_in_use(loaded: LoadedJob) -> list[TaxInUse]:
    """The taxes that lines carry now, in stored order."""
    found = {
        int(tax["code"]): TaxInUse(int(tax["code"]), tax["name"], Decimal(tax["percent"]))
        for line in loaded.lines
        for tax in line.taxes
    }
    return list(found.values())


def plan_taxes(loaded: LoadedJob, order: ChangeOrder, taxes: Taxes) -> Proposed:
    """
    The job with other taxes on what is not billed; `order` gets the edits. The net of no line changes.

    Refuses TaxesStayAsTheyAre, BilledBeyondNewTotal, UnknownTaxOfChange.
    """
    edits = tuple(edit for line in loaded.lines if (edit := _edit(line.id, line.taxes, taxes)))
    if not edits:
        raise TaxesStayAsTheyAre(field="taxes")
    order.edits, order.row_edits = stored(ChangeInput(order.reason, lines=edits), loaded)
    lines, job = lines_after(loaded.lines, order.edits), loaded.job
    before = loaded.state.priced
    after = retaxed(
        before,
        loaded.state.billed,
        {line.key: line.core().taxes for line in lines},
        tax_per=cast(TaxPer, job.tax_per),
        tax_rounding=cast(Rule, job.tax_rounding),
    )
    newest = loaded.standing[-1:]
    if newest and loaded.billed_cents > after.total_cents:
        raise BilledBeyondNewTotal(number=newest[0].number_text)
    billed = loaded.deposit is not None and loaded.row_head_cents(loaded.deposit) > 0
    changed = change(loaded.state, after, placement="spread", deposit_billed=billed)
    return Proposed(lines, before, after, changed, (), (), loaded.billed_rows)


def _edit(line: int, now: Sequence[Mapping[str, object]], taxes: Taxes) -> LineEdit | None:
    codes = [int(str(tax["code"])) for tax in now]
    becomes = [taxes.get(code, code) for code in codes]
    wanted = tuple(dict.fromkeys(code for code in becomes if code is not None))
    return LineEdit("edit", line, tax_codes=wanted) if list(wanted) != codes else None


@question
def tax_change_page(job_id: int, *, taxes: Taxes | None = None) -> TaxChangePage:
    """What other taxes do, computed and not written. Refuses NotThere, and as `plan_taxes`."""
    job = Job.objects.select_related("business", "customer", "site").filter(id=job_id).first()
    if job is None:
        raise NotThere
    loaded = load(job)
    shown = None
    if taxes:
        order = ChangeOrder(business_id=job.business_id, job=job, number=0, reason="", placement="spread")
        shown = difference(loaded, order, plan_taxes(loaded, order, taxes))
    codes = TaxCode.objects.filter(retired_at__isnull=True).order_by("id")
    choices = [TaxInUse(tax.id, tax.name, tax.percent) for tax in codes]
    return TaxChangePage(job.id, job.title, taxes_in_use(loaded), choices, shown)
