"""What a returned payment costs, as a contract's terms carry it."""

from milepost.core.money import Money


def returned_fee_terms(cents: int, currency: str) -> dict[str, object]:
    """The fee in cents, and in the words of its clause; nothing where there is none."""
    if not cents:
        return {}
    return {"returned_fee_cents": cents, "returned_fee": str(Money(cents, currency))}
