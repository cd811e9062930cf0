"""Remember stored bytes, and the one PDF of a document."""

from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.records.files import Rendering, StoredFile


@action("store_file")
def store_file(*, by: Actor, at: datetime, sha256: str, mime: str, name: str, bytes: int) -> int:
    """Name bytes that the file store already holds. Returns the file's id."""
    stored = StoredFile.objects.create(
        business_id=by.business_id, sha256=sha256, mime=mime, name=name[:200], bytes=bytes, created_at=at
    )
    return stored.id


@action("deliver")
def keep_rendering(*, by: Actor, at: datetime, document_id: int, sha256: str, name: str, bytes: int) -> int:
    """Keep a document's PDF, once: whoever renders second is given the first one. Returns the file's id."""
    kept = Rendering.objects.filter(document_id=document_id).first()
    if kept is not None:
        return kept.file_id
    stored = StoredFile.objects.create(
        business_id=by.business_id,
        sha256=sha256,
        mime="application/pdf",
        name=name[:200],
        bytes=bytes,
        created_at=at,
    )
    Rendering.objects.create(business_id=by.business_id, document_id=document_id, file=stored)
    return stored.id
