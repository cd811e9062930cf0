"""The clauses that the contract stands on."""

import pytest

from milepost.core.clauses import CLAUSES

VALUES = {
    "net_days": 7,
    "grace_days": 5,
    "late_fee_monthly": "1.5",
    "pause_after_days": 14,
    "approval_days": 3,
    "returned_fee": "USD 35.00",
    "early_days": 10,
    "early_percent": "2",
}


def test_there_is_a_clause_for_all_that_is_charged_paused_or_deemed() -> None:
    assert list(CLAUSES) == [
        "payment_terms",
        "late_fee",
        "returned_payment",
        "early_payment",
        "pause_of_work",
        "silence_is_acceptance",
        "partial_acceptance",
        "changes",
    ]


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=lambda clause: clause.code)
def test_a_clause_is_whole_with_the_terms_of_the_business(clause) -> None:  # type: ignore[no-untyped-def]
    wording = clause.wording(VALUES)
    assert set(clause.names) <= set(VALUES)
    assert "{" not in wording
    assert all(str(VALUES[name]) in wording for name in clause.names)


def test_a_clause_is_translated_before_its_values_are_filled_in() -> None:
    german = {CLAUSES["payment_terms"].text: "Zahlbar in {net_days} Tagen."}
    assert CLAUSES["payment_terms"].wording(VALUES, german.__getitem__) == "Zahlbar in 7 Tagen."
    with pytest.raises(KeyError):
        CLAUSES["late_fee"].wording({"grace_days": 5})
