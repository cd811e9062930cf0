"""Change orders in a random life: written, sent, signed at once or later, on jobs that move on meanwhile."""

from decimal import Decimal
from typing import TYPE_CHECKING

from milepost.actions.change_signing import sign_change
from milepost.actions.changes import decline_change, draft_change, send_change, withdraw_change
from milepost.core.change_input import ChangeInput, LineEdit, RowEdit
from milepost.queries.change_page import change_page
from milepost.queries.story_output import story_job

if TYPE_CHECKING:
    from tests.actions.test_random_lives import Life


class Changing:
    """What a life may do to a signed contract."""

    changes: list[tuple[int, int]]

    def order_change(self: "Life") -> None:  # type: ignore[misc]
        job = self.job()
        made = draft_change(by=self.cast.alice, at=self.at, job_id=job, change=self.some_change(job))
        self.changes.append((job, made))
        send_change(by=self.cast.alice, at=self.at, job_id=job, change_id=made)
        if self.random.random() < 0.6:
            self.sign_it(job, made)

    def sign_change(self: "Life") -> None:  # type: ignore[misc]
        self.sign_it(*self.random.choice(self.changes or [(0, 0)]))

    def sign_it(self: "Life", job: int, change: int) -> None:  # type: ignore[misc]
        page = change_page(self.cast.business_id, job, change, at=self.at)
        stamp = page.difference.stamp if page.difference else ""
        sign_change(by=self.cast.carol, at=self.at, job_id=job, change_id=change, name="Carol", stamp=stamp)

    def answer_change(self: "Life") -> None:  # type: ignore[misc]
        job, change = self.random.choice(self.changes or [(0, 0)])
        answer = self.random.choice([decline_change, withdraw_change])
        by = self.cast.carol if answer is decline_change else self.cast.alice
        answer(by=by, at=self.at, job_id=job, change_id=change)

    def some_change(self: "Life", job: int) -> ChangeInput:  # type: ignore[misc]
        lines = self.lines_of(job)
        edits = []
        for line in self.random.sample(lines, min(len(lines), self.random.randint(0, 2))):
            how = self.random.choice(["price", "quantity", "tax", "remove"])
            edits.append(
                {
                    "price": LineEdit(
                        "edit", line, unit_price=Decimal(self.random.choice(["0.01", "77.77", "3000"]))
                    ),
                    "quantity": LineEdit(
                        "edit", line, quantity=Decimal(self.random.choice(["0.5", "4", "7.25"]))
                    ),
                    "tax": LineEdit("edit", line, tax_codes=tuple(self.random.sample(self.taxes, 1))),
                    "remove": LineEdit("remove", line),
                }[how]
            )
        if self.random.random() < 0.6 or not edits:
            edits.append(
                LineEdit(
                    "add",
                    None,
                    "More work",
                    Decimal(self.random.choice(["1", "3"])),
                    "",
                    Decimal(self.random.choice(["180", "33.33", "-50", "9000"])),
                    tuple(self.random.sample(self.taxes, self.random.randint(0, 2))),
                )
            )
        placement = self.random.choice(["next", "spread", "final", "own", "equal"])
        return ChangeInput(
            "More",
            tuple(edits),
            self.moves(job),
            placement,
            f"Extra {len(self.changes)}",
            replace_unpaid=self.random.random() < 0.3,
        )

    def moves(self: "Life", job: int) -> tuple[RowEdit, ...]:  # type: ignore[misc]
        rows = list(story_job(self.cast.business_id, job).rows.values())
        if len(rows) < 2 or self.random.random() < 0.8:
            return ()
        one, two = self.random.sample(rows, 2)
        cents = self.random.choice([1, 500, 100_00])
        return (RowEdit(one, move_cents=cents), RowEdit(two, move_cents=-cents))
