"""
What guards the records, by name: constraints, unique indexes, triggers, policies, functions, the
application's rights.

`manifest.txt` beside this file says what a database must have. Start-up and doctor compare it with what
is there, because a guard that somebody dropped on the server is missed by no test. Names and kinds are
compared, not definitions as PostgreSQL prints them: those differ from version to version.
"""

from pathlib import Path

from django.db import connections

KEPT = Path(__file__).with_name("manifest.txt")

_CONSTRAINTS = """
SELECT 'constraint ' || c.conrelid::regclass::text || ' ' || c.conname || ' ' || c.contype::text
       || CASE WHEN c.condeferrable THEN ' deferrable' ELSE '' END
       || CASE WHEN c.convalidated THEN '' ELSE ' not-valid' END
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = 'public' AND c.contype IN ('c', 'f', 'p', 'u', 'x')
"""
_TRIGGERS = """
SELECT 'trigger ' || t.tgrelid::regclass::text || ' ' || t.tgname
       || CASE t.tgenabled WHEN 'O' THEN '' ELSE ' disabled' END
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND NOT t.tgisinternal
"""
_POLICIES = """
SELECT 'policy ' || p.polrelid::regclass::text || ' ' || p.polname || ' ' || p.polcmd::text
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public'
"""
_SECURED = """
SELECT 'row-level-security ' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relrowsecurity
"""
_FUNCTIONS = """
SELECT 'function ' || p.proname || ' ' || md5(p.prosrc) || CASE WHEN p.prosecdef THEN ' definer' ELSE '' END
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'public' AND p.proname LIKE 'mp\\_%%'
"""
_RIGHTS = """
SELECT 'right ' || c.relname || ' ' || string_agg(lower(a.privilege_type), ',' ORDER BY a.privilege_type)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.grantee = %(role)s::regrole
GROUP BY c.relname
"""
_COLUMN_RIGHTS = """
SELECT 'right ' || c.relname || '.' || t.attname || ' '
       || string_agg(lower(a.privilege_type), ',' ORDER BY a.privilege_type)
FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
     aclexplode(t.attacl) a
WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.grantee = %(role)s::regrole
GROUP BY c.relname, t.attname
"""
_UNIQUE = """
SELECT 'unique ' || c.relname || ' ' || x.relname
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND i.indisunique AND i.indisvalid
  AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""
_MASTERY = """
SELECT 'right to own ' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relowner = %(role)s::regrole
UNION ALL
SELECT 'right past row-level security' FROM pg_roles
WHERE oid = %(role)s::regrole AND (rolsuper OR rolbypassrls)
"""
_ALL = (
    _CONSTRAINTS, _UNIQUE, _TRIGGERS, _POLICIES, _SECURED, _FUNCTIONS, _RIGHTS, _COLUMN_RIGHTS, _MASTERY
)  # fmt: skip


def found(using: str = "default") -> list[str]:
    """What guards the database behind this connection, a line each, sorted."""
    role = connections["default"].settings_dict["USER"]
    with connections[using].cursor() as cursor:
        cursor.execute(" UNION ALL ".join(_ALL), {"role": f'"{role}"'})
        return sorted(line for (line,) in cursor.fetchall())


def kept() -> list[str]:
    """What must be there."""
    return KEPT.read_text(encoding="utf-8").splitlines()


def differences(using: str = "default") -> list[str]:
    """What is missing, and what the application may do beyond its rights; nothing when all is well."""
    there, wanted = found(using), kept()
    missing = [f"missing: {line}" for line in sorted(set(wanted) - set(there))]
    more = [f"not allowed: {line}" for line in sorted(set(there) - set(wanted)) if line.startswith("right ")]
    return missing + more
