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


def test_an_amount_may_be_expected_without_its_zeros_and_not_without_its_cents(database):
    expected = DECK + 'expect: {contract: {total: "%s"}, customer_credit: 0}\n'
    assert play(expected % "1080").as_told
    assert play(expected % "1080.1").differences == ["contract › total: expected 1080.1, got 1080.00."]


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
