"""How a list is shown: which rows, sorted by what; said in the address, so that a link keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from milepost.queries.paging import Newest, Sorting

Words = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Listing:
    """
    What was asked of a list: one of `shows` ("" is all), sorted by one of `sorts`, behind the row
    `before`. Each has its word in the address and its words on the page.
    """

    show: str
    sort: str
    before: str
    shows: Words
    sorts: Words
    direction: str

    @property
    def sorted_by(self) -> str:
        return dict(self.sorts)[self.sort]

    @property
    def is_whole(self) -> bool:
        """Whether every row is shown, so that no row means that there is none."""
        return not (self.show or self.before)


def listing_of(
    request: HttpRequest, sortings: Mapping[str, Newest | Sorting], *, sorts: Words, shows: Words = ()
) -> Listing:
    """What the address asks for. A word that the list does not know is the first of its kind."""
    asked = request.GET
    sort = asked.get("sort", "") if asked.get("sort", "") in sortings else next(iter(sortings))
    show = asked.get("show", "") if asked.get("show", "") in dict(shows) else ""
    direction = "descending" if sortings[sort].descending else "ascending"
    return Listing(show, sort, asked.get("before", "").replace("\x00", "")[:400], shows, sorts, direction)
