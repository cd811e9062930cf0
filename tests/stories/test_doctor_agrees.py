"""What a story may do, doctor does not call a fault: lines below zero, lines that a change order dropped."""

from pathlib import Path

import pytest

import milepost.stories
from milepost.queries.doctor import examine
from milepost.stories.player import play

LIBRARY = Path(milepost.stories.__file__).parent / "library"
VOIDED = "dropped-line-and-a-void-of-its-invoice"


@pytest.mark.parametrize("name", [VOIDED, "a-share-of-an-invoice-with-a-discount"])
def test_doctor_finds_nothing_in_the_story(database, name):
    assert play(LIBRARY / f"{name}.yaml").as_told
    assert examine() == []


def test_doctor_finds_nothing_while_the_voided_invoice_is_not_sent_again(database):
    told = (LIBRARY / f"{VOIDED}.yaml").read_text().partition("expect:")[0]
    play(told.replace("  - {on: 2026-03-07, reissue: First half}\n", ""))
    assert examine() == []
