"""The tests stand on real databases: these hold the ground still."""

import pytest
from django.db import connection, transaction


def _user_count(cursor) -> int:
    return cursor.execute("SELECT count(*) FROM app_user").fetchone()[0]


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_a_test_commits_is_seen_by_others_and_gone_for_the_next(turn, owner_cursor, django_user_model):
    # Given an empty database, whatever the test before left
    assert _user_count(owner_cursor) == 0
    # When the application commits, durably
    with transaction.atomic(durable=True):
        django_user_model.objects.create_user("alice@example.com", "correct horse")
        # Then nobody else sees it before the commit, and everybody after
        assert _user_count(owner_cursor) == 0
    assert _user_count(owner_cursor) == 1


def test_the_application_connects_as_a_role_that_owns_nothing(database):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, (SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole)"
        )
        assert cursor.fetchone() == ("milepost_app", 0)


@pytest.mark.django_db
def test_the_usual_mark_does_not_wrap_the_test_in_a_transaction(owner_cursor):
    assert not connection.in_atomic_block
