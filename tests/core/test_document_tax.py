"""Tax that is rounded on the document: the nearest net, and never beyond the contract."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.contract import ContractLine, Key, PricedContract, price
from milepost.core.document_tax import on_document
from milepost.core.rounding import half_up
from milepost.core.tax import TaxRate, TaxRules

NET, TAX = Key("a"), Key("a", "vat")
RATES = st.sampled_from([Decimal(text) for text in ("0", "5", "7", "8.25", "19", "20", "24", "33.3", "100")])


def one_line(percent: Decimal) -> PricedContract:
    vat = TaxRate("vat", "VAT", percent)
    return price([ContractLine("a", "A", Decimal(1), Decimal(10_000_000), (vat,))], currency="EUR")


@given(RATES, st.integers(0, 10**6), st.integers(0, 10**4))
def test_a_document_of_one_tax_has_the_net_that_is_inside_its_total(
    percent: Decimal, total: int, off: int
) -> None:
    """Wherever the search begins, it ends at the total less its tax, rounded half up."""
    start = min(off, total)
    found = on_document(one_line(percent), {}, {NET: total - start, TAX: start}, TaxRules(at="document"))
    assert found[NET] == half_up(total / (1 + Fraction(percent) / 100))
    assert found[NET] + found[TAX] == total


def test_of_two_nets_as_near_the_larger_is_taken() -> None:
    assert on_document(one_line(Decimal(20)), {}, {NET: 3, TAX: 0}, TaxRules()) == {NET: 3, TAX: 0}
    assert on_document(one_line(Decimal(20)), {}, {NET: 2, TAX: 1}, TaxRules()) == {NET: 3, TAX: 0}


def test_a_document_starts_where_the_last_one_ended() -> None:
    before = {NET: 100_00, TAX: 20_00}
    found = on_document(one_line(Decimal(20)), before, {NET: 150_03, TAX: 30_00}, TaxRules())
    assert found == {NET: 150_03, TAX: 30_00}
    assert on_document(one_line(Decimal(20)), before, before, TaxRules()) == before


def test_no_key_goes_beyond_the_contract() -> None:
    vat = TaxRate("vat", "VAT", Decimal("8.75"))
    lines = [
        ContractLine("a", "A", Decimal(1), Decimal(10), (vat,)),
        ContractLine("b", "B", Decimal(1), Decimal(10)),
    ]
    priced = price(lines, currency="USD")
    # 87 of 88 cents of tax are billed and 5.00 of net are left: 44 cents would be too many.
    before = {NET: 5_00, TAX: 87, Key("b"): 0}
    now = {NET: 9_56, TAX: 88, Key("b"): 5_00}
    found = on_document(priced, before, now, TaxRules())
    assert found == {NET: 9_56, TAX: 88, Key("b"): 5_00}
    rounded_down = on_document(priced, {}, {NET: 2_00, TAX: 18, Key("b"): 0}, TaxRules("code", "down"))
    assert rounded_down == {NET: 2_01, TAX: 17, Key("b"): 0}


def test_each_line_may_be_rounded_by_itself() -> None:
    vat = TaxRate("vat", "VAT", Decimal(10))
    lines = [ContractLine(name, name, Decimal(1), Decimal(100), (vat,)) for name in "ab"]
    priced = price(lines, currency="EUR", tax_per="line")
    now = {Key("a"): 5, Key("a", "vat"): 0, Key("b"): 5, Key("b", "vat"): 0}
    both = {"code": 0, "line": 0}
    for per in ("code", "line"):
        found = on_document(priced, {}, now | {Key("b", "vat"): 1}, TaxRules(per))
        both[per] = sum(cents for key, cents in found.items() if key.tax)
        assert sum(found.values()) == 11
    assert both == {"code": 1, "line": 1}
