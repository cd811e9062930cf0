"""
The clauses that a contract stands on, in their default wording.

Nothing is charged, paused or deemed later without its clause in the signed version. The texts
are msgids with {named} values; a business may put its own wording in their place.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final, Literal

from milepost.core.msgids import gettext_noop

ClauseCode = Literal[
    "payment_terms",
    "late_fee",
    "returned_payment",
    "early_payment",
    "pause_of_work",
    "silence_is_acceptance",
    "partial_acceptance",
    "changes",
]


@dataclass(frozen=True)
class Clause:
    """
    One clause: its title and its text, both msgids.

    >>> CLAUSES["payment_terms"].names
    ('net_days',)
    """

    code: ClauseCode
    title: str
    text: str

    @property
    def names(self) -> tuple[str, ...]:
        """The values that the text names, in order of appearance."""
        found = (name for _, name, _, _ in Formatter().parse(self.text) if name)
        return tuple(dict.fromkeys(found))

    def wording(
        self,
        values: Mapping[str, object],
        translate: Callable[[str], str] = str,
    ) -> str:
        """
        The text with its values, in the reader's language; KeyError when a value is missing.

        >>> CLAUSES["payment_terms"].wording({"net_days": 7})[:51]
        'Each invoice is due within 7 days of its date. The '
        """
        return translate(self.text).format(**values)


_DEFAULTS: Final = (
    Clause(
        "payment_terms",
        gettext_noop("Payment"),
        gettext_noop(
            "Each invoice is due within {net_days} days of its date. The deposit is due when this contract "
            "is signed. The amounts and the moments at which they fall due are those of the payment "
            "schedule, which is part of this contract. The deposit counts towards the contract total."
        ),
    ),
    Clause(
        "late_fee",
        gettext_noop("Late payment"),
        gettext_noop(
            "An amount that is still unpaid {grace_days} days after its due date bears a late fee of "
            "{late_fee_monthly} percent a month, counted by the day from the due date on what is unpaid, or the "
            "most that the law allows if that is less. No late fee is charged on a late fee, nor on an amount "
            "that is disputed in good faith."
        ),
    ),
    Clause(
        "returned_payment",
        gettext_noop("Returned payment"),
        gettext_noop(
            "For a cheque or a payment that your bank returns, or that you take back without a reason in this "
            "contract, we charge {returned_fee}, or the most that the law allows if that is less. What it had "
            "paid is due again."
        ),
    ),
    Clause(
        "early_payment",
        gettext_noop("Early payment"),
        gettext_noop(
            "If the money for an invoice for work is here within {early_days} days of the invoice's date, "
            "{early_percent} percent of what it settles comes off, with the tax in it. The invoice says the day "
            "and the amount. The deposit is not discounted."
        ),
    ),
    Clause(
        "pause_of_work",
        gettext_noop("Pause of work"),
        gettext_noop(
            "When an invoice is still unpaid {pause_after_days} days after its due date, we may pause the "
            "work after telling you in writing. Work resumes when the invoice is paid, and the dates of the "
            "project move by the time it was paused. A pause is not a breach of this contract."
        ),
    ),
    Clause(
        "silence_is_acceptance",
        gettext_noop("Acceptance"),
        gettext_noop(
            "When a milestone is done we send you what was done and the evidence for it. You then have "
            "{approval_days} business days to accept it or to tell us in writing what is missing. If we "
            "hear nothing in that time, the milestone counts as accepted. The notice we send names the "
            "day on which the time ends. Your rights concerning defects that show later stay as they are."
        ),
    ),
    Clause(
        "partial_acceptance",
        gettext_noop("Acceptance in part"),
        gettext_noop(
            "Where a part of a milestone is done as agreed, you accept that part and it is billed in "
            "proportion; the rest is billed when it is put right. Small defects that do not hinder the use "
            "of the work are written down and put right, and are no reason to refuse the whole milestone."
        ),
    ),
    Clause(
        "changes",
        gettext_noop("Changes"),
        gettext_noop(
            "A change to the work, its price or the payment schedule counts once it is written in a change "
            "order and you have signed it. The change order shows the new contract total and every amount "
            "still to be billed. Amounts already billed stay as they are. We need not begin changed work "
            "before the change order is signed."
        ),
    ),
)

CLAUSES: Final[Mapping[ClauseCode, Clause]] = {clause.code: clause for clause in _DEFAULTS}
