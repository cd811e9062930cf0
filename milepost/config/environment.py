"""What the environment says, and the secrets that Milepost makes for itself at its first start."""

import contextlib
import json
import os
import secrets as randomness
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from psycopg.conninfo import conninfo_to_dict

SECRETS = (
    "SECRET_KEY",
    "LINK_SECRET",
    "OWNER_PASSWORD",
    "APP_PASSWORD",
    "PRACTICE_WEBHOOK_SECRET",
    "SEALING_SECRET",
)
FROM_OUTSIDE = {
    "SECRET_KEY",
    "LINK_SECRET",
    "SEALING_SECRET",
}  # the rest is between Milepost and its own database
TRUE = {"1", "true", "yes", "on"}


class BadConfiguration(Exception):
    """A setting that cannot be used, in words."""


def text(name: str, default: str = "") -> str:
    """An environment variable without the blanks around it; an empty one counts as not set."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    """1, true, yes and on mean yes, whatever their case; anything else that is set means no."""
    value = text(name)
    return value.lower() in TRUE if value else default


def number(name: str, default: int) -> int:
    """A whole number; refuses anything else by the variable's name."""
    value = text(name, str(default))
    if not value.isdecimal():
        raise BadConfiguration(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def words(name: str) -> list[str]:
    """A list parted by commas."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def load_secrets(data: Path) -> dict[str, str]:
    """
    The secrets of this installation, from DATA/secrets.json (mode 0600), made on the first start.

    SECRET_KEY, LINK_SECRET and SEALING_SECRET may be given by the environment instead, as a cluster must. Two
    processes that start together agree: the file is linked into place once, never overwritten.
    """
    path = data / "secrets.json"
    kept = _read_secrets(path)
    if missing := [name for name in SECRETS if name not in kept]:
        _write_secrets(path, {**kept, **{name: randomness.token_urlsafe(48) for name in missing}})
        kept = _read_secrets(path)
    return {name: (text(name) if name in FROM_OUTSIDE else "") or kept[name] for name in SECRETS}


def replace_secret(data: Path, name: str, value: str) -> None:
    """Put one secret back, as a restore does."""
    _write_secrets(data / "secrets.json", {**_read_secrets(data / "secrets.json"), name: value})


def _read_secrets(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as problem:
        raise BadConfiguration(f"{path} cannot be read: {problem}") from problem


def _write_secrets(path: Path, values: dict[str, str]) -> None:
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    fresh = path.with_name(f".secrets-{os.getpid()}-{randomness.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(values, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    try:
        if path.exists():  # written by an older Milepost that knew fewer secrets
            fresh.replace(path)
        else:
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(fresh)
    finally:
        fresh.unlink(missing_ok=True)


def database(url: str, *, max_age_s: int) -> dict[str, Any]:
    """Django's settings for one PostgreSQL URL (postgresql://user:password@host:port/name?sslmode=…)."""
    try:
        parts = dict(conninfo_to_dict(url))
    except Exception as problem:
        raise BadConfiguration(f"A database URL cannot be read: {problem}") from problem
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": max_age_s,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": parts,
    }


def email(url: str) -> dict[str, Any]:
    """Django's EMAIL_* settings for smtp://user:password@host:587?tls=1 (or ssl=1); empty without one."""
    if not url:
        return {}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise BadConfiguration("EMAIL_URL must look like smtp://user:password@host:587?tls=1.")
    asked = parse_qs(parts.query)
    ssl = parts.scheme == "smtps" or asked.get("ssl") == ["1"]
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if ssl else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": ssl,
        "EMAIL_USE_TLS": not ssl and asked.get("tls") == ["1"],
        "EMAIL_TIMEOUT": 20,
    }
