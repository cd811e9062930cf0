"""What is timed, and against what. Figures belong here, never into a test's assertion."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()
