"""Who reads a document: their language, their way to write amounts and days."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from milepost.core.money import currency_digits
from milepost.queries import wording
from milepost.queries.paper.facts import JobFacts


@dataclass(frozen=True)
class Reader:
    """A locale, a currency and a clock; what they write is ready to print."""

    locale: str
    currency: str
    timezone: str

    @property
    def digits(self) -> int:
        """The decimals of the currency."""
        return currency_digits(self.currency)

    def money(self, cents: int) -> str:
        return wording.money(cents, self.currency, self.locale)

    def coded(self, cents: int) -> str:
        """With its currency, for the one figure that the reader looks for."""
        return wording.money_with_code(cents, self.currency, self.locale)

    def price(self, value: Decimal) -> str:
        return wording.unit_price(value, self.currency, self.locale)

    def quantity(self, value: Decimal) -> str:
        return wording.quantity(value, self.locale)

    def percent(self, value: Decimal) -> str:
        return wording.percent(value, self.locale)

    def day(self, value: date) -> str:
        return wording.long_day(value, self.locale)

    def moment(self, value: datetime) -> str:
        return wording.moment(value, self.locale, self.timezone)


@contextmanager
def reading(job: JobFacts) -> Iterator[Reader]:
    """The customer's language, or the business's, for as long as a document is worded."""
    with wording.in_words_of(job.customer, job.business) as tag:
        yield Reader(tag, job.currency, job.business.timezone)
