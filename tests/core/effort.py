"""On how many examples a law is tried: as many as MILEPOST_EXAMPLES says, else the test's own number."""

import os

from hypothesis import HealthCheck, Phase, settings

ASKED = os.environ.get("MILEPOST_EXAMPLES")
FEW = 50
"""Fewer than these (make mutate) are the same ones each time, and a law that is broken is not explained."""


def tried(usual: int) -> settings:
    """Settings of a law, so that two runs on a few examples agree."""
    count = int(ASKED or usual)
    few = count < FEW
    return settings(
        deadline=None,
        max_examples=count,
        phases=(Phase.explicit, Phase.generate) if few else tuple(Phase),
        derandomize=few,
        database=None if few else settings.default.database,
        suppress_health_check=[
            HealthCheck.filter_too_much,
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
        ],
    )
