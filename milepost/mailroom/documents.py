"""The PDF of a document: made once from its frozen content, kept, never replaced."""

import json
import logging
import re
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError

from milepost.actions.actor import Actor
from milepost.actions.files import keep_rendering
from milepost.core.refusals import Refusal
from milepost.gateways.files import FileMissing
from milepost.mailroom.logos import with_logo
from milepost.mailroom.waiting import unrendered_documents
from milepost.mailroom.wiring import gateways
from milepost.queries.stored import DocumentFacts, FileFacts, document_facts, file_facts

logger = logging.getLogger(__name__)
INLINE = frozenset({"image/jpeg"})
_unprintable: set[int] = set()


class StoredPdf(NamedTuple):
    """A document's PDF, and what a reader's download is called."""

    data: bytes
    name: str


class ServedFile(NamedTuple):
    """A stored file. Only photos that we made ourselves are shown in a page; the rest is downloaded."""

    data: bytes
    mime: str
    name: str
    inline: bool
    sha256: str


def ensure_pdf(business_id: int, document_id: int, *, at: datetime, job_id: int | None = None) -> StoredPdf:
    """
    The document's PDF; rendered and kept if it has none yet.

    With `job_id` a document of another job is refused, as what does not exist is: NotThere.
    Refuses PdfTooLarge and PdfContentWrong; raises PdfUnavailable when it may be tried again.
    """
    document = document_facts(business_id, document_id, job_id)
    name = _file_name(document.name)
    if document.sha256:
        return StoredPdf(_kept_or_remade(document), name)
    data = _render(document)
    sha256 = gateways().files.put(data)
    try:
        keep_rendering(
            by=Actor.system(business_id),
            at=at,
            document_id=document_id,
            sha256=sha256,
            name=name,
            bytes=len(data),
        )
    except IntegrityError:  # somebody else kept theirs in the same moment
        logger.info("Document %s was rendered by two at once; the first is kept.", document_id)
    kept = document_facts(business_id, document_id, job_id)
    return StoredPdf(data if kept.sha256 == sha256 else gateways().files.get(kept.sha256), name)


def render_waiting(at: datetime, *, most: int = 10) -> int:
    """Render documents that have no PDF yet. Returns how many were made; one that fails is logged."""
    made = 0
    for business_id, document_id in unrendered_documents(most + len(_unprintable)):
        if document_id in _unprintable:
            continue
        try:
            ensure_pdf(business_id, document_id, at=at)
            made += 1
        except Refusal as refusal:
            _unprintable.add(document_id)  # trying again does not help this process
            logger.error("Document %s cannot be printed: %s", document_id, refusal)
        except Exception:
            logger.exception("Document %s could not be rendered.", document_id)
    return made


def fetch_file(business_id: int, file_id: int, *, job_id: int | None = None) -> ServedFile:
    """
    A stored file's bytes. With `job_id` only evidence and signed copies of that job: NotThere
    refuses the rest. Raises FileMissing and FileDamaged.
    """
    facts: FileFacts = file_facts(business_id, file_id, job_id)
    data = gateways().files.get(facts.sha256)
    return ServedFile(data, facts.mime, _plain_name(facts.name), facts.mime in INLINE, facts.sha256)


def _kept_or_remade(document: DocumentFacts) -> bytes:
    """The kept bytes; should the file be lost, the same content gives the same bytes again."""
    try:
        return gateways().files.get(document.sha256)
    except FileMissing:
        data = _render(document)
        if gateways().files.put(data) != document.sha256:
            raise
        return data


def _render(document: DocumentFacts) -> bytes:
    content = with_logo(json.loads(document.content))
    return gateways().pdf.render(document.kind, document.template_version, content)


def _file_name(name: str) -> str:
    return f"{_plain_name(name)}.pdf"


def _plain_name(name: str) -> str:
    """Fit for a download's header and every file system."""
    return re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]+', "-", name).strip(" .-")[:120] or "file"
