"""The payment schedules that come with Milepost. Every text is a msgid; the last row is a remainder."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from milepost.core.msgids import gettext_noop
from milepost.core.rows import Basis, Kind, Recovery

BillOn = Literal["completion", "acceptance", "before"]
Evidence = Literal["photo", "inspection", "document"]


@dataclass(frozen=True)
class TemplateRow:
    """
    One row of a template. `value` is a percentage or a share, as a decimal; `event` is the name of
    the event that the row follows or, with bill_on "before", comes ahead of by `before_days`
    business days; `window_days` are the business days in which silence becomes acceptance.
    """

    name: str
    kind: Kind
    basis: Basis
    value: Decimal | None = None
    bill_on: BillOn = "completion"
    event: str | None = None
    before_days: int | None = None
    deliverable: str = ""
    criteria: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    window_days: int | None = None


@dataclass(frozen=True)
class ScheduleTemplate:
    """A payment schedule to start a quote from. `events` stand between the rows, in order."""

    code: str
    name: str
    summary: str
    rows: tuple[TemplateRow, ...]
    events: tuple[str, ...] = ()
    recovery: Recovery = "off_the_top"


_DEPOSIT = gettext_noop("Deposit")
_WINDOW: Final = 3
_AGENCY_WINDOW: Final = 5


def _deposit(percent: str) -> TemplateRow:
    return TemplateRow(_DEPOSIT, "deposit", "percent", Decimal(percent))


PAY_ON_COMPLETION: Final = ScheduleTemplate(
    code="pay_on_completion",
    name=gettext_noop("Pay on completion"),
    summary=gettext_noop("One payment when the work is done"),
    rows=(
        TemplateRow(
            gettext_noop("Work complete"),
            "milestone",
            "remainder",
            deliverable=gettext_noop("All work in the quote, finished and cleaned up"),
            criteria=(
                gettext_noop("Everything in the quote is done"),
                gettext_noop("The site is left clean"),
            ),
            evidence=("photo",),
            window_days=_WINDOW,
        ),
    ),
)

DEPOSIT_AND_BALANCE: Final = ScheduleTemplate(
    code="deposit_and_balance",
    name=gettext_noop("Deposit and balance"),
    summary=gettext_noop("Half at signing, the rest when the work is done"),
    rows=(
        _deposit("50"),
        TemplateRow(
            gettext_noop("Work complete"),
            "milestone",
            "remainder",
            deliverable=gettext_noop("All work in the quote, finished and cleaned up"),
            criteria=(
                gettext_noop("Everything in the quote is done"),
                gettext_noop("The site is left clean"),
            ),
            evidence=("photo",),
            window_days=_WINDOW,
        ),
    ),
)

ROOFING: Final = ScheduleTemplate(
    code="roofing",
    name=gettext_noop("Roofing"),
    summary=gettext_noop(
        "30 percent at signing, 40 percent when the old roof is off and dry, the rest at the end"
    ),
    rows=(
        _deposit("30"),
        TemplateRow(
            gettext_noop("Tear-off and dry-in"),
            "milestone",
            "percent",
            Decimal(40),
            event=gettext_noop("Materials delivered"),
            deliverable=gettext_noop("Old roof removed, decking repaired, underlayment on: the house is dry"),
            criteria=(
                gettext_noop("Old roofing is hauled away"),
                gettext_noop("Damaged decking is replaced and photographed"),
                gettext_noop("Underlayment covers the whole roof"),
            ),
            evidence=("photo",),
            window_days=_WINDOW,
        ),
        TemplateRow(
            gettext_noop("Roof complete"),
            "milestone",
            "remainder",
            deliverable=gettext_noop("New roof on, flashing and gutters finished, yard swept for nails"),
            criteria=(
                gettext_noop("Shingles, flashing and vents are finished"),
                gettext_noop("The yard is swept for nails"),
            ),
            evidence=("photo",),
            window_days=_WINDOW,
        ),
    ),
    events=(gettext_noop("Materials delivered"),),
)

KITCHEN_REMODEL: Final = ScheduleTemplate(
    code="kitchen_remodel",
    name=gettext_noop("Kitchen remodel"),
    summary=gettext_noop(
        "25 percent at signing, 25 percent after rough-in, 30 percent after cabinets, the rest at the end"
    ),
    rows=(
        _deposit("25"),
        TemplateRow(
            gettext_noop("Rough-in complete"),
            "milestone",
            "percent",
            Decimal(25),
            event=gettext_noop("Rough-in inspection"),
            deliverable=gettext_noop("Plumbing and wiring in the walls, passed by the inspector"),
            criteria=(
                gettext_noop("Rough-in inspection is signed"),
                gettext_noop("Every wall is photographed before it is closed"),
            ),
            evidence=("photo", "inspection"),
            window_days=_WINDOW,
        ),
        TemplateRow(
            gettext_noop("Cabinets installed"),
            "milestone",
            "percent",
            Decimal(30),
            event=gettext_noop("Cabinet delivery"),
            deliverable=gettext_noop("All cabinets hung, level and fastened, doors and drawers adjusted"),
            criteria=(
                gettext_noop("Cabinets match the plan"),
                gettext_noop("Doors and drawers open freely"),
            ),
            evidence=("photo",),
            window_days=_WINDOW,
        ),
        TemplateRow(
            gettext_noop("Final walkthrough"),
            "milestone",
            "remainder",
            event=gettext_noop("Countertop templating"),
            deliverable=gettext_noop("The kitchen is finished and handed over"),
            criteria=(
                gettext_noop("Every item on the walkthrough list is done"),
                gettext_noop("Manuals and warranties are handed over"),
            ),
            evidence=("photo",),
            window_days=_WINDOW,
        ),
    ),
    events=(
        gettext_noop("Rough-in inspection"),
        gettext_noop("Cabinet delivery"),
        gettext_noop("Countertop templating"),
    ),
)

COUNTERTOP: Final = ScheduleTemplate(
    code="countertop",
    name=gettext_noop("Countertop"),
    summary=gettext_noop(
        "25 percent before measurements, 25 percent after removal, 50 percent after installation"
    ),
    rows=(
        TemplateRow(
            gettext_noop("Before measurements"),
            "milestone",
            "percent",
            Decimal(25),
            bill_on="before",
            event=gettext_noop("Measurements"),
            before_days=2,
            deliverable=gettext_noop("The measuring visit is booked and the slab is reserved"),
        ),
        TemplateRow(
            gettext_noop("Old countertops removed"),
            "milestone",
            "percent",
            Decimal(25),
            event=gettext_noop("Removal"),
            deliverable=gettext_noop("Old countertops removed and hauled away, cabinets ready"),
            criteria=(gettext_noop("Cabinets are level and undamaged"),),
            evidence=("photo",),
            window_days=_WINDOW,
        ),
        TemplateRow(
            gettext_noop("Countertops installed"),
            "milestone",
            "remainder",
            event=gettext_noop("Installation"),
            deliverable=gettext_noop("New countertops set, seams joined, sink and cut-outs finished"),
            criteria=(
                gettext_noop("Seams are tight and level"),
                gettext_noop("Sink and cut-outs fit"),
            ),
            evidence=("photo",),
            window_days=_WINDOW,
        ),
    ),
    events=(gettext_noop("Measurements"), gettext_noop("Removal"), gettext_noop("Installation")),
)

THREE_PHASE: Final = ScheduleTemplate(
    code="three_phase",
    name=gettext_noop("Three phases"),
    summary=gettext_noop("A third of the price after each phase"),
    rows=(
        TemplateRow(
            gettext_noop("Phase 1: preparation"),
            "milestone",
            "share",
            Decimal(1),
            deliverable=gettext_noop("Site prepared, materials on hand, work begun"),
            criteria=(gettext_noop("Materials are on site"),),
            evidence=("photo",),
            window_days=_WINDOW,
        ),
        TemplateRow(
            gettext_noop("Phase 2: main work"),
            "milestone",
            "share",
            Decimal(1),
            deliverable=gettext_noop("The main work stands"),
            criteria=(gettext_noop("The main work matches the quote"),),
            evidence=("photo",),
            window_days=_WINDOW,
        ),
        TemplateRow(
            gettext_noop("Phase 3: finish"),
            "milestone",
            "remainder",
            deliverable=gettext_noop("Everything finished, cleaned up and handed over"),
            criteria=(gettext_noop("Everything in the quote is done"),),
            evidence=("photo",),
            window_days=_WINDOW,
        ),
    ),
)


def _agency_row(name: str, percent: str | None, deliverable: str, criterion: str) -> TemplateRow:
    return TemplateRow(
        name,
        "milestone",
        "percent" if percent else "remainder",
        Decimal(percent) if percent else None,
        bill_on="acceptance",
        deliverable=deliverable,
        criteria=(criterion,),
        evidence=("document",),
        window_days=_AGENCY_WINDOW,
    )


FIVE_PHASE_AGENCY: Final = ScheduleTemplate(
    code="five_phase_agency",
    name=gettext_noop("Agency project in five phases"),
    summary=gettext_noop(
        "Discovery 15 percent, design 25 percent, build 30 percent, testing 15 percent, the rest at launch"
    ),
    rows=(
        _agency_row(
            gettext_noop("Discovery"),
            "15",
            gettext_noop("Goals, audience and scope written down"),
            gettext_noop("The brief is agreed"),
        ),
        _agency_row(
            gettext_noop("Design"),
            "25",
            gettext_noop("Designs of every page, ready to build"),
            gettext_noop("The designs are approved"),
        ),
        _agency_row(
            gettext_noop("Build"),
            "30",
            gettext_noop("A working version on a test address"),
            gettext_noop("Every page in the scope works"),
        ),
        _agency_row(
            gettext_noop("Testing and content"),
            "15",
            gettext_noop("Content in place, faults found in testing fixed"),
            gettext_noop("No fault on the agreed list is open"),
        ),
        _agency_row(
            gettext_noop("Launch"),
            None,
            gettext_noop("Live on its own address, handed over with access and instructions"),
            gettext_noop("The site is live and access is handed over"),
        ),
    ),
)


def _inspected_row(name: str, percent: str | None, event: str, deliverable: str) -> TemplateRow:
    return TemplateRow(
        name,
        "milestone",
        "percent" if percent else "remainder",
        Decimal(percent) if percent else None,
        bill_on="acceptance",
        event=event,
        deliverable=deliverable,
        criteria=(
            gettext_noop("The inspection report is attached"),
            gettext_noop("Every point in the report is settled"),
        ),
        evidence=("photo", "inspection"),
        window_days=_WINDOW,
    )


INSPECTION_BASED: Final = ScheduleTemplate(
    code="inspection_based",
    name=gettext_noop("By inspections"),
    summary=gettext_noop("10 percent at signing, then a part after each inspection that is passed"),
    rows=(
        _deposit("10"),
        _inspected_row(
            gettext_noop("Foundation passed"),
            "20",
            gettext_noop("Foundation inspection"),
            gettext_noop("Foundation in place and passed by the inspector"),
        ),
        _inspected_row(
            gettext_noop("Framing passed"),
            "25",
            gettext_noop("Framing inspection"),
            gettext_noop("Frame and roof up and passed by the inspector"),
        ),
        _inspected_row(
            gettext_noop("Rough-in passed"),
            "25",
            gettext_noop("Rough-in inspection"),
            gettext_noop("Plumbing and wiring in the walls, passed by the inspector"),
        ),
        _inspected_row(
            gettext_noop("Final inspection passed"),
            None,
            gettext_noop("Final inspection"),
            gettext_noop("Everything finished and passed by the inspector"),
        ),
    ),
    events=(
        gettext_noop("Foundation inspection"),
        gettext_noop("Framing inspection"),
        gettext_noop("Rough-in inspection"),
        gettext_noop("Final inspection"),
    ),
)

SCHEDULE_TEMPLATES: Final = (
    PAY_ON_COMPLETION,
    DEPOSIT_AND_BALANCE,
    ROOFING,
    KITCHEN_REMODEL,
    COUNTERTOP,
    THREE_PHASE,
    FIVE_PHASE_AGENCY,
    INSPECTION_BASED,
)


def schedule_template(code: str) -> ScheduleTemplate:
    """
    The template of this code; KeyError for a code that is none of them.

    >>> [row.name for row in schedule_template("deposit_and_balance").rows]
    ['Deposit', 'Work complete']
    """
    return {template.code: template for template in SCHEDULE_TEMPLATES}[code]
