"""Refunds and disputes that a provider tells of, compared with those that are known."""

from collections.abc import Sequence
from dataclasses import dataclass

from milepost.queries.door import question
from milepost.records.payments import Dispute, Refund

KNOWN_AS = {
    "refund": {
        "pending": ("asked", "done", "refused"),
        "succeeded": ("done", "refused"),
        "failed": ("refused",),
    },
    "dispute": {"open": ("open", "won", "lost"), "won": ("won",), "lost": ("won", "lost")},
}
"""By the provider's word for it, the states in which nothing is left to hear of it."""


@dataclass(frozen=True)
class Told:
    """A refund or a dispute by the provider's name for it, how it stands there, and whose payment it is of."""

    ref: str
    kind: str
    state: str
    attempt_id: int


@question
def unknown(told: Sequence[Told]) -> list[Told]:
    """Those that are not known, or not as they stand. One that failed and never was known had no effect."""
    states = {
        "refund": dict(
            Refund.objects.filter(provider_ref__in=_refs(told, "refund")).values_list("provider_ref", "state")
        ),
        "dispute": dict(
            Dispute.objects.filter(provider_ref__in=_refs(told, "dispute")).values_list(
                "provider_ref", "state"
            )
        ),
    }
    return [one for one in told if _is_news(one, states[one.kind].get(one.ref))]


def _refs(told: Sequence[Told], kind: str) -> list[str]:
    return [one.ref for one in told if one.kind == kind]


def _is_news(told: Told, state: str | None) -> bool:
    if state is None:
        return told.state != "failed"
    return state not in KNOWN_AS[told.kind][told.state]
