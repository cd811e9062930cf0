"""The settings of a web server or a worker that a test starts as processes of their own."""

import os

from milepost.config.settings import *  # noqa: F403

PRACTICE_BUSINESSES_ONLY = False  # the cast pays for practice, as if it were real
STRIPE_WEBHOOK_SECRET = os.environ["MILEPOST_TEST_WEBHOOK_SECRET"]
