"""The laws that name no number of their own are tried on as many examples as the others."""

import re

import pytest
from hypothesis import is_hypothesis_test, settings

from tests.core.effort import ASKED, tried

COPY = re.compile(r"__mutmut_\d+$")

settings.register_profile("core", tried(100))
settings.load_profile("core")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Where a number is asked for (make mutate), the laws come last: an example of a table says it sooner. And
    of the doctests only one of each, because every mutant carries a copy of the docstring.
    """
    if ASKED:
        items[:] = [item for item in items if not COPY.search(item.name)]
        items.sort(key=lambda item: is_hypothesis_test(getattr(item, "obj", None)))
