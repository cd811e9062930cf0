"""A press that prints nothing, for tests that only ask what was sent to it."""

from collections.abc import Mapping
from typing import Any

from milepost.gateways.pdf.content import canonical, checked


class FakePress:
    """Checks the content's shape as the real one does and answers with its canonical JSON, marked as a fake."""

    def __init__(self) -> None:
        self.printed: list[tuple[str, int, Mapping[str, Any]]] = []

    def render(self, template: str, version: int, content: Mapping[str, Any]) -> bytes:
        """Bytes that begin like a PDF and are the same for the same content."""
        checked(template, content)
        self.printed.append((template, version, content))
        return b"%PDF-1.7\n% not printed\n" + canonical(content)
