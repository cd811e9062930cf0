"""A document's own account of its amounts, as it was frozen with the document."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from milepost.queries.documents_shape import Explained
from milepost.queries.door import NotThere, question
from milepost.records.files import Document

EXPLAINED_KINDS: Final = ("invoice", "credit_note", "receipt")


@dataclass(frozen=True)
class ExplainedDocument:
    """The amounts of one document, each with its derivation in the customer's language."""

    job_id: int
    document_id: int
    name: str
    subject: str
    math: Sequence[str]
    amounts: Sequence[Explained]


@question
def explained_document(document_id: int, *, job_id: int | None = None) -> ExplainedDocument:
    """
    Why this document says what it says; for one job only, if that is named. An invoice tells every amount;
    a credit note and a receipt what they come to, line by line.

    Documents from before explanations were kept have none but their own arithmetic. Refuses NotThere.
    """
    rows = Document.objects.filter(id=document_id, job_id__isnull=False)
    found = (rows if job_id is None else rows.filter(job_id=job_id)).first()
    if found is None or found.job_id is None or found.kind not in EXPLAINED_KINDS:
        raise NotThere
    content = json.loads(found.content)
    return ExplainedDocument(
        found.job_id,
        found.id,
        found.name,
        content["subject"],
        (content.get("math") or {}).get("sentences", []),
        content.get("explained") or _amounts(content),
    )


def _amounts(content: Mapping[str, Any]) -> list[Explained]:
    """A document's main figure: its lines, its sums, and where its invoice stands after it."""
    amount = content.get("amount")
    if not amount:
        return []
    sentences = [_told(fact["label"], fact["value"]) for fact in content.get("story", [])]
    sentences += [
        _told(row["text"], row["figures"][-1])
        for row in (content.get("table") or {}).get("rows", [])
        if row["figures"]
    ]
    sentences += [_told(row["label"], row["value"]) for row in content.get("totals", [])]
    found = [Explained(label=amount["label"], value=amount["value"], sentences=sentences)]
    math = content.get("math")
    if math and math.get("rows"):
        told = [*math["sentences"], *(_told(row["label"], row["value"]) for row in math["rows"])]
        found.append(Explained(label=math["heading"], value=math["rows"][-1]["value"], sentences=told))
    return found


def _told(label: str, value: str) -> str:
    return f"{label}: {value}"
