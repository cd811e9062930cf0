"""The mailroom with the outside played by fakes, on a real database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from milepost.gateways.email import RecordingEmail
from milepost.gateways.files import MemoryFiles
from milepost.gateways.payments.fake import FakePayments
from milepost.gateways.pdf.fake import FakePress
from milepost.gateways.sms import RecordingSms
from milepost.mailroom import wiring
from tests.cast import Cast, Kitchen, kitchen, make_cast


@dataclass(frozen=True)
class Outside:
    """Everybody whom the mailroom talks to."""

    payments: FakePayments
    email: RecordingEmail
    sms: RecordingSms
    pdf: FakePress
    files: MemoryFiles


@pytest.fixture
def outside() -> Iterator[Outside]:
    fakes = Outside(FakePayments(), RecordingEmail(), RecordingSms(), FakePress(), MemoryFiles())
    with wiring.use(**vars(fakes)):
        yield fakes


@pytest.fixture
def cast(database: object) -> Cast:
    return make_cast()


@pytest.fixture
def job(cast: Cast) -> Kitchen:
    return kitchen(cast)


@pytest.fixture
def force(owner_cursor) -> Callable[[str], None]:  # type: ignore[no-untyped-def]
    """Bring about by SQL what the guards of the records would refuse."""

    def past_the_guards(sql: str) -> None:
        owner_cursor.execute(f"SET session_replication_role = replica; {sql}; RESET session_replication_role")

    return past_the_guards
