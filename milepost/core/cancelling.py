"""A job is cancelled: what is billed stays, what is not is dropped, the unused deposit is kept or given back."""

from collections.abc import Mapping
from dataclasses import dataclass

from milepost.core.billing import JobState
from milepost.core.contract import Key
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal


class KeptTooMuch(Refusal):
    """More would be kept than is left of the deposit."""

    code = "kept_too_much"
    message = gettext_noop("Only {left} of the deposit is left, so {asked} cannot be kept.")


class KeptBelowZero(Refusal):
    """Less than nothing would be kept."""

    code = "kept_below_zero"
    message = gettext_noop("What is kept of a deposit is nothing, or more.")


@dataclass(frozen=True)
class Cancelled:
    """
    A cancellation, in cents: the deposit was `kept` or `returned`, so much of the contract is `dropped`;
    what is left of it is what is billed and what is kept. `changes` are those of its keys.
    """

    kept_cents: int
    returned_cents: int
    dropped_cents: int
    contract_cents: int
    changes: Mapping[Key, int]


def cancel(state: JobState, *, deposit_billed_cents: int, keep_cents: int) -> Cancelled:
    """
    The contract comes down to what is billed of every line, and what is kept of the deposit.

    Law: contract after = Σ billed + kept = due of milestones + recovered + kept; the deposit that was
    billed = recovered + kept + returned. Refuses KeptBelowZero, KeptTooMuch.

    >>> from milepost.core.contract import PricedContract
    >>> from milepost.core.rows import Row
    >>> one = PricedContract("USD", (), {Key("a"): 400_00}, {Key("a"): "net"})
    >>> rows = (Row("down", "deposit", "fixed", 100_00), Row("rest", "milestone", "remainder"))
    >>> job = JobState(one, rows, {"down": 100_00, "rest": 300_00}, billed={Key("a"): 0})
    >>> gone = cancel(job, deposit_billed_cents=100_00, keep_cents=30_00)
    >>> gone.returned_cents, gone.dropped_cents, gone.contract_cents
    (7000, 37000, 3000)
    """
    left = deposit_billed_cents - state.recovered_cents
    currency = state.priced.currency
    if keep_cents < 0:
        raise KeptBelowZero(field="keep")
    if keep_cents > left:
        raise KeptTooMuch(left=Money(left, currency), asked=Money(keep_cents, currency), field="keep")
    changes = {
        key: difference
        for key, cents in state.priced.keys.items()
        if (difference := state.billed.get(key, 0) - cents)
    }
    contract = state.earned_cents + keep_cents
    return Cancelled(keep_cents, left - keep_cents, state.priced.total_cents - contract, contract, changes)
