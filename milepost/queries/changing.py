"""What a change order would do: its lines, the contract, every milestone; computed, not written."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

from milepost.core.billing import JobState, bill
from milepost.core.change_input import ChangeInput, LineEdit, RowEdit
from milepost.core.changes import Changed, Placement, change, with_amounts
from milepost.core.contract import ContractLine as CoreLine
from milepost.core.contract import Key, PricedContract
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.core.repricing import repriced
from milepost.core.rounding import Rule
from milepost.core.rows import Row
from milepost.core.tax import TaxPer, TaxRate
from milepost.queries.billing_state import LoadedJob
from milepost.queries.crediting import plan_reduction, plan_whole, standing_of
from milepost.queries.pricing import frozen_tax
from milepost.records.businesses import TaxCode
from milepost.records.invoices import Invoice
from milepost.records.jobs import ChangeOrder, ContractLine

OWN = "own"
"""The name of a new milestone until it has a number of its own."""


class UnknownTaxOfChange(Refusal):
    code = "unknown_tax"
    message = gettext_noop("This tax does not exist in your settings.")


class LineNotThere(Refusal):
    code = "line_not_there"
    message = gettext_noop("A line of this change is not in the contract. Choose it again.")


class LineChangedTwice(Refusal):
    code = "line_changed_twice"
    message = gettext_noop("“{line}” is changed twice. Put both changes into one.")


class NothingChanges(Refusal):
    code = "nothing_changes"
    message = gettext_noop("Nothing changes yet. Add a line, or change one.")


class LineNeedsWords(Refusal):
    code = "line_needs_words"
    message = gettext_noop("Say what the new line is for.")


@dataclass(frozen=True)
class ProposedLine:
    """A line after the change. `was` is the contract's line before it; None where it is new."""

    was: ContractLine | None
    section: str
    ref: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    discount_percent: Decimal
    taxes: list[dict[str, Any]]
    place: int

    @property
    def key(self) -> object:
        return self.was.id if self.was else ("new", self.place)

    @property
    def is_changed(self) -> bool:
        old = self.was
        return old is None or any(getattr(old, name) != getattr(self, name) for name in EDITABLE)

    def core(self) -> CoreLine:
        taxes = tuple(TaxRate(t["code"], t["name"], Decimal(t["percent"])) for t in self.taxes)
        return CoreLine(
            self.key,  # type: ignore[arg-type]
            self.description,
            self.quantity,
            self.unit_price,
            taxes,
            self.discount_percent,
            unit=self.unit,
        )


EDITABLE = ("description", "quantity", "unit", "unit_price", "discount_percent", "taxes")


@dataclass(frozen=True)
class NextInvoice:
    """What the invoice of one open milestone would say, in cents, billed in the order of the schedule."""

    row: object
    earned_cents: int
    recovered_cents: int
    due_cents: int


@dataclass(frozen=True)
class Proposed:
    """A change order played through the core. Rows are named by their ids, the new one by OWN."""

    lines: Sequence[ProposedLine]
    before: PricedContract
    after: PricedContract
    changed: Changed | None
    """None where no amount moves."""
    row_edits: Sequence[RowEdit]
    replaced: Sequence[Invoice] = ()
    """Invoices that are taken back with the signature and sent again, the newest first."""
    billed_rows: frozenset[int] = frozenset()
    """What stays billed."""
    deposit_cut_cents: int = 0
    """What is credited of the deposit, where more is billed than the new contract."""

    @property
    def difference_cents(self) -> int:
        return self.after.total_cents - self.before.total_cents

    @property
    def key_deltas(self) -> dict[Key, int]:
        """Cents of every key that moves; keys of new lines by ("new", place)."""
        moved = {key: cents - self.before.keys.get(key, 0) for key, cents in self.after.keys.items()}
        return {key: cents for key, cents in moved.items() if cents}

    def next_invoices(self) -> list[NextInvoice]:
        """Every open milestone's invoice, one after the other."""
        if self.changed is None:
            return []
        state, found = self.changed.state, list[NextInvoice]()
        for row in state.open_rows:
            made = bill(state, [row.id])
            found.append(NextInvoice(row.id, made.earned_cents, made.recovered_cents, made.due_cents))
            state = state.after(made)
        return found


def stored(change_input: ChangeInput, loaded: LoadedJob) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """
    The edits as they are kept with the change order, each tax by name and rate.

    Refuses UnknownTaxOfChange, LineNotThere, LineChangedTwice, LineNeedsWords.
    """
    wanted = {code for edit in change_input.lines for code in edit.tax_codes or ()}
    taxes = {tax.id: tax for tax in TaxCode.objects.filter(id__in=wanted)} if wanted else {}
    if wanted - set(taxes):
        raise UnknownTaxOfChange(field="tax")
    there = {line.id: line for line in loaded.lines}
    _check_edits(change_input.lines, there)
    exempt = loaded.job.customer.tax_exempt
    edits = [_stored_edit(edit, taxes, exempt=exempt) for edit in change_input.lines]
    rows = [
        {
            "row": edit.row,
            "deliverable": edit.deliverable,
            "planned_on": edit.planned_on.isoformat() if edit.planned_on else None,
            "move_cents": edit.move_cents,
        }
        for edit in change_input.rows
    ]
    return edits, rows


def _check_edits(edits: Sequence[LineEdit], there: Mapping[int, ContractLine]) -> None:
    seen: set[object] = set()
    for edit in edits:
        if edit.op == "add":
            if not (edit.description or "").strip():
                raise LineNeedsWords(field="description")
            continue
        if edit.line not in there:
            raise LineNotThere(field="lines")
        if edit.line in seen:
            raise LineChangedTwice(line=there[cast(int, edit.line)].description, field="lines")
        seen.add(edit.line)


def _stored_edit(edit: LineEdit, taxes: Mapping[int, TaxCode], *, exempt: bool) -> dict[str, Any]:
    kept: dict[str, Any] = {"op": edit.op, "line": edit.line}
    if edit.op == "remove":
        return kept
    for name in ("quantity", "unit_price", "discount_percent"):
        value = getattr(edit, name)
        if value is not None:
            kept[name] = f"{value:f}"
    for name in ("description", "unit"):
        value = getattr(edit, name)
        if value is not None:
            kept[name] = value.strip()
    if edit.op == "add":
        kept |= {"section": edit.section.strip(), "ref": edit.ref}
    if edit.tax_codes is not None:
        kept["taxes"] = [frozen_tax(taxes[code]) for code in (() if exempt else edit.tax_codes)]
    return kept


def proposed(loaded: LoadedJob, order: ChangeOrder) -> Proposed:
    """
    The change order on the job as it stands now.

    Where the new contract is below what is billed, the unused deposit is credited first; then the newest
    invoices are taken back and sent again at what is left. So are unpaid ones, where the change order
    says so. Refuses what the core refuses, NothingChanges, and what
    taking an invoice back refuses.
    """
    job = loaded.job
    lines = lines_after(loaded.lines, order.edits)
    before = loaded.state.priced
    after = repriced(
        before,
        [line.core() for line in lines_after(loaded.lines, [])],
        [line.core() for line in lines],
        tax_per=cast(TaxPer, job.tax_per),
        tax_rounding=cast(Rule, job.tax_rounding),
        inclusive=job.prices_include_tax,
    )
    row_edits = [_row_edit(edit) for edit in order.row_edits]
    moves = {edit.row: edit.move_cents for edit in row_edits if edit.move_cents}
    changes = any(line.is_changed for line in lines)
    if not changes and not row_edits and not order.days:
        raise NothingChanges(field="lines")
    replaced, cut = _replaced(loaded, after.total_cents, order) if changes else ([], 0)
    taken = [
        (part.row_id, part.stands_cents)
        for invoice in reversed(replaced)
        for part in loaded.parts
        if part.invoice_id == invoice.id
    ]
    below = bool(replaced) and after.total_cents < sum(loaded.row_head_cents(row) for row in loaded.rows)
    loaded = _less_deposit(_taken_back(loaded, replaced), cut)
    changed = _changed(loaded, after, order, moves) if changes or moves else None
    if changed and below:
        changed = with_amounts(changed, _kept(changed, taken))
    return Proposed(lines, before, after, changed, row_edits, replaced, loaded.billed_rows, cut)


def _replaced(loaded: LoadedJob, total_cents: int, order: ChangeOrder) -> tuple[list[Invoice], int]:
    """
    What is taken back and sent again, the newest first, and what is credited of the deposit: as far as
    invoices have not used it first, then what no longer fits, and unpaid work if asked.
    """
    billed = sum(loaded.row_head_cents(row) for row in loaded.rows)
    deposit = loaded.row_head_cents(loaded.deposit) if loaded.deposit else 0
    cut = min(max(billed - total_cents, 0), deposit - loaded.state.recovered_cents)
    billed -= cut
    found = []
    for invoice in reversed([invoice for invoice in loaded.standing if invoice.kind != "deposit"]):
        unpaid = loaded.open_cents(invoice) == invoice.stands_cents > 0
        if billed > total_cents or (order.replace_unpaid and unpaid):
            found.append(invoice)
            billed -= invoice.stands_cents
    return found, cut + max(billed - total_cents, 0)


def _kept(changed: Changed, taken: Sequence[tuple[int, int]]) -> dict[Hashable, int]:
    """
    Of a contract below what was billed, what is left goes to what was billed first: the newest of the
    invoices that are taken back gives way, and what was never billed asks for nothing. `taken` are rows
    and what was billed of them, oldest first. Nothing where more is left than was billed of them: then
    the shares stand.
    """
    open_rows = changed.state.open_rows
    left = sum(changed.state.amounts[row.id] for row in open_rows)
    amounts: dict[Hashable, int] = dict.fromkeys((row.id for row in open_rows), 0)
    for row, cents in taken:
        if row in amounts:  # the deposit's own stands by itself
            amounts[row] = min(cents, left)
            left -= amounts[row]
    return {} if left else amounts


def _less_deposit(loaded: LoadedJob, cents: int) -> LoadedJob:
    """The job once so much of the deposit is credited, computed as crediting it does."""
    if not cents:
        return loaded
    plan = plan_reduction(loaded, standing_of(loaded, deposit_invoice(loaded)), cents)
    return replace(loaded, state=plan.after)


def deposit_invoice(loaded: LoadedJob) -> Invoice:
    """The deposit's invoice that still stands."""
    return next(invoice for invoice in reversed(loaded.standing) if invoice.kind == "deposit")


def _taken_back(loaded: LoadedJob, invoices: Sequence[Invoice]) -> LoadedJob:
    """The job once these invoices are taken back, computed as taking them back does."""
    for invoice in invoices:
        plan = plan_whole(loaded, standing_of(loaded, invoice))
        parts = [part for part in loaded.parts if part.invoice_id != invoice.id]
        loaded = replace(
            loaded,
            state=plan.after,
            parts=parts,
            billed_rows=frozenset(part.row_id for part in parts),
        )
    return loaded


def _changed(
    loaded: LoadedJob, after: PricedContract, order: ChangeOrder, moves: Mapping[int, int]
) -> Changed:
    own = Row(OWN, "milestone", "fixed", 0) if order.placement == "own" else None
    same = after.total_cents == loaded.state.priced.total_cents
    deposit = loaded.deposit
    billed = deposit is not None and loaded.row_head_cents(deposit) > 0
    return change(
        loaded.state if billed or deposit is None else _fitting(loaded.state, after.total_cents),
        after,
        placement="spread" if same else cast(Placement, order.placement),
        own=None if same else own,
        moves=dict(moves),
        deposit_billed=billed,
    )


def _fitting(state: JobState, total_cents: int) -> JobState:
    """A fixed deposit that is not billed is no more than the contract."""
    rows = tuple(
        replace(row, value=min(int(row.number), total_cents))
        if row.kind == "deposit" and row.basis == "fixed"
        else row
        for row in state.rows
    )
    return replace(state, rows=rows)


def _row_edit(kept: Mapping[str, Any]) -> RowEdit:
    planned = date.fromisoformat(kept["planned_on"]) if kept.get("planned_on") else None
    return RowEdit(kept["row"], kept.get("deliverable"), planned, kept.get("move_cents", 0))


def lines_after(lines: Sequence[ContractLine], edits: Sequence[Mapping[str, Any]]) -> list[ProposedLine]:
    """Every line as these kept edits leave it, the added ones last."""
    by_line = {edit["line"]: edit for edit in edits if edit["op"] != "add"}
    after = [_line_after(line, by_line.get(line.id)) for line in lines]
    place = max((line.position for line in lines), default=0)
    for edit in edits:
        if edit["op"] == "add":
            place += 1
            after.append(_line_added(edit, place))
    return after


def _line_after(line: ContractLine, edit: Mapping[str, Any] | None) -> ProposedLine:
    edit = edit or {}
    values: dict[str, Any] = {name: edit.get(name, getattr(line, name)) for name in EDITABLE}
    if edit.get("op") == "remove":
        values["quantity"] = Decimal(0)
    return ProposedLine(
        line,
        line.section,
        line.ref,
        values["description"],
        Decimal(values["quantity"]),
        values["unit"],
        Decimal(values["unit_price"]),
        Decimal(values["discount_percent"]),
        list(values["taxes"]),
        line.position,
    )


def _line_added(edit: Mapping[str, Any], place: int) -> ProposedLine:
    return ProposedLine(
        None,
        edit.get("section", ""),
        edit.get("ref", ""),
        edit["description"],
        Decimal(edit.get("quantity", 1)),
        edit.get("unit", ""),
        Decimal(edit.get("unit_price", 0)),
        Decimal(edit.get("discount_percent", 0)),
        list(edit.get("taxes", [])),
        place,
    )
