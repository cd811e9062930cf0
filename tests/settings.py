"""Milepost's settings, on the tests' own data folder; tests/conftest.py points them at a test database."""

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SLOTS = Path(os.environ.get("MILEPOST_TEST_DATA") or ROOT / "build" / "tests")

for name in [name for name in os.environ if name.startswith(("STRIPE_", "TWILIO_", "DATABASE_", "EMAIL_"))]:
    del os.environ[name]  # a test never talks to the world
os.environ["MILEPOST_DATA"] = str(SLOTS)
os.environ["MILEPOST_FILES"] = tempfile.mkdtemp(prefix="milepost-test-files-")
os.environ["MILEPOST_URL"] = "http://127.0.0.1:8000"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
    "true"  # a browser test's event loop outlives it in the same process
)

from milepost.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow on purpose
ALLOWED_HOSTS = ["*"]
PRACTICE_BUSINESSES_ONLY = False  # the cast pays for practice, as if it were real
