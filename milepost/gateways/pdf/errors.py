"""Why a document could not be printed."""

from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal


class PdfTooLarge(Refusal):
    """The document needs more memory or time than one document may take; it will not get better."""

    code = "pdf_too_large"
    message = gettext_noop(
        "This document is too large to print: {size}, and {limit} is the most. "
        "Split it, or move the long text into an attachment."
    )


class PdfContentWrong(Refusal):
    """The content has not the shape of its template, or the template does not exist."""

    code = "pdf_content_wrong"
    message = gettext_noop("The document “{template}” can't be printed from this content: {problem}.")


class PdfUnavailable(Exception):
    """The printing process died or could not be started; the same document may print later."""
