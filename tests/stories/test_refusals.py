"""What no story may be: refused in a sentence with its line, before anything is played."""

from pathlib import Path

import pytest

from milepost.stories.player import play
from milepost.stories.reading import read_story
from milepost.stories.schema import schema_text
from milepost.stories.source import LARGEST_BYTES, StoryRefused

STORY = """\
title: Fence
customer: {name: Carol Reyes, email: carol@example.com}
quote:
  on: 2026-03-02
  lines:
    - {id: posts, description: Posts, unit_price: "1000.00"}
  schedule:
    deposit: {percent: "25"}
    milestones:
      - {name: Fence stands, remainder: true}
events:
  - {on: 2026-03-02, sign: Carol Reyes}
  - {on: 2026-03-03, pay: {invoice: Deposit, amount: "250.00", method: ach}}
"""


def said(text: str) -> str:
    with pytest.raises(StoryRefused) as refused:
        read_story(text)
    return str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "line", "about"),
    [
        ("title: Fence", "titel: Fence", 1, "“titel” is not a key of a story"),
        ('"250.00"', '"250.001"', 13, "too many decimals"),
        ('"250.00"', "250.00", 13, "Put numbers in quotes"),
        ('"250.00"', '".nan"', 13, "not an amount"),
        ('"250.00"', ".nan", 13, "Put numbers in quotes"),
        ('"250.00"', '"1e400"', 13, "not an amount"),
        ('"250.00"', f'"{"9" * 40}"', 13, "too large"),
        ('"250.00"', "9" * 5000, 13, "Put numbers in quotes"),
        ('"250.00"', '"-5.00"', 13, "below zero"),
        ("Deposit, amount", "Gate hangs, amount", 13, "no invoice called “Gate hangs”"),
        ("method: ach", "method: shells", 13, "method"),
        ("sign: Carol Reyes", "complete: Gate hangs", 12, "no milestone called “Gate hangs”"),
        ("sign: Carol Reyes", "sign: Carol Reyes, wait: true", 12, "exactly one of"),
        ("sign: Carol Reyes", 'certify: {1: {amount: "1.00"}}', 12, "“certify” is not built yet"),
        ("sign: Carol Reyes", 'accept: Fence stands, portion: "80"', 12, "“portion” is not built yet"),
        ("    milestones:", "    progress: true\n    x:", 9, "“progress” is not built yet"),
        ("    deposit:", '    retainage: {percent: "10"}\n    deposit:', 8, "“retainage” is not built yet"),
        ("Carol Reyes}\n", "Carol Reyes, options: [gate]}\n", 12, "no line with the id “gate”"),
        ("sign: Carol Reyes", "change_quote: {lines: []}", 12, "lines"),
        ("sign: Carol Reyes", "change_quote: {template: castle}", 12, "a template of these"),
        ("sign: Carol Reyes", "change_quote: {discount: 5}", 12, "Put numbers in quotes"),
        ("sign: Carol Reyes", "move: {on: 2026-03-09}", 12, "“event” is missing"),
        ("sign: Carol Reyes", "clear: 0", 12, "clear"),
        ("sign: Carol Reyes", "write_off: Gate hangs", 12, "no invoice called “Gate hangs”"),
        ("sign: Carol Reyes", "apply_credit: Gate hangs", 12, "no invoice called “Gate hangs”"),
        ("carol@example.com}", "carol@example.com, contacts: [{name: Pat}]}", 2, "“parts” is missing"),
        ("email: carol@example.com}", "contacts: [{name: P, parts: [boss]}]}", 2, "parts"),
        (
            "email: carol@example.com}",
            "payer: {name: P}, contacts: [{name: Q, parts: [payer]}]}",
            2,
            "not both",
        ),
        ("title: Fence", "retainage: {percent: 10}", 1, "“retainage” is not built yet"),
        ("title: Fence", "business: {timezone: ../../etc/passwd}", 1, "not a time zone"),
        ("title: Fence", "business: {holidays: Moon}", 1, "no calendar of holidays"),
        ("title: Fence", "business: {currency: dollars}", 1, "currency"),
        ("title: Fence", "title: Fence\ntitle: Wall", 2, "stands here twice"),
        ("title: Fence", "title: &a Fence", 1, "Anchors"),
        ("title: Fence", "title: !!python/object:os.system x", 1, "Tags"),
        ("title: Fence", 'title: "a\\0b"', 1, "characters"),
        ("title: Fence", 'title: "\\ud800"', 1, "characters"),
        ("title: Fence", "title: a\x00b", 1, "characters"),
        ("title: Fence", "title: [", 3, "not YAML"),
        ("on: 2026-03-03", "on: 0000-01-01", 13, "not a day"),
        ("on: 2026-03-03", "on: 2026-02-30", 13, "not a day"),
        ("on: 2026-03-03", "on: 2026-03-01", 13, "before the day"),
        ("remainder: true", 'remainder: true, percent: "10"', 10, "exactly one of"),
        ("remainder: true", "lines: [gate]", 10, "no line with the id “gate”"),
        ("Fence stands", "Deposit", 10, "name of two rows"),
        ("  on: 2026-03-02\n", "", 3, "“on” is missing"),
    ],
)
def test_a_story_that_cannot_be_is_refused_with_its_line(old, new, line, about):
    text = said(STORY.replace(old, new, 1))
    assert text.startswith(f"Line {line}: "), text
    assert about in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "just words",
        "[" * 5000,
        "{" * 100_000,
        "a: " * 50_000,
        "x" * (LARGEST_BYTES + 1),
        "? [a]\n: b",
    ],
)
def test_whatever_the_text_is_the_answer_is_a_sentence(text):
    assert said(text).startswith("Line ")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path):
    file = tmp_path / "story.yaml"
    for data in (b"\xff\xfe\x00", b"title: \xed\xa0\x80", b"x" * 2_000_000):
        file.write_bytes(data)
        with pytest.raises(StoryRefused):
            read_story(file)
    with pytest.raises(StoryRefused):
        read_story(tmp_path / "missing.yaml")


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ("sign: Carol Reyes, options: [posts]", "One of the options that you ticked is not in this quote"),
        ("move: {event: Delivery, on: 2026-03-09}", "There is no event called “Delivery” yet."),
        ("clear: 1", "This payment is not on its way."),
        ("won: true", "No payment is disputed."),
        ("change_quote: {discount: '101'}", "100"),
        ("change_quote: {discount: '-1'}", "100"),
        ("send_quote: true", "is signed. What changes now is a change order."),
        ("decline: Carol Reyes", "is signed. What changes now is a change order."),
        ("refund: {payment: 1, amount: '250.01'}", "Only 250.00 of this payment can still be refunded"),
        ("pay: {amount: '900.00', method: ach, status: pending}", "too much|on its way"),
    ],
)
def test_a_deed_that_cannot_be_done_is_said_in_words(database, event, says):
    told = STORY
    if event.startswith(("sign", "change_quote")):
        told = STORY.partition("events:")[0] + "events:\n"
    with pytest.raises(StoryRefused, match=says):
        play(told + f"  - {{on: 2026-03-04, {event}}}\n")


def test_a_refusal_that_is_told_plays_on_and_one_that_does_not_come_is_a_difference(database):
    refused = "  - {on: 2026-03-04, send: Fence stands, refused: is not ready to bill}\n"
    assert play(STORY + refused).as_told
    kinder = "  - {on: 2026-03-04, complete: Fence stands, refused: it rains}\n"
    assert play(STORY + kinder).differences == [
        "events › 3 › complete: expected to be refused with “it rains”, but it happened."
    ]
    with pytest.raises(StoryRefused, match=r"Line 14: .* is not ready to bill"):
        play(STORY + refused.replace("is not ready to bill", "it rains"))


def test_what_is_expected_may_be_said_in_short(database):
    short = """expect:
  schedule: {Deposit: "250.00"}
  payments: {1: "250.00"}
  ledger: {CD: "250.00", AR: "0.00", Bad debts: "0.00", cash: "250.00"}
"""
    assert play(STORY + short).as_told
    wrong = play(STORY + 'expect: {ledger: {CD: "249.00", Bad debts: "1.00"}}\n')
    assert wrong.differences == [
        "ledger › CD: expected 249.00, got 250.00.",
        "ledger › Bad debts: expected 1.00, but there is no such thing.",
    ]


def test_what_an_action_refuses_is_said_with_the_events_line(database):
    with pytest.raises(StoryRefused) as refused:
        play(STORY + "  - {on: 2026-03-04, send: Fence stands}\n")
    assert str(refused.value) == (
        "Line 14: “Fence stands” is not ready to bill yet. It is billed on completion."
    )


def test_days_at_the_end_of_the_calendar_are_a_sentence_too(database):
    for year in ("0001", "9999"):
        try:
            play(STORY.replace("2026-03-", f"{year}-12-"))
        except StoryRefused as refused:
            assert str(refused).startswith("Line ")


def test_a_difference_prints_both_sides(database):
    result = play(STORY + 'expect: {documents: {Deposit: {due: "251.00"}}, refunds: []}\n')
    assert not result.as_told
    assert result.differences == ["documents › Deposit › due: expected 251.00, got 250.00."]
    assert "Not as told: documents › Deposit › due" in result.as_text()


def test_the_journal_is_printed_when_it_is_asked_for(database):
    assert "journal" not in play(STORY).output
    entries = play(STORY, journal=True).output["journal"]
    assert [entry["event"] for entry in entries][-1] == "payment_cleared"


def test_the_schema_in_the_docs_is_the_one_that_is_played():
    assert (Path(__file__).parents[2] / "docs" / "story.schema.json").read_text() == schema_text()
