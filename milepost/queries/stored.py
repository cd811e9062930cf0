"""Documents and files as the mailroom fetches them."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from milepost.queries.door import NotThere, question
from milepost.records.businesses import Business
from milepost.records.files import Document, Rendering, StoredFile
from milepost.records.payments import Allocation


@dataclass(frozen=True)
class DocumentFacts:
    """A frozen document; `sha256` names its kept PDF, "" before there is one."""

    kind: str
    name: str
    template_version: int
    content: str
    sha256: str


@dataclass(frozen=True)
class FileFacts:
    """What a stored file is called, and which bytes it is."""

    sha256: str
    mime: str
    name: str


@dataclass(frozen=True)
class StoredBytes:
    """Bytes that a row counts on: their hash, their length where it is known, and what they are."""

    sha256: str
    length: int | None
    what: str


def every_file(*, using: str = "owner") -> list[StoredBytes]:
    """What the file store must hold, of all businesses, each hash once; asked as the owner, for doctor."""
    found = {
        file.sha256: StoredBytes(file.sha256, file.bytes, f"file {file.id}")
        for file in StoredFile.objects.using(using).order_by("-id").iterator()
    }
    for business in Business.objects.using(using).exclude(logo_sha256=""):
        found.setdefault(
            business.logo_sha256, StoredBytes(business.logo_sha256, None, f"logo of {business.id}")
        )
    return list(found.values())


@question
def document_facts(document_id: int, job_id: int | None = None) -> DocumentFacts:
    """The document, of this job where one is given or a receipt that covers it. Refuses NotThere."""
    documents = Document.objects.filter(id=document_id)
    if job_id is not None:
        documents = documents_of(documents, job_id)
    document = documents.first()
    if document is None:
        raise NotThere
    kept = Rendering.objects.filter(document=document).values_list("file__sha256", flat=True).first()
    return DocumentFacts(
        document.kind, document.name, document.template_version, document.content, kept or ""
    )


def documents_of(documents: "QuerySet[Document]", job_id: int) -> "QuerySet[Document]":
    """The job's own, and the receipts of payments that cover a part of it. Inside an open scope."""
    paid = Allocation.objects.filter(invoice__job_id=job_id).values("payment_id")
    return documents.filter(Q(job_id=job_id) | Q(receipt__payment_id__in=paid))


@question
def file_facts(file_id: int, job_id: int | None = None) -> FileFacts:
    """The file; where a job is given, only if that job's evidence or signed copy it is. Refuses NotThere."""
    files = StoredFile.objects.filter(id=file_id)
    if job_id is not None:
        files = files.filter(Q(evidence__job_id=job_id) | Q(signature__job_id=job_id)).distinct()
    file = files.first()
    if file is None:
        raise NotThere
    return FileFacts(file.sha256, file.mime, file.name)
