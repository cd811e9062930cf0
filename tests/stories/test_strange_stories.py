"""Stories as a stranger writes them from the page alone, and what the page says that they print."""

import json
import re
from pathlib import Path

import pytest

from milepost.stories.player import play
from milepost.stories.source import StoryRefused

DECK = """\
customer: {name: Carol Reyes}
quote:
  on: 2026-03-02
  lines: [{id: deck, description: Deck, unit_price: "1000", tax: {Sales tax: "8"}}]
  schedule: {deposit: {percent: "25"}, milestones: [{name: Deck done, remainder: true, after: Inspection}]}
events:
  - {on: 2026-03-02, sign: Carol Reyes}
"""
LIFE = (
    DECK
    + """\
  - {on: 2026-03-03, pay: {invoice: Deposit, amount: "300.00"}}
  - {on: 2026-03-04, refund: {payment: 1, amount: "10.00"}}
  - {on: 2026-03-09, complete: Deck done}
  - {on: 2026-03-09, send: Deck done}
  - {on: 2026-03-10, credit: {invoice: Deck done, kind: allowance, amount: "108.00", reason: A scratch}}
"""
)


def test_a_customer_with_a_name_alone_is_quoted_and_reached(database):
    output = play(DECK).output
    assert {message["address"] for message in output["messages"]} == {
        "carol-reyes@story.example",
        "office@story.example",
    }
    assert output["schedule"]["Deck done"]["amount"] == "810.00"


def test_a_quote_without_a_schedule_is_paid_when_the_work_is_done(database):
    story = """\
customer: {name: Carol Reyes}
quote:
  on: 2026-03-02
  lines: [{description: Fence, unit_price: "1000"}]
events:
  - {on: 2026-03-02, sign: Carol Reyes}
  - {on: 2026-03-09, complete: Work complete, evidence: {photo: 1}}
  - {on: 2026-03-09, send: Work complete}
"""
    output = play(story).output
    assert {name: row["amount"] for name, row in output["schedule"].items()} == {"Work complete": "1000.00"}
    assert output["documents"][-1]["due"] == "1000.00"
    # And with a deposit alone, what it leaves
    with_deposit = story.replace("events:", '  schedule: {deposit: {percent: "30"}}\nevents:')
    rows = play(with_deposit).output["schedule"]
    assert {name: row["amount"] for name, row in rows.items()} == {
        "Deposit": "300.00",
        "Work complete": "700.00",
    }


def test_a_story_may_be_json(database):
    story = {
        "customer": {"name": "Carol"},
        "quote": {
            "on": "2026-03-02",
            "expires": "2026-12-31",
            "lines": [{"description": "Fence", "unit_price": "100.00"}],
            "schedule": {
                "milestones": [
                    {"name": "Stands", "remainder": True, "before": {"event": "Posts", "on": "2026-03-09"}}
                ]
            },
        },
        "events": [{"on": "2026-03-02", "sign": "Carol"}, {"on": "2026-03-31", "wait": True}],
        "expect": {"contract": {"total": "100"}},
    }
    assert play(json.dumps(story, indent=1)).as_told
    story["events"][1]["on"] = "2026-02-30"
    with pytest.raises(StoryRefused, match="Write a day like 2026-03-02"):
        play(json.dumps(story, indent=1))


def test_the_milestone_of_a_change_order_answers_to_its_number(database):
    """1,000.00 and tax are 1,080.00; a gate of 100.00 without tax is a milestone of its own."""
    result = play(
        DECK
        + """\
  - on: 2026-03-03
    change_order: {number: CO-1, reason: A gate, spread: own, lines: [{add: {description: Gate, unit_price: "100.00"}}]}
  - {on: 2026-03-03, approve: CO-1}
  - {on: 2026-03-04, complete: CO-1}
  - {on: 2026-03-04, send: CO-1}
  - {on: 2026-03-05, pay: {invoices: {CO-1: "100.00"}}}
expect:
  schedule: {Deposit: "270.00", Deck done: "810.00", A gate: "100.00", CO-1: {state: paid}}
  documents: {CO-1: {due: "100.00", state: paid}}
"""
    )
    assert result.as_told, result.differences


def test_a_change_order_s_line_keeps_its_discount(database):
    """Three gates at 33.33 less a tenth are 89.99; 5 off a hundred of the deck take 50.00 and 4.00 of tax."""
    orders = """\
  - on: 2026-03-03
    change_order: {number: CO-1, lines: [{add: {id: gate, description: Gates, quantity: "3", unit_price: "33.33", discount: "10"}}]}
  - {on: 2026-03-03, approve: CO-1}
  - {on: 2026-03-03, change_order: {number: CO-2, lines: [{edit: deck, discount: "5"}]}}
  - {on: 2026-03-03, approve: CO-2}
"""
    changes = play(DECK + orders).output["contract"]["changes"]
    assert changes == {"CO-1": "89.99", "CO-2": "-54.00"}
    with pytest.raises(StoryRefused, match=r"Line 9: .* is not optional"):
        play(DECK + orders.replace('discount: "10"', "optional: true"))


def test_a_payment_on_its_way_comes_from_a_bank_unless_it_says_otherwise(database):
    payment = play(DECK + "  - {on: 2026-03-03, pay: {invoice: Deposit, status: pending}}\n").output[
        "payments"
    ][0]
    assert (payment["method"], payment["amount"], payment["state"]) == ("bank", "270.00", "pending")


def test_an_amount_may_be_expected_without_its_zeros_and_not_without_its_cents(database):
    expected = DECK + 'expect: {contract: {total: "%s"}, customer_credit: 0}\n'
    assert play(expected % "1080").as_told
    assert play(expected % "1080.1").differences == ["contract › total: expected 1080.1, got 1080.00."]


NUMBERED = """\
customer: {name: Carol Reyes, phone: "+13125550123"}
quote:
  on: 2026-03-02
  number: 1042
  lines:
    - {id: 1, description: Deck, unit_price: "1000.00", tax: {VAT: "20"}}
    - {id: 2, description: Books, unit_price: "100.00", tax: {VAT: "5"}}
  schedule: {deposit: {percent: "10"}, milestones: [{name: 1, percent: "50"}, {name: 2, remainder: true}]}
events:
  - {on: 2026-03-02, sign: Carol Reyes}
"""


def test_names_may_be_numbers(database):
    """1,200.00 and 105.00; a change order makes the second line 200.00 and 10.00."""
    result = play(
        NUMBERED
        + """\
  - {on: 2026-03-03, pay: {invoice: 1001, reference: 4711}}
  - {on: 2026-03-03, complete: 1}
  - {on: 2026-03-03, send: 1}
  - {on: 2026-03-04, change_order: {number: 7, lines: [{edit: 2, unit_price: "200.00"}]}}
  - {on: 2026-03-04, approve: 7}
  - {on: 2026-03-05, void: 1002}
  - {on: 2026-03-05, reissue: 1002}
expect:
  contract: {number: "1042", original: "1305.00", total: "1410.00", tax: {VAT 20: "200.00", VAT 5: "10.00"}}
  payments: {1: {reference: "4711", invoices: {1001: "130.50"}}}
"""
    )
    assert result.as_told, result.differences


def test_money_off_may_be_a_share_of_the_invoice(database):
    """Half of 1,305.00 is billed, 652.50; a tenth of it is 65.25."""
    result = play(
        NUMBERED
        + """\
  - {on: 2026-03-03, bill: [1]}
  - {on: 2026-03-04, credit: {invoice: 1, kind: allowance, share: "10", reason: Late}}
expect: {documents: {1002: {due: "652.50", balance: "587.25"}}}
"""
    )
    assert result.as_told, result.differences
    for said, refused in (("", "needs an amount, or a share"), (', share: "0.1", amount: "1"', "not both")):
        with pytest.raises(StoryRefused, match=refused):
            play(
                NUMBERED
                + f"""\
  - {{on: 2026-03-03, bill: [1]}}
  - {{on: 2026-03-04, credit: {{invoice: 1, kind: allowance, reason: Late{said}}}}}
"""
            )


def test_a_tax_changes_by_its_name_or_by_its_name_and_rate(database):
    """100.00 at 6 is 6.00: one more."""
    changed = play(NUMBERED + '  - {on: 2026-03-03, tax_change: {VAT 5: "6"}}\n').output["contract"]
    assert (changed["total"], changed["tax"]) == ("1306.00", {"VAT 20": "200.00", "VAT 6": "6.00"})
    for wrong in ("Vat", "VAT"):
        with pytest.raises(StoryRefused, match=f"“{wrong}” is not one of the taxes here: VAT 20, VAT 5"):
            play(NUMBERED + f'  - {{on: 2026-03-03, tax_change: {{{wrong}: "21"}}}}\n')
    with pytest.raises(StoryRefused, match="Give “VAT 20” a rate"):
        play(NUMBERED + "  - {on: 2026-03-03, tax_change: {VAT 20: true}}\n")


def _documented() -> dict[str, set[str]]:
    """Each part of the output with the keys that the page names at its own level, not those of lines."""
    text = (Path(__file__).parents[2] / "docs" / "stories.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", text.partition("<!-- table: output -->")[2], re.MULTILINE)
    own = {part.replace("`", ""): re.sub(r"\([^)]*\)", "", said) for part, said in rows if "`" in part}
    return {part: set(re.findall(r"`(\w+)`", said)) - {"without_money"} for part, said in own.items()}


def test_the_output_has_the_keys_that_the_page_names(database):
    output = play(LIFE, journal=True).output
    page = _documented()
    kinds = {
        "deposit": "an invoice",
        "progress": "an invoice",
        "allowance": "a credit note",
        "receipt": "a receipt",
    }
    for document in output["documents"]:
        assert set(document) == page[f"documents, {kinds[document['kind']]}"]
    assert {kind["kind"] for kind in output["documents"]} == set(kinds)
    assert set(output["contract"]) == page["contract"]
    for row in output["schedule"].values():
        assert set(row) == page["schedule"]
    for part in ("payments", "refunds", "timeline", "messages", "journal"):
        assert output[part]
        assert {frozenset(row) for row in output[part]} == {frozenset(page[part])}
    assert set(output) == {name.partition(",")[0] for name in page}


def test_the_same_story_prints_the_same(database):
    assert play(LIFE, journal=True).as_json() == play(LIFE, journal=True).as_json()


@pytest.mark.parametrize(
    ("was", "now", "refused"),
    [
        ('{percent: "25"}', '{percent: "110"}', "Line 5: A percentage goes from 0 to 100, so 110 cannot"),
        ("remainder: true", 'fixed: "9999.00"', "Line 5: The payment schedule asks for"),
        ('unit_price: "1000"', 'unit_price: "-1000"', "Line 4: The lines come to -1,080.00"),
    ],
)
def test_a_refusal_names_the_line_of_what_is_refused(database, was, now, refused):
    with pytest.raises(StoryRefused) as told:
        play(DECK.replace(was, now))
    assert str(told.value).startswith(refused)
