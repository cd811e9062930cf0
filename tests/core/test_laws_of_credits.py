"""The laws of credits, over random invoices: parts end exact, and nothing comes off twice."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.contract import PricedContract
from milepost.core.credits import Credited, Issued, allowance, reversal, reversal_of_lines, whole
from milepost.core.rounding import half_up
from tests.core.effort import tried
from tests.core.jobs import contracts

laws = tried(50)


@st.composite
def invoices(draw: st.DrawFn) -> tuple[PricedContract, Issued]:
    """An invoice over a contract that was drawn: of each key a part, some deposit recovered, some retainage."""
    priced = draw(contracts())
    lines = {key: draw(st.integers(0, cents)) for key, cents in priced.keys.items()}
    recovered = draw(st.integers(0, sum(lines.values())))
    return priced, Issued(lines, recovered, draw(st.integers(0, sum(lines.values()) - recovered)))


def figures(credited: Credited) -> list[int]:
    return [*credited.lines.values(), credited.recovered_cents, credited.held_cents]


@laws
@given(
    invoices(), st.sets(st.fractions(Fraction(1, 100), Fraction(99, 100), max_denominator=100), max_size=3)
)
def test_an_invoice_reversed_in_parts_is_taken_back_to_the_cent_and_each_figure_to_date_within_one(
    made: tuple[PricedContract, Issued], shares: set[Fraction]
) -> None:
    priced, said = made
    done, notes = Credited(), list[Credited]()
    for share in [*sorted(shares), Fraction(1)]:
        to_date = reversal(said, priced, share, before=done)
        notes.append(to_date.less(done))
        for key, cents in said.lines.items():
            assert abs(to_date.lines[key] - cents * share) < 1
        assert to_date.lines_cents == half_up(said.lines_cents * share)
        assert to_date.recovered_cents == half_up(said.recovered_cents * share)
        assert to_date.held_cents == half_up(said.held_cents * share)
        # Money comes back; the cents of a key may only wait for the next note by their own rounding.
        assert min(notes[-1].recovered_cents, notes[-1].held_cents, notes[-1].lines_cents) >= 0
        assert all(cents >= -1 for cents in notes[-1].lines.values())
        done = to_date
    assert [sum(parts) for parts in zip(*map(figures, notes), strict=True)] == [
        *said.lines.values(),
        said.recovered_cents,
        said.held_cents,
    ]
    assert sum(note.due_cents for note in notes) == said.due_cents


@laws
@given(invoices(), st.data())
def test_lines_credited_one_by_one_take_their_own_tax_along_and_end_at_the_invoice(
    made: tuple[PricedContract, Issued], data: st.DataObject
) -> None:
    priced, said = made
    names = [
        name for name in priced.net_cents_by_line if any(said.lines[k] for k in said.lines if k.line == name)
    ]
    done = Credited()
    taken: dict[object, Fraction] = {}
    for name in data.draw(st.permutations(names)):
        taken[name] = Fraction(1)
        done = reversal_of_lines(said, priced, taken, before=done)
        for key, cents in said.lines.items():
            assert done.lines[key] == (cents if key.line in taken else 0)
    if names:
        assert (done.recovered_cents, done.held_cents) == (said.recovered_cents, said.held_cents)
        assert whole(said, before=done).due_cents == 0


@laws
@given(invoices(), st.data())
def test_money_off_in_parts_never_takes_more_of_a_key_than_stands_and_leaves_the_deposit(
    made: tuple[PricedContract, Issued], data: st.DataObject
) -> None:
    _, said = made
    off = Credited()
    for _ in range(3):
        most = said.due_cents - off.due_cents
        if not most:
            break
        asked = data.draw(st.integers(1, most))
        part = allowance(said, asked, before=off)
        assert (part.due_cents, part.recovered_cents, part.held_cents) == (asked, 0, 0)
        standing = {key: cents - off.lines.get(key, 0) for key, cents in said.lines.items()}
        total = sum(standing.values())
        for key, cents in part.lines.items():
            assert 0 <= cents <= standing[key]
            assert abs(cents - Fraction(asked * standing[key], total)) < 1
        off = Credited({key: off.lines.get(key, 0) + part.lines.get(key, 0) for key in said.lines})
    rest = whole(said, before=off)
    assert rest.due_cents == said.due_cents - off.due_cents
    assert rest.recovered_cents == said.recovered_cents
