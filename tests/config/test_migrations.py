"""The schema and the models say the same."""

import pytest
from django.core.management import call_command


def test_no_model_is_ahead_of_its_migrations(database):
    try:
        call_command("makemigrations", "records", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail("a model changed without a migration: write one")
