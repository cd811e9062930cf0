"""A document's own account of its amounts, as it was frozen with the document."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from milepost.queries.documents_shape import Explained
from milepost.queries.door import NotThere, question
from milepost.records.files import Document


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
    Why this document says what it says; for one job only, if that is named.

    Documents from before explanations were kept have none but their own arithmetic. Refuses NotThere.
    """
    rows = Document.objects.filter(id=document_id, job_id__isnull=False)
    found = (rows if job_id is None else rows.filter(job_id=job_id)).first()
    content = json.loads(found.content) if found else {}
    if found is None or found.job_id is None or not ("explained" in content or content.get("math")):
        raise NotThere
    return ExplainedDocument(
        found.job_id,
        found.id,
        found.name,
        content["subject"],
        (content.get("math") or {}).get("sentences", []),
        content.get("explained", []),
    )
