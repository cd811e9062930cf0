"""The lines of a contract as they stand: as signed, or as the newest change order left them."""

from collections.abc import Sequence

from milepost.records.changes import LineChange
from milepost.records.jobs import ContractLine

CHANGED = ("description", "quantity", "unit", "unit_price", "discount_percent", "taxes", "net_cents")


def as_changed(lines: Sequence[ContractLine], changes: Sequence[LineChange]) -> None:
    """Bring the lines up to date. `changes` are those of their job, oldest first."""
    by_id = {line.id: line for line in lines}
    for change in changes:
        for name in CHANGED:
            setattr(by_id[change.line_id], name, getattr(change, name))


def contract_lines(job_id: int) -> list[ContractLine]:
    """Every line of the job as it stands, those that were removed with a quantity of zero. Two queries."""
    lines = list(ContractLine.objects.filter(job_id=job_id).order_by("position"))
    as_changed(lines, list(LineChange.objects.filter(line__job_id=job_id).order_by("id")))
    return lines
