"""Write what changes a contract: lines, keys, milestones, and the snapshot from which the rest is shared."""

from milepost.core.contract import Key
from milepost.queries.billing_state import LoadedJob
from milepost.queries.changing import OWN, Proposed, ProposedLine
from milepost.records.changes import KeyChange, LineChange
from milepost.records.jobs import ChangeOrder, ContractKey, ContractLine, ScheduleRow
from milepost.records.together import rewrite


def write_change(loaded: LoadedJob, order: ChangeOrder, computed: Proposed) -> None:
    """The contract and its schedule as the change order leaves them. Demands an open transaction."""
    lines = _write_lines(loaded, order, computed)
    _write_keys(loaded, order, computed, lines)
    _write_rows(loaded, order, computed)
    job = loaded.job
    job.contract_cents = computed.after.total_cents
    job.save(update_fields=["contract_cents"])


def _write_lines(loaded: LoadedJob, order: ChangeOrder, computed: Proposed) -> dict[object, int]:
    """New lines and new versions of old ones. The id of every line by its key in the proposal."""
    nets = computed.after.net_cents_by_line
    ids: dict[object, int] = {line.key: line.was.id for line in computed.lines if line.was}
    added = [line for line in computed.lines if line.was is None]
    made = ContractLine.objects.bulk_create([_new_line(order, line, nets[line.key]) for line in added])
    ids |= {line.key: row.id for line, row in zip(added, made, strict=True)}
    LineChange.objects.bulk_create(
        [
            LineChange(
                business_id=order.business_id,
                change_order=order,
                line=line.was,
                description=line.description,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price,
                discount_percent=line.discount_percent,
                taxes=line.taxes,
                net_cents=nets[line.key],
            )
            for line in computed.lines
            if line.was and line.is_changed
        ]
    )
    return ids


def _new_line(order: ChangeOrder, line: ProposedLine, net_cents: int) -> ContractLine:
    return ContractLine(
        business_id=order.business_id,
        job_id=order.job_id,
        change_order=order,
        position=line.place,
        ref=line.ref,
        section=line.section,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        taxes=line.taxes,
        net_cents=net_cents,
    )


def _write_keys(loaded: LoadedJob, order: ChangeOrder, computed: Proposed, lines: dict[object, int]) -> None:
    """New keys begin at zero; every key that moves says by how much."""
    rates = computed.after.tax_rates
    missing = [key for key in computed.after.keys if key not in loaded.keys]
    made = ContractKey.objects.bulk_create(
        [
            ContractKey(
                business_id=order.business_id,
                job_id=order.job_id,
                line_id=lines[key.line],
                tax_code_id=key.tax,  # type: ignore[misc]
                tax_name=rates[key.tax].name if key.tax is not None else "",
                tax_percent=rates[key.tax].percent if key.tax is not None else None,
                cents=0,
            )
            for key in missing
        ]
    )
    ids: dict[Key, int] = {key: row.id for key, row in loaded.keys.items()}
    ids |= {key: row.id for key, row in zip(missing, made, strict=True)}
    KeyChange.objects.bulk_create(
        [
            KeyChange(
                business_id=order.business_id,
                job_id=order.job_id,
                key_id=ids[key],
                change_order=order,
                delta_cents=cents,
            )
            for key, cents in computed.key_deltas.items()
        ]
    )


def _write_rows(loaded: LoadedJob, order: ChangeOrder, computed: Proposed) -> None:
    edits = {edit.row: edit for edit in computed.row_edits}
    changed = {row.id: row for row in computed.changed.state.rows} if computed.changed else {}
    amounts = computed.changed.state.amounts if computed.changed else {}
    touched: list[ScheduleRow] = []
    for row in loaded.rows:
        edit, new = edits.get(row.id), changed.get(row.id)
        before = (row.amount_cents, row.placed_cents, row.deliverable, row.planned_on)
        if new is not None:
            row.amount_cents, row.placed_cents = amounts[row.id], new.placed_cents
        if edit and edit.deliverable is not None:
            row.deliverable = edit.deliverable.strip()
        if edit and edit.planned_on:
            row.planned_on = edit.planned_on
        if before != (row.amount_cents, row.placed_cents, row.deliverable, row.planned_on):
            touched.append(row)
    rewrite(touched, ["amount_cents", "placed_cents", "deliverable", "planned_on"])
    if OWN in changed:
        _write_own(loaded, order, amounts[OWN])


def _write_own(loaded: LoadedJob, order: ChangeOrder, cents: int) -> None:
    ScheduleRow.objects.create(
        business_id=order.business_id,
        job_id=order.job_id,
        position=max(row.position for row in loaded.rows) + 1,
        kind="milestone",
        name=order.own_name,
        basis="fixed",
        value=0,
        amount_cents=cents,
        placed_cents=cents,
        bill_on="completion",
        deliverable=order.reason,
        evidence=[],
    )
