"""
Work in progress as a report: what is earned by cost, what is billed above or below it.

Nothing here is booked: revenue follows the invoices. Cost-to-cost after ASC 606-10-55 and IFRS 15 B19;
an expected loss counts whole as soon as it shows (ASC 605-35-25-46, IAS 37).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from milepost.core.rounding import half_up


@dataclass(frozen=True)
class JobCosts:
    """
    A job at the end of a period, to date and in cents: its contract, what it has cost, what it will
    still cost, what is billed. `percent_places`: decimals to which the books round the percentage.
    `uninstalled_cents`: so much of its cost is goods that others made and that only pass through; they say
    nothing of how far the work is, and earn what they cost (IFRS 15 B19(b) and example 19, ASC
    606-10-55-21).
    """

    contract_cents: int
    cost_cents: int
    to_complete_cents: int
    billed_cents: int = 0
    percent_places: int | None = None
    uninstalled_cents: int = 0

    @property
    def total_cost_cents(self) -> int:
        return self.cost_cents + self.to_complete_cents

    @property
    def complete(self) -> Fraction:
        """The part that is done, by cost; 1 when nothing is left to spend."""
        if not self.to_complete_cents:
            return Fraction(1)
        through = self.uninstalled_cents
        part = Fraction(self.cost_cents - through, self.total_cost_cents - through)
        if self.percent_places is None:
            return part
        scale = 100 * 10**self.percent_places
        return Fraction(half_up(part * scale), scale)

    @property
    def earned_cents(self) -> int:
        """
        Revenue to date, rounded half up once.

        >>> JobCosts(16_000_000_00, 6_000_000_00, 6_700_000_00).earned_cents
        755905512
        >>> JobCosts(16_000_000_00, 6_000_000_00, 6_700_000_00, percent_places=1).earned_cents
        755200000
        >>> lifts = JobCosts(5_000_000_00, 2_000_000_00, 2_000_000_00, uninstalled_cents=1_500_000_00)
        >>> float(lifts.complete), lifts.earned_cents, lifts.profit_cents
        (0.2, 220000000, 20000000)
        """
        return self._part_of(self.contract_cents)

    @property
    def expected_loss_cents(self) -> int:
        """What the whole job will lose; nothing where it earns."""
        return max(self.total_cost_cents - self.contract_cents, 0)

    @property
    def profit_cents(self) -> int:
        """
        Profit to date: earned less its cost, or the whole expected loss, below zero.

        The cost of what is earned is the same part of the whole cost, so that the profit follows the
        rounded percentage where the books round it.

        >>> JobCosts(900_000_00, 380_000_00, 570_000_00).profit_cents
        -5000000
        """
        if self.expected_loss_cents:
            return -self.expected_loss_cents
        return self.earned_cents - self._part_of(self.total_cost_cents)

    def _part_of(self, cents: int) -> int:
        """The part that is done of the contract, or of its cost; what only passes through counts whole."""
        through = self.uninstalled_cents
        return half_up((cents - through) * self.complete) + through

    @property
    def expense_cents(self) -> int:
        """What is expensed to date, with the provision for a loss."""
        return self.earned_cents - self.profit_cents

    @property
    def under_billed_cents(self) -> int:
        """Costs and earnings in excess of billings: an asset. Never netted with another job's over-billing."""
        return max(self.earned_cents - self.billed_cents, 0)

    @property
    def over_billed_cents(self) -> int:
        """Billings in excess of costs and earnings: a liability."""
        return max(self.billed_cents - self.earned_cents, 0)


def by_period(to_date: Sequence[int]) -> list[int]:
    """
    Each period's own amount from amounts to date: what a change of the estimate catches up is in it.

    >>> by_period([500_000, 240_000, 400_000])
    [500000, -260000, 160000]
    """
    return [now - before for before, now in pairwise([0, *to_date])]
