"""Snapshots: at a change order and at a credit, what is billed is set apart from what is still shared."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from milepost.core.billing import JobState
from milepost.core.rounding import half_up
from milepost.core.rows import Row, Snapshot, billed_part


def snapshot_of(state: JobState) -> Snapshot:
    """What is billed, due and recovered at this moment."""
    return Snapshot(dict(state.billed), state.due_cents, state.recovered_cents)


def rows_at_snapshot(state: JobState, *, deposit_billed: bool = True) -> list[Row]:
    """
    The rows as they stand at a snapshot, each with its amount in cents: billed ones are frozen, and a
    row that is billed in part becomes two, the billed part and the open part with its share of the
    weight, of a fixed amount and of what was placed on it.
    """
    rows: list[Row] = []
    for row in state.rows:
        portion = state.portions.get(row.id)
        if row.kind == "deposit":
            rows.append(replace(row, billed=row.billed or deposit_billed, amount_cents=state.amounts[row.id]))
        elif row.billed or portion == 1:
            rows.append(replace(row, billed=True, amount_cents=state.amounts[row.id]))
        elif portion:
            rows += _in_two(row, state.amounts[row.id], portion, state.rows)
        else:
            rows.append(replace(row, amount_cents=state.amounts[row.id]))
    return rows


def _in_two(row: Row, amount: int, portion: Fraction, rows: Sequence[Row]) -> list[Row]:
    """The accepted part, frozen; and the open part, with its share of the weight and of what was placed."""
    done = half_up(amount * portion)
    left = 1 - portion
    frozen = billed_part(row, done, rows)
    value = row.value
    if row.basis == "fixed":
        value = int(row.number) - half_up(int(row.number) * portion)
    placed = row.placed_cents - half_up(row.placed_cents * portion)
    weight = row.weight * left if row.weight is not None else None
    open_part = replace(row, value=value, weight=weight, placed_cents=placed, amount_cents=amount - done)
    return [frozen, open_part]
