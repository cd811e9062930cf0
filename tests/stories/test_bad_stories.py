"""Every value of a story, one at a time, as it must not be: refused in a sentence with its line, or played."""

import json
import os

import pytest
import yaml

from milepost.queries.doctor import examine
from milepost.stories.player import play
from milepost.stories.reading import read_story
from milepost.stories.source import StoryRefused
from tests.web.test_bad_input import VALUES

STORY = """\
title: A kitchen
business:
  name: Northside
  country: US
  currency: USD
  timezone: America/Chicago
  holidays: US
  deposit_tax: on_application
  tax_at: contract
  tax_per: code
  tax_rounding: half_up
  recovery: off_the_top
  parts_from: "1.00"
  approval_days: 3
  registration: ATU1
  terms: {net_days: 7, late_fee_monthly: "1.5", grace_days: 5, pause_after_days: 14, early_percent: "2", early_days: 5}
customer:
  name: Reyes
  kind: company
  language: en-US
  address: 12 Elm St
  site: 14 Elm St
  contacts: [{name: Carol Reyes, email: carol@example.com, phone: "+13125550123", parts: [approver, payer]}]
quote:
  on: 2026-03-02
  number: Q-7
  title: Kitchen
  note: Mind the dog
  discount: "5"
  expires: 2026-12-31
  terms: {net_days: 10, approval_days: 2}
  lines:
    - {id: cabinets, description: Cabinets, section: Work, quantity: "2", unit: pcs, unit_price: "500.00", tax: {Sales tax: "8.25"}, discount: "3"}
    - {id: lamp, description: Lamp, unit_price: "100.00", optional: true}
  schedule:
    recovery: off_the_top
    deposit: {name: Deposit, percent: "25"}
    milestones:
      - {name: Rough-in, percent: "30", bill_on: completion, deliverable: Walls, acceptance: [Passed], evidence: [photo], window_days: 2, net_days: 3, planned_on: 2026-03-10, planned_until: 2026-03-12, after: {event: Inspection, on: 2026-03-09}}
      - {name: Cabinets stand, fixed: "300.00"}
      - {name: The rest, remainder: true}
events:
  - {on: 2026-03-02, sign: Carol Reyes, options: [lamp]}
  - {on: 2026-03-03, pay: {invoice: Deposit, amount: "100.00", method: check, reference: "77"}}
  - {on: 2026-03-04, move: {event: Inspection, on: 2026-03-11}}
  - {on: 2026-03-10, complete: Rough-in, by: Tess, evidence: {photo: 1}, note: Done}
  - {on: 2026-03-10, send: Rough-in}
  - on: 2026-03-11
    change_order:
      number: CO-1
      reason: More
      spread: spread
      days: 2
      lines: [{edit: cabinets, unit_price: "600.00"}, {add: {id: pulls, description: Pulls, quantity: "3", unit_price: "1.50"}}]
  - {on: 2026-03-12, approve: CO-1, by: Carol Reyes}
  - {on: 2026-03-13, refund: {payment: 1, amount: "10.00", method: check, reference: "78"}}
  - {on: 2026-03-14, write_off: {invoice: Rough-in, amount: "5.00", reason: Old}}
"""  # fmt: skip
EVERY = int(os.environ.get("MILEPOST_BAD_FIELDS", "4"))
"""A value is put into every so manieth place; 1 is all of them."""
BAD = [value for value in VALUES.values() if "\x00" not in value] + ["2147483648", "-0.001", "x" * 200_000]


def leaves(node: yaml.Node, path: tuple[str, ...] = ()):
    """Every value that is written, with where it stands."""
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            yield from leaves(child, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for place, child in enumerate(node.value):
            yield from leaves(child, (*path, str(place)))
    else:
        yield ".".join(path), node.start_mark.index, node.end_mark.index


LEAVES = list(leaves(yaml.compose(STORY, Loader=yaml.SafeLoader)))


def told(start: int, end: int, value: str) -> str:
    return STORY[:start] + json.dumps(value, ensure_ascii=False) + STORY[end:]


def test_the_story_itself_is_played(database):
    assert play(STORY).as_told


@pytest.mark.parametrize("value", BAD, ids=lambda value: value[:12])
def test_whatever_stands_in_a_value_the_answer_is_a_sentence_or_a_story(value):
    for _name, start, end in LEAVES[BAD.index(value) % EVERY :: EVERY]:
        try:
            story, _read = read_story(told(start, end, value))
        except StoryRefused as refused:
            assert str(refused).startswith("Line "), str(refused)
        else:
            assert story.events


@pytest.mark.parametrize(
    "bare", ["-1", "0", "99999999999", ".nan", "1e400", "9223372036854775808", "null", "[]", "{}", "true"]
)
def test_whatever_kind_a_value_is_of_the_answer_is_a_sentence_or_a_story(bare):
    for _name, start, end in LEAVES[len(bare) % EVERY :: EVERY]:
        try:
            read_story(STORY[:start] + bare + STORY[end:])
        except StoryRefused as refused:
            assert str(refused).startswith("Line "), str(refused)


def test_what_is_read_is_played_or_refused_with_its_line_and_the_books_hold(database):
    readable = 0
    for at, (_name, start, end) in list(enumerate(LEAVES))[::EVERY]:
        text = told(start, end, BAD[at * 7 % len(BAD)])
        try:
            read_story(text)
        except StoryRefused:
            continue
        readable += 1
        try:
            play(text)
        except StoryRefused as refused:
            assert str(refused).startswith("Line "), str(refused)
    assert readable
    assert examine() == []
