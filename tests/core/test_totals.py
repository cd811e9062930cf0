"""The foot of a document: lines, allowances and charges, a tax for each group, what is paid already."""

from decimal import Decimal

from milepost.core.totals import Adjustment, TaxGroup, Totals, line_net_cents, totals

NORMAL = TaxGroup("S", Decimal(19))
LOWER = TaxGroup("S", Decimal(7))
EXEMPT = TaxGroup("E", Decimal(0))


def test_a_foot_tells_each_group_s_base_and_tax_and_what_is_to_be_paid() -> None:
    foot = totals(
        [(100_00, NORMAL), (50_00, LOWER), (50, LOWER), (20_00, EXEMPT)],
        [Adjustment(10_00, NORMAL), Adjustment(5_00, LOWER, charge=True), Adjustment(1_00, EXEMPT)],
        prepaid_cents=100_00,
        rounding_cents=2,
    )
    assert foot == Totals(
        lines_cents=170_50,
        allowances_cents=11_00,
        charges_cents=5_00,
        bases={NORMAL: 90_00, LOWER: 55_50, EXEMPT: 19_00},
        taxes={NORMAL: 17_10, LOWER: 3_89, EXEMPT: 0},
        prepaid_cents=100_00,
        rounding_cents=2,
    )
    assert (foot.net_cents, foot.tax_cents, foot.total_cents) == (164_50, 20_99, 185_49)
    assert foot.payable_cents == 85_51
    assert list(foot.bases) == list(foot.taxes) == [NORMAL, LOWER, EXEMPT]


def test_half_a_cent_of_tax_goes_up_or_down_as_the_business_sets() -> None:
    line = [(50, TaxGroup("S", Decimal(5)))]
    assert (totals(line).tax_cents, totals(line, tax_rounding="down").tax_cents) == (3, 2)


def test_nothing_is_prepaid_until_it_is_said() -> None:
    foot = totals([(1_00, EXEMPT)])
    assert (foot.prepaid_cents, foot.rounding_cents, foot.payable_cents) == (0, 0, 1_00)
    assert totals([]).payable_cents == 0


def test_a_line_s_net_is_rounded_before_its_own_allowance_and_charge() -> None:
    assert line_net_cents(Decimal("0.5"), Decimal("0.01"), currency="USD") == 1
    assert (
        line_net_cents(Decimal("0.5"), Decimal("0.01"), currency="USD", allowance_cents=3, charge_cents=1)
        == -1
    )
