"""On how many examples a law is tried: as many as MILEPOST_EXAMPLES says, else the test's own number."""

import os

from hypothesis import HealthCheck, settings

ASKED = os.environ.get("MILEPOST_EXAMPLES")


def tried(usual: int) -> settings:
    """
    Settings of a law. With few examples (make mutate) they are the same ones each time, so that two
    runs agree.
    """
    count = int(ASKED or usual)
    return settings(
        deadline=None,
        max_examples=count,
        derandomize=count < 50,
        database=None if count < 50 else settings.default.database,
        suppress_health_check=[
            HealthCheck.filter_too_much,
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
        ],
    )
