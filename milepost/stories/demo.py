"""
The demo: one business with a job in every state, made by playing the stories of `demo_jobs/`.

In those files 2 March 2026 stands for the day on which the demo is loaded; every other day moves
with it, so what is due tomorrow there is due tomorrow here.
"""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from milepost.actions.actor import Actor, Role
from milepost.actions.businesses import (
    EmailTaken,
    add_member,
    add_tax_code,
    change_business,
    start_business,
)
from milepost.actions.items import import_items
from milepost.actions.own_templates import save_template
from milepost.core.item_input import ItemInput
from milepost.mailroom.intake import take_photo
from milepost.queries.job_lists import jobs_with
from milepost.queries.people_at import business_of, is_unfinished_practice
from milepost.queries.portal_people import LinkRow, portal_links
from milepost.stories.player import play
from milepost.stories.stage import Stage

PASSWORD = "practice makes paid"  # noqa: S105 - printed at every start of the demo
WRITTEN_FOR = date(2026, 3, 2)
TIMEZONE = "America/Chicago"
JOBS = Path(__file__).parent / "demo_jobs"
PEOPLE: tuple[tuple[str, str, Role], ...] = (
    ("Alice Northside", "alice@northside.example", "owner"),
    ("Bo Brandt", "bo@northside.example", "bookkeeper"),
    ("Tess Tanaka", "tess@northside.example", "technician"),
)
# Name, price, unit, section, whether it is taxed, what the quote says (the name where empty).
ITEMS: tuple[tuple[str, str, str, str, bool, str], ...] = (
    ("Base cabinet", "412.50", "pcs", "Cabinets", True, "Base cabinet, oak front, soft-close"),
    ("Wall cabinet", "338.00", "pcs", "Cabinets", True, "Wall cabinet, oak front, soft-close"),
    ("Brass pull", "12.3450", "pcs", "Cabinets", True, ""),
    ("Quartz countertop", "86.75", "sq ft", "Countertops", True, "Quartz countertop, 3 cm, polished edge"),
    ("Carpenter", "78.00", "h", "Labor", False, "Carpenter, by the hour"),
    ("Haul away", "350.00", "", "Labor", False, "Old kitchen removed and hauled away"),
)
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
Say = Callable[[str], None]


@dataclass(frozen=True)
class DemoReport:
    """Who signs in with which password, and the customers' links."""

    business_id: int
    people: Sequence[tuple[str, str, str]]
    password: str
    links: Sequence[LinkRow]


def load_demo(at: datetime | None = None, *, say: Say = lambda _: None) -> DemoReport:
    """Make the demo as of a moment (now, when none is given). Does nothing when it is there already."""
    at = at or datetime.now(UTC)
    try:
        stage = _stage(at)
    except EmailTaken:
        return report()
    today = at.astimezone(ZoneInfo(TIMEZONE)).date()
    for path in sorted(JOBS.glob("*.yaml")):
        say(f"  {path.stem}")
        play(shifted(path.read_text(), today), stage=stage)
    _price_book(stage, at)
    change_business(by=stage.owner, at=at, is_practice=True)
    return report()


def _price_book(stage: Stage, at: datetime) -> None:
    """Items to type on a quote's line, and a schedule of the business's own."""
    tax = stage.tax("Sales tax", Decimal("10.25"), at=at)
    items = [
        ItemInput(name, Decimal(price), words, unit, section, (tax,) if taxed else ())
        for name, price, unit, section, taxed, words in ITEMS
    ]
    import_items(by=stage.owner, at=at, items=items)
    kitchen = jobs_with(stage.business_id, "Kitchen remodel", quotes=False, today=at.date()).rows[0]
    save_template(by=stage.owner, at=at, job_id=kitchen.id, name="Our kitchens")  # type: ignore[attr-defined]


def is_half_loaded() -> bool:
    """Whether a demo was begun here and not finished."""
    business_id = business_of(PEOPLE[0][1])
    return bool(business_id) and is_unfinished_practice(business_id)


def report() -> DemoReport:
    """The sign-ins and links of a demo that is loaded."""
    business_id = business_of(PEOPLE[0][1])
    links = portal_links(business_id)
    people = [(name, email, role) for name, email, role in PEOPLE]
    return DemoReport(business_id, people, PASSWORD, links)


def where_to_sign_in() -> list[str]:
    """The demo's sign-ins and links, a line each; what to do when there is no demo."""
    if not business_of(PEOPLE[0][1]):
        return ["There is no demo here: this Milepost was in use before. Start one in an empty folder."]
    made = report()
    lines = [f"Sign in with the password “{made.password}” as"]
    lines += [f"  {role:<11} {email}" for _, email, role in made.people]
    lines += ["The customers' links:"]
    return lines + [f"  {link.name}, {link.job_title}: {link.url}" for link in made.links]


def shifted(text: str, today: date) -> str:
    """A demo story with every day moved as far as WRITTEN_FOR is from today."""
    by = today - WRITTEN_FOR
    return _DAY.sub(lambda day: (date.fromisoformat(day.group()) + by).isoformat(), text)


def _stage(at: datetime) -> Stage:
    (owner_name, email, _), *others = PEOPLE
    started = start_business(
        name="Northside Kitchens", owner_name=owner_name, email=email, password=PASSWORD, at=at,
        timezone=TIMEZONE,
    )  # fmt: skip
    owner = Actor(started.business_id, "owner", owner_name, user_id=started.user_id)
    change_business(
        by=owner,
        at=at,
        phone="+13125550100",
        address="1840 North Clybourn Avenue\nChicago, IL 60614",
        licence="Licence 0417-2283 (practice)",
        brand_color="#8a3b12",
        late_fee_monthly=Decimal("1.5"),
        transfer_details="Practice Bank\nRouting 000000000\nAccount 0000 1840",
        cheque_details="Payable to Northside Kitchens, 1840 North Clybourn Avenue, Chicago, IL 60614",
    )
    percent = Decimal("10.25")
    tax = add_tax_code(by=owner, at=at, name="Sales tax", percent=percent, is_default=True)
    crew = {}
    for name, address, role in others:
        user_id = add_member(by=owner, at=at, name=name, email=address, role=role, password=PASSWORD)
        if role == "technician":
            crew[name.partition(" ")[0]] = Actor(owner.business_id, role, name, user_id=user_id)
    return Stage(owner, crew, {("Sales tax", percent): tax}, photograph=_photograph)


def _photograph(by: Actor, at: datetime, label: str) -> int:
    """A drawn picture that says what it is; the file store keeps it like any photo."""
    picture = Image.new("RGB", (960, 720), "#d9cfc1")
    draw = ImageDraw.Draw(picture)
    shade = sum(label.encode()) % 60
    draw.rectangle((0, 480, 960, 720), fill=(120 + shade, 96, 72))
    for left in range(60, 900, 220):
        draw.rectangle((left, 160, left + 180, 470), fill=(200, 186 - shade, 160), outline="#6b5a48", width=4)
    draw.text((40, 40), "Practice photo", fill="#3b2f24", font_size=56)
    draw.text((40, 640), label, fill="white", font_size=36)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    out.seek(0)
    return take_photo(by=by, at=at, upload=out, name="practice.jpg")
