"""Recompute the guarantees from the rows: each question returns what does not hold, and where."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connections

from milepost.queries.guarantees import books, database, deposits, history, invoices, payments, work
from milepost.queries.guarantees.check import Checks
from milepost.records import manifest


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold: the rule, and the row where it is broken."""

    rule: str
    where: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}"


CHECKS: Checks = (
    *work.CHECKS,
    *invoices.CHECKS,
    *payments.CHECKS,
    *books.CHECKS,
    *deposits.CHECKS,
    *history.CHECKS,
    *database.CHECKS,
)
RULES = (*(rule for rule, _ in CHECKS), database.REFERENCES)


def examine(*, using: str = "owner", say: Callable[[str], object] = lambda _line: None) -> list[Finding]:
    """Ask every question as the owner, who sees all businesses; an empty list means that all hold."""
    findings = [Finding("the database's own guards", line) for line in manifest.differences(using)]
    say(f"the database's own guards: {'hold' if not findings else len(findings)}")
    with connections[using].cursor() as cursor:
        for rule, asked in (*CHECKS, *database.references(cursor)):
            cursor.execute(asked)
            broken = [Finding(rule, str(row[0])) for row in cursor.fetchall()]
            say(f"{rule}: {'holds' if not broken else len(broken)}")
            findings += broken
    return findings
