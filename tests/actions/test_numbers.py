"""Numbers under a storm: no gap, no double, no deadlock."""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from django.db import connection

from milepost.actions.invoices import bill_simple
from milepost.actions.steps.numbering import next_number
from milepost.core.quote_input import LineInput
from milepost.queries.doctor import examine
from milepost.records.scope import scoped

CLIENTS = 16
NUMBERS = int(os.environ.get("MILEPOST_NUMBERS", "480"))


class Aborted(Exception):
    """What makes a third of the transactions roll back."""


def test_numbers_that_sixteen_clients_draw_have_no_gap_though_a_third_is_aborted(cast):
    def client(which: int) -> list[int]:
        chance, drawn = random.Random(which), []
        try:
            for _ in range(NUMBERS // CLIENTS):
                try:
                    with scoped(cast.business_id, writing=True):
                        number = next_number("invoice").number
                        if chance.random() < 1 / 3:
                            raise Aborted
                except Aborted:
                    continue
                drawn.append(number)
        finally:
            connection.close()
        return drawn

    with ThreadPoolExecutor(CLIENTS) as pool:
        drawn = [number for numbers in pool.map(client, range(CLIENTS)) for number in numbers]
    assert len(drawn) > NUMBERS // 2
    assert sorted(drawn) == list(range(1001, 1001 + len(drawn)))


def test_invoices_that_are_issued_at_once_get_their_numbers_in_a_row(cast):
    def client(which: int) -> None:
        try:
            for n in range(3):
                bill_simple(
                    by=cast.alice, at=cast.at, customer_id=cast.customer_id,
                    lines=[LineInput(f"Work {which}.{n}", Decimal(10))], form_key=f"{which}.{n // 2}",
                )  # fmt: skip
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(client, range(8)))
    assert examine() == []  # numbers without a gap among it
