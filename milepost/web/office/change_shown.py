"""A change order's form with what it comes to: the simulator, and every amount beside its field."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from milepost.core.change_input import ChangeInput
from milepost.core.money import Money
from milepost.core.refusals import Refusal
from milepost.queries.change_difference import Difference, simulate
from milepost.queries.change_form import ChangeForm, FormLine, FormRow
from milepost.queries.lists import Choices
from milepost.web.office.change_fields import ChangeFields, MilestoneFields, OldFields, milestone_of, old_of
from milepost.web.office.change_reading import readable, unfinished
from milepost.web.office.quote_fields import LineFields
from milepost.web.office.quote_shown import LineShown, default_taxes, tax_ids, tax_names
from milepost.web.show import typed_number


@dataclass(frozen=True)
class OldShown:
    """A line of the contract with its fields, the amount that it comes to, and its taxes to tick."""

    line: FormLine
    fields: OldFields
    net: Money
    names: Sequence[tuple[str, str, bool]]
    is_changed: bool

    @property
    def at(self) -> str:
        """What its fields' names begin with."""
        return f"old-{self.line.id}"


@dataclass(frozen=True)
class MilestoneShown:
    """An open milestone with its fields."""

    row: FormRow
    fields: MilestoneFields
    is_changed: bool

    @property
    def at(self) -> str:
        return f"milestone-{self.row.id}"


def placements() -> list[tuple[str, str, str]]:
    """Where the difference goes: the value, its name, one sentence."""
    return [
        ("spread", _("All open payments"), _("Each takes its part, by the shares that were agreed first.")),
        ("next", _("The next payment"), _("The next milestone takes the whole difference.")),
        ("equal", _("Equal parts"), _("Each open payment takes the same amount.")),
        ("final", _("The last payment"), _("The last milestone takes the whole difference.")),
        ("own", _("A milestone of its own"), _("It is billed by itself, when it is done.")),
    ]


def simulated(
    business_id: int, form: ChangeForm, change: ChangeInput
) -> tuple[Difference | None, Refusal | None]:
    """What the change would do, or why it cannot be done. Nothing yet is neither."""
    try:
        return simulate(business_id, form.job_id, change), None
    except Refusal as refusal:
        return None, None if refusal.code == "nothing_changes" else refusal


def shown(business_id: int, known: Choices, form: ChangeForm, fields: ChangeFields) -> dict[str, object]:
    """The form's parts with their amounts."""
    taxes = tax_ids(known)
    found, problem = simulated(business_id, form, unfinished(fields, form, taxes=taxes))
    olds = _olds(known, form, fields, found)
    milestones = [
        MilestoneShown(row, one, one != milestone_of(row))
        for row, one in zip(form.rows, fields.milestones, strict=True)
    ]
    return {
        "form": form,
        "fields": fields,
        "difference": found,
        "problem": problem,
        "lines": _lines(known, fields, found, taxes),
        "blank_line": LineShown(
            LineFields("__key__", taxes=tuple(default_taxes(known))),
            None,
            tax_names(known, default_taxes(known)),
        ),
        "olds": olds,
        "old_changes": any(old.is_changed for old in olds),
        "milestones": milestones,
        "milestone_changes": any(one.is_changed for one in milestones),
        "placements": placements(),
        "currency": form.currency,
        "simple": True,
    }


def _lines(
    known: Choices, fields: ChangeFields, found: Difference | None, taxes: Sequence[int]
) -> list[LineShown]:
    nets = iter([line.after for line in found.lines if line.is_new] if found else [])
    return [
        LineShown(line, next(nets, None) if read else None, tax_names(known, line.taxes))
        for line, read in zip(fields.lines, readable(fields.lines, taxes=taxes), strict=True)
    ]


def _olds(known: Choices, form: ChangeForm, fields: ChangeFields, found: Difference | None) -> list[OldShown]:
    nets = {line.id: line.after for line in found.lines if line.id} if found else {}
    return [
        OldShown(line, old, nets.get(line.id, line.net), _taxes(known, line, old), old != old_of(line))
        for line, old in zip(form.lines, fields.olds, strict=True)
    ]


def _taxes(known: Choices, line: FormLine, old: OldFields) -> list[tuple[str, str, bool]]:
    """The taxes to tick; one that is retired stands with the line that carries it."""
    there = tax_names(known, old.taxes)
    listed = {code for code, _words, _ticked in there}
    retired = [
        (str(code), f"{name} {typed_number(percent)} %", str(code) in old.taxes)
        for code, name, percent in line.taxes
        if str(code) not in listed
    ]
    return there + retired
