"""
On how many examples a law is tried: as many as MILEPOST_EXAMPLES says, else the test's own number. Without it
they are the same ones each time, so that a change is judged by what it changed; `make soak` draws others.
"""

import os

from hypothesis import HealthCheck, Phase, settings

ASKED = os.environ.get("MILEPOST_EXAMPLES")
FEW = 50
"""Fewer than these (make mutate), and a law that is broken is not explained."""


def tried(usual: int) -> settings:
    """Settings of a law."""
    count = int(ASKED or usual)
    few = count < FEW
    same = few or not ASKED
    return settings(
        deadline=None,
        max_examples=count,
        phases=(Phase.explicit, Phase.generate) if few else tuple(Phase),
        derandomize=same,
        database=None if same else settings.default.database,
        suppress_health_check=[
            HealthCheck.filter_too_much,
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
        ],
    )
