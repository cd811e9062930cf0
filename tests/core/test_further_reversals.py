"""An invoice that is taken back share by share, with money off in between."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from milepost.core.contract import Key
from milepost.core.credits import (
    Credited,
    Issued,
    ShareTooSmall,
    after_reversal,
    back_by_row,
    further_reversal,
    whole,
)
from milepost.core.deposit_tax import part_by_key
from milepost.core.rows import Row, lines_once
from tests.core import samples

A, B = Key("a"), Key("b")
TWO = samples.contract("100.00, 100.00")


def added(one: Credited, other: Credited) -> Credited:
    lines = {key: one.lines.get(key, 0) + cents for key, cents in other.lines.items()}
    return Credited(
        lines,
        one.recovered_cents + other.recovered_cents,
        one.held_cents + other.held_cents,
        one.share + other.share,
    )


def test_thirds_of_an_invoice_end_exact_with_its_deposit_and_its_retainage() -> None:
    said = Issued({A: 100_00, B: 33_34}, recovered_cents=10_00, held_cents=5_00)
    done, standing, dues = Credited(), said, []
    for _ in range(3):
        part = further_reversal(standing, TWO, Fraction(1, 3), before=done)
        dues.append((part.lines_cents, part.recovered_cents, part.held_cents, part.due_cents))
        done = added(done, part)
        left = whole(said, before=done)
        standing = Issued(left.lines, left.recovered_cents, left.held_cents)
    assert dues == [
        (44_45, 3_33, 1_67, 39_45),
        (44_44, 3_34, 1_66, 39_44),
        (44_45, 3_33, 1_67, 39_45),
    ]
    assert (standing.due_cents, done.share) == (0, 1)


def test_where_money_off_left_less_of_a_line_the_share_is_taken_of_what_stands() -> None:
    """Half is taken back, then 40.00 of what is left of a are given: a quarter more is 20.00 of 60.00."""
    done = Credited({A: 50_00, B: 50_00}, 20_00, 8_00, Fraction(1, 2))
    standing = Issued({A: 10_00, B: 50_00}, 20_00, 8_00)
    part = further_reversal(standing, TWO, Fraction(1, 4), before=done)
    assert part == Credited({A: 3_33, B: 16_67}, 10_00, 4_00, Fraction(1, 4))
    rest = further_reversal(standing, TWO, Fraction(1, 2), before=done)
    assert rest == Credited({A: 10_00, B: 50_00}, 20_00, 8_00, Fraction(1, 2))
    # A line of which nothing stands gives nothing
    gone = further_reversal(
        Issued({A: 0, B: 50_00}), TWO, Fraction(1, 4), before=replace(done, recovered_cents=0, held_cents=0)
    )
    assert gone.lines == {A: 0, B: 12_50}


def test_a_cent_may_be_taken_back_and_less_may_not() -> None:
    one = Issued({A: 1_00})
    assert further_reversal(one, TWO, Fraction(1, 100)).due_cents == 1
    with pytest.raises(ShareTooSmall) as refused:
        further_reversal(one, TWO, Fraction(1, 1000))
    assert (refused.value.code, refused.value.field) == ("share_too_small", "share")
    assert str(refused.value) == (
        "This share asks for nothing back. Take back more of the invoice, or all of it."
    )
    with pytest.raises(ShareTooSmall):
        further_reversal(Issued({A: 1_00}, recovered_cents=1_00), TWO, Fraction(1, 2))
    quarter = further_reversal(Issued({A: 1_00}, recovered_cents=1, held_cents=1), TWO, Fraction(1, 4))
    assert (quarter.recovered_cents, quarter.held_cents) == (0, 0)


def test_an_invoice_that_asked_for_nothing_gives_nothing_back_of_any_row() -> None:
    assert back_by_row(Credited({A: 5_00}), {"1": 0, "2": 0}) == {"1": 0, "2": 0}


def test_a_fixed_row_taken_back_in_part_asks_for_its_part_less_what_is_placed_on_it() -> None:
    row = Row("1", "milestone", "fixed", 300_00, placed_cents=100_00, billed=True, amount_cents=400_00)
    job = replace(
        samples.job("400.00", "fixed 400.00, remainder"),
        rows=(row, Row("2", "milestone", "remainder", amount_cents=0)),
        amounts={"1": 400_00, "2": 0},
        billed={A: 400_00},
        due_cents=400_00,
    )
    back = after_reversal(job, Credited({A: 100_00}, share=Fraction(1, 4)), {"1": 400_00})
    assert [(one.value, one.placed_cents, one.amount_cents) for one in back.rows[:2]] == [
        (300_00, 0, 300_00),
        (75_00, 25_00, 100_00),
    ]


def test_a_part_of_a_deposit_of_nothing_is_nothing() -> None:
    assert part_by_key(TWO, {A: 0, B: 0}, 0) == {A: 0, B: 0}
    assert part_by_key(TWO, {A: 0, B: 0}, 5) == {A: 0, B: 0}
    assert part_by_key(TWO, {A: 10, B: 20}, 9) == {A: 3, B: 6}


def test_a_line_is_billed_by_one_row_and_who_is_alone_with_it_keeps_it() -> None:
    lines = frozenset({"x"})
    part = Row("a", "milestone", "lines", lines=lines, placed_cents=100, amount_cents=600)
    other = replace(part, id="b", placed_cents=500, amount_cents=400)
    alone = Row("c", "milestone", "lines", lines=frozenset({"y"}), billed=True, amount_cents=5)
    pool = Row("d", "milestone", "percent", Decimal(50), amount_cents=7)
    assert lines_once([part, alone, pool]) == [part, alone, pool]
    assert lines_once([part, other, alone]) == [
        replace(part, basis="fixed", value=500, lines=frozenset()),
        replace(other, basis="fixed", value=0, lines=frozenset()),
        alone,
    ]
    billed = replace(part, billed=True)
    assert lines_once([billed, other]) == [
        replace(billed, basis="fixed", value=500, lines=frozenset()),
        other,
    ]
