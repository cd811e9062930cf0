"""The tax that a deposit carries: its split over the keys, how it comes back, and what of it is payable."""

from fractions import Fraction

from milepost.core.contract import Key
from milepost.core.deposit_tax import deposit_by_key, open_tax, recovered_by_key
from tests.core import samples

NET, VAT = Key("a"), Key("a", "20")
JOB = samples.contract("1000.00 @ 20, 300.00")


def test_a_deposit_is_split_as_the_contract_is() -> None:
    assert deposit_by_key(JOB, 150_00) == {NET: 100_00, VAT: 20_00, Key("b"): 30_00}
    assert deposit_by_key(JOB, 1) == {NET: 1, VAT: 0, Key("b"): 0}
    assert deposit_by_key(samples.contract("0.00 @ 20"), 0) == {NET: 0, VAT: 0}


def test_each_key_of_a_deposit_comes_back_with_the_work_it_was_for() -> None:
    deposit = deposit_by_key(JOB, 150_00)
    half = {NET: 500_00, VAT: 100_00}
    assert recovered_by_key(JOB, deposit, 60_00, billed=half) == {NET: 50_00, VAT: 10_00, Key("b"): 0}
    # The policy recovers faster than the work goes: the others follow into the room that is left.
    assert recovered_by_key(JOB, deposit, 105_00, billed=half) == {NET: 75_00, VAT: 15_00, Key("b"): 15_00}
    # ... and slower: in proportion to the work.
    assert recovered_by_key(JOB, deposit, 30_00, billed=half) == {NET: 25_00, VAT: 5_00, Key("b"): 0}
    assert recovered_by_key(JOB, deposit, 0, billed={}) == {NET: 0, VAT: 0, Key("b"): 0}
    assert recovered_by_key(JOB, deposit, 150_00, billed=half) == deposit


def test_after_a_snapshot_only_what_was_open_then_is_shared() -> None:
    deposit = deposit_by_key(JOB, 150_00)
    at = {NET: 500_00, VAT: 100_00}
    taken = {NET: 75_00, VAT: 15_00, Key("b"): 15_00}
    now = recovered_by_key(
        JOB, deposit, 120_00, billed={**at, Key("b"): 300_00}, snapshot_billed=at, snapshot_recovered=taken
    )
    assert now == {NET: 75_00, VAT: 15_00, Key("b"): 30_00}
    more = {NET: 750_00, VAT: 150_00, Key("b"): 300_00}
    now = recovered_by_key(JOB, deposit, 135_00, billed=more, snapshot_billed=at, snapshot_recovered=taken)
    assert now == {NET: 87_50, VAT: 17_50, Key("b"): 30_00}


def test_a_line_that_a_change_took_away_holds_no_more_of_the_deposit_back() -> None:
    """Nothing of b is open since the snapshot: what is recovered comes from a."""
    deposit = deposit_by_key(JOB, 150_00)
    gone = samples.contract("1000.00 @ 20, 0.00")
    half = {NET: 500_00, VAT: 100_00, Key("b"): 0}
    assert recovered_by_key(gone, deposit, 60_00, billed=half) == {NET: 50_00, VAT: 10_00, Key("b"): 0}


def test_work_that_was_billed_before_its_deposit_was_paid_is_not_taxed_twice() -> None:
    half = Fraction(1, 2)
    assert open_tax({"vat": 500_00, "city": 5}, {"vat": 249_99}, share=half) == {"vat": 1, "city": 3}
    assert open_tax({"vat": 500_00}, {"vat": 250_01}, share=half) == {"vat": 0}
    assert open_tax({"vat": 1}, {"vat": 1}, share=Fraction(1)) == {"vat": 0}
    assert open_tax({"vat": 1}, {"vat": 2}, share=Fraction(1)) == {"vat": 0}


def test_a_tax_below_zero_is_held_to_nothing_from_below() -> None:
    """A tax that the payer keeps back is written below zero."""
    assert open_tax({"kept": -500_00}, {"kept": -200_00}, share=Fraction(1)) == {"kept": -300_00}
    assert open_tax({"kept": -500_00}, {"kept": -260_00}, share=Fraction(1, 2)) == {"kept": 0}
    assert open_tax({"kept": 0}, {"kept": -1}, share=Fraction(1)) == {"kept": 1}
