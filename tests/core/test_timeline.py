"""The chain of a job's history: each event carries the one before, and whoever changes one is found out."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.timeline import (
    Break,
    Content,
    Link,
    RecordUnreadable,
    breaks,
    event_hash,
    microseconds,
    read_record,
    record,
)

NOON = datetime(2026, 3, 2, 12, 0, 0, 250_000, tzinfo=UTC)
SENT = Content(microseconds(NOON), "quote_sent", "Alice", '{"version": 1}')
VIEWED = replace(SENT, kind="viewed", who="Carol", facts="{}")
SHOWN = replace(SENT, for_customer=True)
SIGNED = Content(SENT.at_us + 1, "signed", "Carol Reyés", '{"contract_cents": 4000000}')


def chain(*contents: Content) -> list[Link]:
    """A history as it was written."""
    links: list[Link] = []
    for content in contents:
        previous = links[-1].hash if links else ""
        number = len(links) + 1
        links.append(Link(number, previous, event_hash(number, previous, content), content))
    return links


TOLD = chain(SENT, VIEWED, SIGNED)


def test_a_moment_is_counted_in_microseconds_of_1970_wherever_it_was() -> None:
    assert microseconds(datetime(1970, 1, 2, tzinfo=UTC)) == 86_400_000_000
    assert SENT.at_us == 1_772_452_800_250_000
    assert microseconds(NOON.astimezone(timezone(timedelta(hours=-5)))) == SENT.at_us
    assert microseconds(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1


def test_the_hash_is_of_the_six_lines_that_the_page_names() -> None:
    """docs/timeline.md: anybody can count it after us, without Milepost."""
    text = f'abc\n7\n{SIGNED.at_us}\nsigned\nCarol Reyés\n{{"contract_cents": 4000000}}'
    assert event_hash(7, "abc", SIGNED) == hashlib.sha256(text.encode()).hexdigest()
    # Half of a pair of code units, as a broken phone may send it, is hashed and not refused.
    lone = hashlib.sha256(b"\n1\n0\nnote\n\xed\xa0\x80\n{}").hexdigest()
    assert event_hash(1, "", Content(0, "note", "\ud800", "{}")) == lone


@pytest.mark.parametrize(("shown", "word"), [(True, "customer"), (False, "office")])
def test_from_the_second_version_on_the_hash_says_whom_an_event_is_for(shown: bool, word: str) -> None:
    """docs/timeline.md: the figure 2 first, so that no text of the first version can be one of the second."""
    text = f'2\nabc\n7\n{SIGNED.at_us}\nsigned\nCarol Reyés\n{word}\n{{"contract_cents": 4000000}}'
    said = replace(SIGNED, for_customer=shown)
    assert event_hash(7, "abc", said) == hashlib.sha256(text.encode()).hexdigest()


def test_a_history_goes_on_in_the_second_version_and_not_back() -> None:
    onward = chain(SENT, replace(VIEWED, for_customer=False), SHOWN)
    assert breaks(onward) == []
    assert breaks(read_record(record({}, onward))) == []
    back = chain(SENT, SHOWN, VIEWED, replace(SIGNED, for_customer=True))
    assert breaks(back) == [Break(3, "it does not say whom it is for, as the one before does")]
    # Nobody knows of what is withheld; what is shown after it still has to say it.
    hidden = [back[0], back[1], replace(back[2], content=None), back[3]]
    assert breaks(hidden) == []


def test_a_history_as_it_was_written_holds_and_so_does_one_with_events_withheld() -> None:
    assert breaks([]) == []
    assert breaks(TOLD) == []
    assert breaks([TOLD[0], replace(TOLD[1], content=None), TOLD[2]]) == []


CARRIES_NOT = "it does not carry the hash of the one before"


@pytest.mark.parametrize(("told", "found"), [
    ([TOLD[0], replace(TOLD[1], content=SENT), TOLD[2]], [Break(2, "it was changed")]),
    ([TOLD[1], TOLD[2]], [Break(2, "it follows number 0")]),
    ([TOLD[0], TOLD[2]], [Break(3, "it follows number 1")]),
    ([*TOLD, TOLD[2]], [Break(3, "it follows number 3")]),
    ([replace(TOLD[0], previous_hash="0")], [Break(1, CARRIES_NOT), Break(1, "it was changed")]),
    # Somebody changes the first event and its hash: the second does not carry that one.
    ([chain(VIEWED)[0], *TOLD[1:]], [Break(2, CARRIES_NOT)]),
    # What is withheld keeps its place.
    ([TOLD[0], replace(TOLD[1], content=None, hash="0"), TOLD[2]], [Break(3, CARRIES_NOT)]),
    # Two breaks are both told.
    ([replace(TOLD[0], content=SIGNED), TOLD[2]], [Break(1, "it was changed"), Break(3, "it follows number 1")]),
])  # fmt: skip
def test_what_was_changed_left_out_or_slipped_in_is_named_with_its_place(
    told: list[Link], found: list[Break]
) -> None:
    assert breaks(told) == found


CONTENTS = st.builds(
    Content,
    at_us=st.integers(0, 4 * 10**15),
    kind=st.sampled_from(["signed", "billed", "paid"]),
    who=st.text(max_size=8),
    facts=st.sampled_from(["{}", '{"cents": 1}', '{"cents": 2}']),
)


@given(st.lists(CONTENTS, min_size=1, max_size=6), CONTENTS, st.data())
def test_no_event_can_be_exchanged_or_dropped_from_the_middle_unseen(
    contents: list[Content], other: Content, data: st.DataObject
) -> None:
    links = chain(*contents)
    assert breaks(read_record(record({}, links))) == breaks(links) == []
    at = data.draw(st.integers(0, len(links) - 1))
    exchanged = [*links[:at], replace(links[at], content=other), *links[at + 1 :]]
    assert bool(breaks(exchanged)) == (other != contents[at])
    assert bool(breaks([*links[:at], *links[at + 1 :]])) == (at < len(links) - 1)


# The record ---------------------------------------------------------------------------------------------

EMPTY = '{"format": "milepost-timeline-2", "events": []}'


def test_a_record_tells_what_it_is_about_and_every_event_with_its_moment() -> None:
    withheld = replace(TOLD[1], content=None)
    text = record({"job": "Kitchen", "business": "Reyés & Co"}, [TOLD[0], withheld, TOLD[2]])
    assert json.loads(text) == {
        "format": "milepost-timeline-2",
        "job": "Kitchen",
        "business": "Reyés & Co",
        "events": [
            {
                "number": 1,
                "previous_hash": "",
                "hash": TOLD[0].hash,
                "at": "2026-03-02T12:00:00.250000+00:00",
                "at_us": SENT.at_us,
                "kind": "quote_sent",
                "who": "Alice",
                "facts": '{"version": 1}',
            },
            {"number": 2, "previous_hash": TOLD[0].hash, "hash": TOLD[1].hash, "withheld": True},
            {
                "number": 3,
                "previous_hash": TOLD[1].hash,
                "hash": TOLD[2].hash,
                "at": "2026-03-02T12:00:00.250001+00:00",
                "at_us": SENT.at_us + 1,
                "kind": "signed",
                "who": "Carol Reyés",
                "facts": '{"contract_cents": 4000000}',
            },
        ],
    }
    assert read_record(text) == [TOLD[0], withheld, TOLD[2]]


def test_a_record_is_text_that_a_person_can_read() -> None:
    first, second, *_ = record({"job": "Küche"}, []).splitlines()
    assert (first, second) == ("{", ' "format": "milepost-timeline-2",')
    assert record({"job": "Küche"}, []).endswith('"job": "Küche",\n "events": []\n}\n')
    assert read_record(EMPTY) == []


def test_a_record_may_spell_its_numbers_in_quotes() -> None:
    first = {"number": "1", "previous_hash": "", "hash": TOLD[0].hash, "withheld": False}
    said = {"at_us": str(SENT.at_us), "kind": SENT.kind, "who": SENT.who, "facts": SENT.facts}
    text = json.dumps({"format": "milepost-timeline-1", "events": [first | said]})
    assert read_record(text) == TOLD[:1]


@pytest.mark.parametrize(("text", "problem"), [
    ("", "Expecting value: line 1 column 1 (char 0)"),
    ('{"format": "milepost-timeline-9", "events": []}', "its format is milepost-timeline-9"),
    ("{}", "'format'"),
    ('{"format": "milepost-timeline-1"}', "'events'"),
    ('{"format": "milepost-timeline-1", "events": [{}]}', "'at_us'"),
    ('{"format": "milepost-timeline-2", "events": [{"at_us": 1, "kind": "", "who": "", "facts": "", "for": "me"}]}', "'me'"),
    ('{"format": "milepost-timeline-1", "events": [{"withheld": true}]}', "'number'"),
    ('{"format": "milepost-timeline-1", "events": [{"withheld": true, "number": "x"}]}', "invalid literal for int() with base 10: 'x'"),
    ("[]", "list indices must be integers"),
    (EMPTY.replace("[]", "7"), "'int' object is not iterable"),
    ("[" * 100_000, ""),
])  # fmt: skip
def test_what_is_no_record_is_refused_with_the_problem(text: str, problem: str) -> None:
    with pytest.raises(RecordUnreadable) as refused:
        read_record(text)
    assert refused.value.code == "record_unreadable"
    said = str(refused.value)
    assert said.startswith(f"This is not a record of a timeline: {problem}") and said.endswith(".")


def test_every_part_of_an_event_is_asked_for() -> None:
    whole = json.loads(record({}, TOLD[:1]))["events"][0]
    for part in set(whole) - {"at"}:
        event = {name: value for name, value in whole.items() if name != part}
        with pytest.raises(RecordUnreadable, match=f"'{part}'"):
            read_record(json.dumps({"format": "milepost-timeline-1", "events": [event]}))
