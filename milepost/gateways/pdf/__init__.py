"""
Documents on paper: a frozen content in, the bytes of a PDF out.

The same content gives the same bytes, in every process and on every day. The PDF is tagged, PDF/A-3a
and PDF/UA-1, and carries the canonical JSON that it was made from as an attachment.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from milepost.gateways.pdf.content import canonical
from milepost.gateways.pdf.errors import PdfContentWrong, PdfTooLarge, PdfUnavailable
from milepost.gateways.pdf.press import Press

__all__ = ["PdfContentWrong", "PdfGateway", "PdfTooLarge", "PdfUnavailable", "Press", "canonical", "render"]


class PdfGateway(Protocol):
    """Whoever prints documents: `Press`, or a fake."""

    def render(self, template: str, version: int, content: Mapping[str, Any]) -> bytes:
        """The PDF of `content` (see queries/documents_shape.py). Raises as the module's `render` does."""
        ...


_press = Press()


def render(template: str, version: int, content: Mapping[str, Any]) -> bytes:
    """
    The PDF of a frozen content; the same bytes every time.

    Refuses with PdfTooLarge what can't be printed in the memory and time a document may take, and with
    PdfContentWrong what has not the template's shape: trying again helps neither. Raises PdfUnavailable
    when the printing process can't be kept alive: trying again later does help.
    """
    return _press.render(template, version, content)
