"""Stored bytes, and documents whose content was frozen before they were made."""

from django.db import models

from milepost.records.businesses import Business
from milepost.records.fields import InnerForeignKey, InnerOneToOneField


class StoredFile(models.Model):
    """Bytes in the file store, by their hash. The row gives them a name and a kind."""

    business = models.ForeignKey(Business, models.PROTECT)
    sha256 = models.CharField(max_length=64)
    mime = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    bytes = models.PositiveBigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "stored_file"


class Document(models.Model):
    """
    The frozen content of a document, as canonical JSON text, with its hash and the version of
    the template that it will be, or was, rendered with.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey("records.Job", models.PROTECT, null=True, related_name="documents")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    template_version = models.PositiveSmallIntegerField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "document"


class Rendering(models.Model):
    """The one PDF of a document. Never replaced."""

    business = models.ForeignKey(Business, models.PROTECT)
    document = InnerOneToOneField(Document, models.PROTECT)
    file = InnerForeignKey(StoredFile, models.PROTECT)

    class Meta:
        db_table = "rendering"
