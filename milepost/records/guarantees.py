"""The SQL that guards the records, from the files beside it."""

from pathlib import Path

from django.db import connections

SQL = Path(__file__).parent / "sql"
INSTALLED_BY_MIGRATION = ["keys.sql", "functions.sql", "append_only.sql", "sums.sql", "policies.sql"]


def read(name: str) -> str:
    """The text of one file in `records/sql/`."""
    return (SQL / name).read_text(encoding="utf-8")


def guard_and_grant(using: str, **_: object) -> None:
    """
    Give every table of a business what all of them have, and the application's role exactly its rights;
    run by the owner after every migration.
    """
    connection = connections[using]
    role = connections["default"].settings_dict["USER"]
    if connection.settings_dict["USER"] == role:
        return
    quoted = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute(read("every_table.sql"), None)
        cursor.execute(read("grants.sql").replace("{app}", quoted), None)
