"""A change order: what is billed stands, what is not is shared out anew, and where the difference goes."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from milepost.core.billing import JobState
from milepost.core.contract import PricedContract
from milepost.core.lines_rows import lines_amounts
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.core.rounding import split_by_key
from milepost.core.rows import ContractBelowBilled, Row, Snapshot, deposit_cents
from milepost.core.schedule import row_amounts
from milepost.core.snapshots import rows_at_snapshot, snapshot_of

Placement = Literal["next", "spread", "final", "own", "equal"]


class NothingLeftToPlaceOn(Refusal):
    """Every milestone is billed, so the difference needs one of its own."""

    code = "nothing_left_to_place_on"
    message = gettext_noop("Every milestone is billed. Give the change a milestone of its own.")


class OwnMilestoneBelowZero(Refusal):
    """A milestone of its own cannot take money off."""

    code = "own_milestone_below_zero"
    message = gettext_noop("A change that takes {amount} off has no milestone of its own. Spread it instead.")


class OwnMilestoneMissing(Refusal):
    """The change was to have its own milestone, and none was named."""

    code = "own_milestone_missing"
    message = gettext_noop("Name the milestone that bills this change.")


class MovesDoNotMatch(Refusal):
    """What comes off some milestones is not what goes onto the others."""

    code = "moves_do_not_match"
    message = gettext_noop(
        "{over} more goes onto milestones than comes off others. Move the same amount both ways."
    )


class MoveTooLarge(Refusal):
    """More would come off a milestone than it has, or off one that is billed."""

    code = "move_too_large"
    message = gettext_noop("“{row}” cannot give {asked}: {most} of it is open.")


class RowChange(NamedTuple):
    """A row before and after: None where it is new. `billed` rows stand, whatever the change is."""

    row: Hashable
    before_cents: int | None
    after_cents: int
    billed: bool


@dataclass(frozen=True)
class Changed:
    """
    A job on its new contract, not yet signed: what the simulator shows and the signature names.

    `difference_cents` is the new contract total less the old one, `rows` every row in schedule order.
    """

    state: JobState
    rows: tuple[RowChange, ...]
    difference_cents: int
    deposit_before_cents: int
    deposit_after_cents: int

    @property
    def open_after(self) -> dict[Hashable, int]:
        """What each milestone that is not billed will ask for."""
        return {row.row: row.after_cents for row in self.rows if not row.billed}


def change(
    state: JobState,
    priced: PricedContract,
    *,
    placement: Placement = "spread",
    own: Row | None = None,
    moves: Mapping[Hashable, int] | None = None,
    deposit_billed: bool = True,
) -> Changed:
    """
    The job on the contract `priced`. Takes a snapshot; billed rows and the billed deposit stand.

    `spread` re-splits the pool by the original weights. `next`, `final` and `own` place the whole
    difference on one row, `equal` in equal parts on every open milestone; a later `spread` leaves
    placed parts where they are. `own` is the new row (its value does not matter). What lines rows
    gain or lose with their own lines is theirs and is not placed. `moves` are cents from one open
    milestone to another; they come to zero and are placed parts from then on. Where the pool would fall below
    zero, pool rows, then fixed rows, then lines rows are cut, the last first.

    Refuses ContractBelowBilled (a credit comes first), NothingLeftToPlaceOn, OwnMilestoneMissing,
    OwnMilestoneBelowZero, MovesDoNotMatch, MoveTooLarge.

    >>> from decimal import Decimal
    >>> from milepost.core.billing import bill, sign
    >>> from milepost.core.contract import ContractLine, price
    >>> def worth(amount):
    ...     return price([ContractLine("kitchen", "Kitchen", Decimal(1), Decimal(amount))], currency="USD")
    >>> job = sign(worth("10000"), [Row(n, "milestone", "percent", Decimal(p)) for n, p in zip("abc", (25, 25, 50))])
    >>> job = job.after(bill(job, ["a"]))
    >>> change(job, worth("12000")).open_after
    {'b': 316667, 'c': 633333}
    >>> placed = change(job, worth("12000"), placement="next")
    >>> placed.open_after, change(placed.state, worth("13000")).open_after
    ({'b': 450000, 'c': 500000}, {'b': 483333, 'c': 566667})
    """
    snapshot = snapshot_of(state)
    rows = rows_at_snapshot(state, deposit_billed=deposit_billed)
    _refuse_lost_keys(state, priced)
    _refuse_below_billed(priced, rows, snapshot)
    moved = any(cents != snapshot.billed.get(key, 0) for key, cents in priced.keys.items())
    if placement != "own" and moved and all(row.billed for row in rows):
        raise NothingLeftToPlaceOn(field="placement")
    rows = _moved(rows, moves or {}, priced)
    if placement != "spread":
        rows = _placed(state, priced, rows, snapshot, placement=placement, own=own)
    amounts = row_amounts(priced, rows, recovery=state.recovery, snapshot=snapshot, on_excess="cut")
    new = replace(
        state,
        priced=priced,
        rows=tuple(replace(row, amount_cents=amounts[row.id]) for row in rows),
        amounts=amounts,
        snapshot=snapshot,
        billed={key: state.billed.get(key, 0) for key in priced.keys},
        portions={},
    )
    return _changed(state, new)


def _moved(rows: list[Row], moves: Mapping[Hashable, int], priced: PricedContract) -> list[Row]:
    """The rows with cents moved among the open ones."""
    over = sum(moves.values())
    if over:
        raise MovesDoNotMatch(over=Money(over, priced.currency), field="rows")
    for row in rows:
        cents = moves.get(row.id, 0)
        most = 0 if row.billed else row.frozen_cents
        if cents and (row.billed or row.kind == "deposit" or -cents > most):
            raise MoveTooLarge(
                row=row.id,
                asked=Money(abs(cents), priced.currency),
                most=Money(most, priced.currency),
                field="rows",
            )
    return [
        replace(
            row, placed_cents=row.placed_cents + moves[row.id], amount_cents=row.frozen_cents + moves[row.id]
        )
        if moves.get(row.id)
        else row
        for row in rows
    ]


def _refuse_lost_keys(state: JobState, priced: PricedContract) -> None:
    """A line that is billed stays in the contract, with what is billed of it at least."""
    lost = sum(cents for key, cents in state.billed.items() if key not in priced.keys)
    if lost:
        money = Money(lost, priced.currency)
        raise ContractBelowBilled(billed=money, credit=money, field="lines")


def _refuse_below_billed(priced: PricedContract, rows: Sequence[Row], snapshot: Snapshot) -> None:
    rest = priced.total_cents - deposit_cents(priced, rows) - snapshot.due_cents
    if rest < 0:
        raise ContractBelowBilled(
            billed=Money(priced.total_cents - rest, priced.currency), credit=Money(-rest, priced.currency)
        )


def _placed(
    state: JobState,
    priced: PricedContract,
    rows: list[Row],
    snapshot: Snapshot,
    *,
    placement: Placement,
    own: Row | None,
) -> list[Row]:
    """The rows with the difference placed on them."""
    open_rows = [row for row in rows if row.kind == "milestone" and not row.billed]
    deposit = deposit_cents(priced, rows)
    own_lines = lines_amounts(
        priced,
        open_rows,
        recovery=state.recovery,
        snapshot=snapshot,
        open_deposit_cents=deposit - snapshot.recovered_cents,
    )
    # Lines rows take what their own lines gain; the others keep what they had.
    kept = sum(
        own_lines[row.id] + row.placed_cents if row.id in own_lines else row.frozen_cents for row in open_rows
    )
    difference = priced.total_cents - deposit - snapshot.due_cents - kept
    if placement == "own":
        return [*rows, _own(own, difference, priced)]
    if not open_rows:
        return rows
    shares = _shares(placement, difference, [row.id for row in open_rows])
    return [replace(row, placed_cents=row.placed_cents + shares.get(row.id, 0)) for row in rows]


def _own(own: Row | None, difference: int, priced: PricedContract) -> Row:
    if own is None:
        raise OwnMilestoneMissing(field="own")
    if difference < 0:
        raise OwnMilestoneBelowZero(amount=Money(-difference, priced.currency), field="placement")
    return replace(own, kind="milestone", basis="fixed", value=0, placed_cents=difference, weight=None)


def _shares(placement: Placement, difference: int, open_ids: Sequence[Hashable]) -> Mapping[Hashable, int]:
    if placement == "equal":
        return split_by_key(difference, dict.fromkeys(open_ids, 1))
    return {open_ids[0 if placement == "next" else -1]: difference}


def _changed(before: JobState, after: JobState) -> Changed:
    rows = tuple(
        RowChange(
            row.id,
            before.amounts.get(row.id),
            after.amounts[row.id],
            row.billed,
        )
        for row in after.rows
        if row.kind == "milestone"
    )
    return Changed(
        after,
        rows,
        after.priced.total_cents - before.priced.total_cents,
        before.deposit_cents,
        after.deposit_cents,
    )


def with_amounts(changed: Changed, amounts: Mapping[Hashable, int]) -> Changed:
    """
    The same change with these amounts on its open milestones: what differs from their shares is placed
    on them. They come to the same sum (ValueError otherwise: the caller's arithmetic is wrong).

    >>> from decimal import Decimal
    >>> from milepost.core.billing import sign
    >>> from milepost.core.contract import ContractLine, price
    >>> one = price([ContractLine("a", "A", Decimal(1), Decimal(100))], currency="USD")
    >>> job = sign(one, [Row(n, "milestone", "share", Decimal(1)) for n in "xy"])
    >>> with_amounts(change(job, one), {"x": 100_00, "y": 0}).open_after
    {'x': 10000, 'y': 0}
    """
    if sum(amounts.values()) != sum(changed.state.amounts[row] for row in amounts):
        raise ValueError("the amounts do not add up to what is open")
    more = {row: cents - changed.state.amounts[row] for row, cents in amounts.items()}
    state = replace(
        changed.state,
        amounts={**changed.state.amounts, **amounts},
        rows=tuple(
            replace(row, placed_cents=row.placed_cents + more[row.id], amount_cents=amounts[row.id])
            if row.id in more
            else row
            for row in changed.state.rows
        ),
    )
    rows = tuple(
        row._replace(after_cents=amounts[row.row]) if row.row in amounts else row for row in changed.rows
    )
    return replace(changed, state=state, rows=rows)


class CreditPlan(NamedTuple):
    """How a contract that shrank below what is billed gives money back: the deposit first, then invoices."""

    deposit_cents: int
    by_invoice: dict[Hashable, int]


def credit_plan(
    credit_cents: int, *, unrecovered_deposit_cents: int, invoices: Sequence[tuple[Hashable, int]]
) -> CreditPlan:
    """
    Where a credit comes from: first the unrecovered deposit, then the newest invoices.

    `invoices` are (id, due cents not yet credited), oldest first. Refuses a credit beyond them all
    (ContractBelowBilled cannot ask for more than was billed, so that is a mistake: ValueError).

    >>> credit_plan(700_00, unrecovered_deposit_cents=500_00, invoices=[(1, 400_00), (2, 100_00)])
    CreditPlan(deposit_cents=50000, by_invoice={2: 10000, 1: 10000})
    """
    deposit = min(credit_cents, unrecovered_deposit_cents)
    left, by_invoice = credit_cents - deposit, dict[Hashable, int]()
    for invoice, due in reversed(invoices):
        if left and due:
            by_invoice[invoice] = min(left, due)
            left -= by_invoice[invoice]
    if left:
        raise ValueError(f"{left} cents more than was ever billed")
    return CreditPlan(deposit, by_invoice)
