"""Applications for payment: published certificates to the cent, and what always holds."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.contract import ContractLine, Key, PricedContract, price
from milepost.core.progress import (
    AboveApplied,
    AboveTheLine,
    Advance,
    BelowCertified,
    NegativeApplication,
    ProgressState,
    ProgressTerms,
    Work,
    apply,
    certify,
    certify_payable,
    rate_changed,
    release,
)
from milepost.core.retainage import (
    HeldPercentOutOfRange,
    LineWork,
    ReleaseNotPositive,
    ReleaseTooLarge,
    RetainageTerms,
    Tier,
    held_by_line,
    held_cents,
)
from milepost.core.tax import TaxRate
from tests.core.effort import tried
from tests.core.jobs import contracts

RISING = (Tier(Decimal(20), Decimal(10)), Tier(Decimal(38), Decimal(15)), Tier(None, Decimal(25)))


def sov(*values: int | str, tax: TaxRate | None = None) -> PricedContract:
    """A schedule of values: lines a, b, c… of these amounts."""
    taxes = (tax,) if tax else ()
    return price(
        [
            ContractLine(name, name, Decimal(1), Decimal(value), taxes)
            for name, value in zip("abcdefgh", values, strict=False)
        ],
        currency="USD",
    )


def percent(rate: str, **more: object) -> ProgressTerms:
    return ProgressTerms(RetainageTerms(Decimal(rate), **more))  # type: ignore[arg-type]


# Published certificates ------------------------------------------------------------------------------


def test_a_real_certificate_whose_retainage_is_frozen_at_five_percent_of_the_contract_sum():
    """G702-ERMCO-25: 5 % of 7,037,192.00 is held while the work goes on."""
    terms = percent("10", cap_percent=Decimal(5))
    before = apply(ProgressState(sov("7037192.00")), {"a": Work(cents=6_265_101_75)}, terms)
    assert before.held_cents == 351_859_60
    now = apply(before.state, {"a": Work(cents=6_448_296_27)}, terms)
    assert (now.state.held_cents, now.payable_cents) == (351_859_60, 183_194_52)


def test_a_lower_rate_on_all_work_to_date_pays_back_at_once():
    """G702-Y-RATECUT: from 10 to 5 percent."""
    start = apply(
        ProgressState(sov(60_000, 40_000)),
        {"a": Work(cents=20_000_00), "b": Work(cents=0, stored_cents=5_000_00)},
        percent("10"),
    )
    assert start.payable_cents == 22_500_00
    now = apply(
        start.state,
        {"a": Work(cents=30_000_00), "b": Work(cents=8_000_00, stored_cents=2_000_00)},
        percent("5"),
    )
    assert now.state.held_cents == 2_000_00
    assert now.state.earned_cents - now.state.held_cents - 22_750_00 == 15_250_00


def test_a_new_rate_for_new_work_leaves_the_old_work_s_retainage_alone():
    start = apply(ProgressState(sov(100_000)), {"a": Work(cents=40_000_00)}, percent("10"))
    marked = rate_changed(start.state)
    idle = apply(marked, {}, percent("5", on_change="new"))
    assert (idle.held_cents, idle.payable_cents) == (0, 0)
    more = apply(marked, {"a": Work(cents=60_000_00)}, percent("5", on_change="new"))
    assert more.state.held_cents == 5_000_00


def test_awkward_retainage_gives_the_odd_cent_to_the_first_line():
    """G702-Y-CENT."""
    done = {name: Work(Decimal(100)) for name in "abc"}
    made = apply(ProgressState(sov(100, 100, 100)), done, percent("3.33333"))
    assert made.state.held_cents == 10_00
    assert list(made.held_by_line.values()) == [3_34, 3_33, 3_33]
    assert made.payable_cents == 290_00


def test_billed_to_date_is_the_latest_figure_and_not_a_sum_of_applications():
    """G702-W-APP2."""
    contract = sov(1_000_000, 1_000_000, 518_000)
    first = apply(
        ProgressState(contract),
        {"a": Work(cents=40_000_00), "b": Work(cents=120_000_00), "c": Work(cents=65_000_00)},
        percent("5"),
    )
    assert first.payable_cents == 213_750_00
    second = apply(
        first.state,
        {"a": Work(cents=70_000_00), "b": Work(cents=270_000_00), "c": Work(cents=184_000_00)},
        percent("5"),
    )
    assert (second.state.earned_cents, second.state.held_cents) == (524_000_00, 26_200_00)
    assert second.payable_cents == 284_050_00


def test_certified_for_less_than_applied_leaves_the_shortfall_billable():
    """G702-S-CERTIFIED: 20,000 applied, 18,000 net of 10 %, certified 15,000."""
    start = ProgressState(sov(100_000))
    applied = apply(start, {"a": Work(cents=20_000_00)}, percent("10"))
    certified = certify_payable(start, applied, 15_000_00, percent("10"))
    assert certified.payable_cents == 15_000_00
    again = apply(certified.state, {"a": Work(cents=20_000_00)}, percent("10"))
    assert again.payable_cents == 3_000_00
    with pytest.raises(AboveApplied):
        certify_payable(start, applied, 30_000_00, percent("10"))
    with pytest.raises(AboveApplied):
        certify(start, applied, {"a": 20_000_01}, percent("10"))
    by_line = certify(start, applied, {"a": 18_000_00}, percent("10"))
    assert by_line.payable_cents == 16_200_00


def test_tax_only_on_what_is_paid_where_retention_is_taxed_at_its_release():
    """G702-MULI-1: GST 10 %, 48,000 approved, 4,800 held, 4,320 of tax, 47,520 paid."""
    terms = ProgressTerms(RetainageTerms(Decimal(10), cap_percent=Decimal(5)), tax_on_held="on_release")
    made = apply(
        ProgressState(sov(200_000, tax=TaxRate("gst", "GST", Decimal(10)))),
        {"a": Work(cents=48_000_00)},
        terms,
    )
    assert (made.held_cents, made.held_tax_cents, made.payable_cents) == (4_800_00, 480_00, 47_520_00)
    capped = apply(made.state, {"a": Work(cents=150_000_00)}, terms)
    assert capped.state.held_cents == 10_000_00


def test_an_application_is_taxed_on_its_own_net_and_the_last_one_closes_the_tax():
    """10.00 a period at 8.75 % is 0.88 each; at the contract 0.88 and 0.87 by turns."""
    priced = sov(40, tax=TaxRate("sales", "Sales tax", Decimal("8.75")))
    taxes = {}
    for at in ("contract", "document"):
        state, taxes[at] = ProgressState(priced), []
        for done in (10_00, 20_00, 30_00, 40_00):
            made = apply(state, {"a": Work(cents=done)}, ProgressTerms(tax_at=at))
            taxes[at].append(made.lines[Key("a", "sales")])
            state = made.state
    assert taxes == {"contract": [88, 87, 88, 87], "document": [88, 88, 88, 86]}


@pytest.mark.parametrize(
    ("tiers", "by_line", "lines", "held", "shares"),
    [
        (RISING, False, [(5_000_00, 1_200_00), (12_000_00, 6_000_00)], 984_00, [164_00, 820_00]),  # JDE-0
        (RISING[:2], False, [(0, 1_200_00), (12_000_00, 6_000_00)], 564_00, [94_00, 470_00]),  # JDE-5
        (RISING, True, [(5_000_00, 1_200_00), (12_000_00, 6_000_00)], 1_054_00, [130_00, 924_00]),  # JDE-9
    ],
)
def test_tiers_as_jd_edwards_has_them(tiers, by_line, lines, held, shares):
    works = [LineWork(name, value, done) for name, (value, done) in zip("ab", lines, strict=True)]
    terms = RetainageTerms(tiers=tiers, tiers_by_line=by_line)
    assert held_cents(works, terms) == held
    assert list(held_by_line(works, terms, held).values()) == shares


def test_exactly_at_a_threshold_the_old_rate_still_holds():
    works = [LineWork("a", 1_000_00, 200_00)]
    assert held_cents(works, RetainageTerms(tiers=RISING)) == 20_00


def test_a_line_s_rate_goes_first_and_stored_materials_may_have_their_own():
    terms = percent("10", by_line={"b": Decimal(0)}, stored_percent=Decimal(5))
    made = apply(
        ProgressState(sov(1000, 1000)),
        {"a": Work(cents=500_00, stored_cents=100_00), "b": Work(cents=1000_00)},
        terms,
    )
    assert made.held_cents == 55_00


# Advances ----------------------------------------------------------------------------------------------


def test_an_advance_is_recovered_from_the_certificate_in_which_its_threshold_is_crossed():
    """As FIDIC 14.2: a quarter of each certificate once more than 10 percent is certified."""
    terms = ProgressTerms(advance=Advance(Decimal(25), Decimal(10)))
    state = ProgressState(sov(100_000), deposit_cents=10_000_00)
    recovered = []
    for done in (8_000_00, 20_000_00, 40_000_00, 70_000_00, 100_000_00):
        made = apply(state, {"a": Work(cents=done)}, terms)
        recovered.append(made.recovered_cents)
        state = made.state
    assert recovered == [0, 3_000_00, 5_000_00, 2_000_00, 0]


def test_an_advance_may_be_recovered_from_what_is_certified_net_of_retainage():
    terms = ProgressTerms(RetainageTerms(Decimal(10)), advance=Advance(Decimal(25), Decimal(10), "net"))
    state = apply(
        ProgressState(sov(100_000), deposit_cents=20_000_00), {"a": Work(cents=8_000_00)}, terms
    ).state
    made = apply(state, {"a": Work(cents=20_000_00)}, terms)
    assert (made.recovered_cents, made.payable_cents) == (2_700_00, 8_100_00)
    again = apply(made.state, {"a": Work(cents=30_000_00)}, terms)
    assert again.recovered_cents == 2_250_00
    exactly = apply(ProgressState(sov(100_000), deposit_cents=1), {"a": Work(cents=10_000_00)}, terms)
    assert (exactly.recovered_cents, exactly.state.recovery_from_cents) == (0, None)


def test_a_deposit_comes_off_the_top_of_every_application():
    state = ProgressState(sov(10_000), deposit_cents=2_500_00)
    made = apply(state, {"a": Work(Decimal("33.3333"))}, ProgressTerms())
    assert (made.earned_cents, made.recovered_cents, made.payable_cents) == (3_333_33, 833_33, 2_500_00)
    last = apply(made.state, {"a": Work(Decimal(100))}, ProgressTerms())
    assert last.state.recovered_cents == 2_500_00


# Refusals and release ------------------------------------------------------------------------------


def test_what_cannot_be_applied_for():
    state = apply(ProgressState(sov(1000)), {"a": Work(cents=500_00)}, percent("10")).state
    with pytest.raises(AboveTheLine):
        apply(state, {"a": Work(cents=1000_01)}, percent("10"))
    with pytest.raises(BelowCertified):
        apply(state, {"a": Work(cents=499_99)}, percent("10"))
    with pytest.raises(NegativeApplication):
        apply(state, {}, percent("20"))


def test_retainage_is_released_in_parts_and_never_more_than_is_held():
    state = apply(ProgressState(sov(1000)), {"a": Work(cents=1000_00)}, percent("10")).state
    state = release(state, 40_00).state
    assert state.held_in_total_cents == 60_00
    with pytest.raises(ReleaseTooLarge):
        release(state, 60_01)
    with pytest.raises(ReleaseNotPositive):
        release(state, 0)
    assert release(state, 60_00).state.held_in_total_cents == 0


@pytest.mark.parametrize("mode", ["on_release", "deferred", "now"])
def test_retainage_released_in_two_halves_is_taxed_once(mode):
    """TX-ORACLE-RET: 100.00 held at 8.25 % and released in two halves is taxed 4.13 and 4.12."""
    priced = sov(1000, tax=TaxRate("sales", "Sales tax", Decimal("8.25")))
    terms = ProgressTerms(RetainageTerms(Decimal(10)), tax_on_held=mode)
    state = apply(ProgressState(priced), {"a": Work(cents=1000_00)}, terms).state
    first = release(state, 50_00)
    last = release(first.state, 50_00)
    if mode == "now":
        assert (first.payable_cents, last.payable_cents) == (50_00, 50_00)
    else:
        assert (first.taxes, last.taxes) == ({"sales": 4_13}, {"sales": 4_12})
        assert (first.payable_cents, last.payable_cents) == (54_13, 54_12)


def test_what_is_released_is_not_given_back_again_by_a_lower_rate():
    state = apply(ProgressState(sov(1000)), {"a": Work(cents=1000_00)}, percent("10")).state
    state = release(state, 40_00).state
    cut = apply(state, {}, percent("3"))
    assert (cut.payable_cents, cut.state.held_in_total_cents) == (60_00, 0)


def test_a_rate_of_more_than_everything_cannot_be_held():
    for terms in (
        {"percent": Decimal("100.01")},
        {"percent": Decimal(-1)},
        {"stored_percent": Decimal(101)},
        {"by_line": {"a": Decimal(101)}},
        {"tiers": (Tier(None, Decimal(101)),)},
    ):
        with pytest.raises(HeldPercentOutOfRange):
            RetainageTerms(**terms)
    with pytest.raises(NegativeApplication):
        apply(ProgressState(sov(500)), {"a": Work(Decimal(100))}, percent("0", amount_cents=501_00))
    held = apply(
        ProgressState(sov(300, 200)),
        {"a": Work(Decimal(100)), "b": Work(Decimal(50))},
        percent("0", amount_cents=100_00),
    )
    assert (held.payable_cents, held.held_by_line) == (300_00, {"a": 75_00, "b": 25_00})


# Laws ------------------------------------------------------------------------------------------------

TERMS = st.builds(
    ProgressTerms,
    retainage=st.builds(
        RetainageTerms,
        percent=st.decimals(0, 20, places=2),
        tiers=st.sampled_from([(), RISING, RISING[:2]]),
        tiers_by_line=st.booleans(),
        of=st.sampled_from(["net", "gross"]),
        cap_percent=st.one_of(st.none(), st.decimals(0, 10, places=1)),
    ),
    tax_on_held=st.sampled_from(["now", "on_release", "deferred"]),
    tax_per=st.sampled_from(["code", "line"]),
    tax_at=st.sampled_from(["contract", "document"]),
    advance=st.one_of(
        st.none(), st.builds(Advance, st.just(Decimal(25)), st.sampled_from([Decimal(0), Decimal(10)]))
    ),
)


@tried(150)
@given(contracts(), TERMS, st.integers(0, 30), st.data())
def test_however_the_work_goes_the_applications_add_up_and_end_exact(priced, terms, down, data):
    priced = price(list(priced.lines), currency="USD", tax_per=terms.tax_per)
    state = ProgressState(priced, deposit_cents=priced.total_cents * down // 100)
    asked = 0
    for _ in range(data.draw(st.integers(1, 4))):
        work = {}
        for line in priced.lines:
            value = priced.keys[Key(line.id)]
            done = state.work.get(line.id, 0) + state.stored.get(line.id, 0)
            to_date = data.draw(st.integers(done, value))
            stored = data.draw(st.integers(0, to_date - state.work.get(line.id, 0)))
            work[line.id] = Work(cents=to_date - stored, stored_cents=stored)
        try:
            made = apply(state, work, terms)
        except NegativeApplication:
            return
        assert made.payable_cents >= 0
        assert made.state.held_cents >= 0
        assert sum(made.held_by_line.values()) == made.state.held_cents
        assert 0 <= made.state.recovered_cents <= state.deposit_cents
        asked += made.payable_cents
        state = made.state
        assert asked == state.earned_cents - state.recovered_cents - state.held_cents - state.held_tax_cents
    done = {line.id: Work(Decimal(100)) for line in priced.lines}
    try:
        last = apply(state, done, replace(terms, advance=None))
    except NegativeApplication:
        return
    assert dict(last.state.billed) == dict(priced.keys)
    assert last.state.recovered_cents == state.deposit_cents


@tried(60)
@given(contracts(), TERMS, st.fractions(0, 1), st.data())
def test_what_is_certified_by_its_payable_asks_for_no_more_and_nearly_as_much(priced, terms, part, data):
    priced = price(list(priced.lines), currency="USD", tax_per=terms.tax_per)
    start = ProgressState(priced)
    work = {
        line.id: Work(cents=data.draw(st.integers(0, priced.keys[Key(line.id)]))) for line in priced.lines
    }
    try:
        applied = apply(start, work, terms)
        wanted = int(applied.payable_cents * Fraction(part))
        certified = certify_payable(start, applied, wanted, terms)
    except NegativeApplication:
        return
    assert certified.payable_cents <= wanted or wanted == applied.payable_cents
    # A cent more of work asks for at most its own cent, its taxes' cents, and none of retainage.
    assert wanted - certified.payable_cents <= 1 + 3 * len(priced.lines)
