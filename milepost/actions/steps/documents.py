"""Freeze a document: its content as canonical text, its hash, the version of its template."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext

from milepost.actions.steps.timeline import canonical
from milepost.queries.documents_shape import TEMPLATE_VERSION
from milepost.queries.wording import in_words_of
from milepost.records.files import Document
from milepost.records.jobs import Job


def freeze(
    job: Job, kind: str, name: str, content: Mapping[str, object], *, at: datetime, **values: str
) -> Document:
    """
    What is frozen here is what will be printed, once, and never replaced. `name`: a msgid with {named}
    values; what the document and its file are called, in the customer's language as its content is.
    """
    text = canonical(content)
    with in_words_of(job.customer, job.business):
        called = gettext(name).format(**values)
    return Document.objects.create(
        business_id=job.business_id,
        job=job,
        kind=kind,
        name=called,
        template_version=TEMPLATE_VERSION,
        content=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        created_at=at,
    )
