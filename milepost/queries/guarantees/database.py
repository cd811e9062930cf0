"""What stands beneath the rows: references, policies, triggers."""

from typing import Any

from milepost.queries.guarantees.check import Checks

REFERENCES = "every reference leads to a row, and inside a business to one of the same"
_FOREIGN_KEYS = """
SELECT format(
    'SELECT %L || (to_jsonb(c) ->> ''id'') FROM %s c WHERE (%s) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM %s p WHERE %s)',
    trim(both '"' from k.conrelid::regclass::text) || ' ', k.conrelid::regclass,
    string_agg(format('c.%I', a.attname), ', '),
    k.confrelid::regclass, string_agg(format('p.%I = c.%I', b.attname, a.attname), ' AND '))
FROM pg_constraint k
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS pair (child, parent)
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.child
JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.parent
WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
GROUP BY k.oid, k.conrelid, k.confrelid
"""


def references(cursor: Any) -> Checks:
    """One check over every foreign key that the schema has: rows whose reference leads nowhere."""
    cursor.execute(_FOREIGN_KEYS)
    parts = [asked for (asked,) in cursor.fetchall()]
    everywhere = " UNION ALL ".join(parts)
    return ((REFERENCES, f"SELECT DISTINCT * FROM ({everywhere}) broken"),)  # noqa: S608 - the schema's own names


CHECKS: Checks = (
    (
        "every table of a business is behind row-level security",
        """SELECT 'table ' || c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
           WHERE a.attname = 'business_id' AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
             AND (NOT c.relrowsecurity OR NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))""",
    ),
    (
        "what guards the records is switched on",
        "SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgenabled = 'D'",
    ),
)
