"""
What the practice gateway knows, in one SQLite file that survives a restart.

Objects are kept as the JSON that the API shows, referring to each other by id. Beside each lie
`notes` that the API never shows. Everything is read and written inside `transaction()`, one at a
time: two presses of Pay are one charge.
"""

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

Object = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    created INTEGER NOT NULL, body TEXT NOT NULL, notes TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS object_by_kind ON object (kind, seq);
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS timer (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT NOT NULL, object_id TEXT NOT NULL, due_at REAL NOT NULL,
    UNIQUE (what, object_id));
CREATE TABLE IF NOT EXISTS delivery (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, created_at REAL NOT NULL,
    due_at REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'due', last_answer TEXT);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (state, due_at);
"""


class Kept(NamedTuple):
    """The answer that was given to a request with an idempotency key."""

    fingerprint: str
    status: int
    body: str


class Due(NamedTuple):
    """One delivery of one event whose moment has come."""

    seq: int
    event_id: str
    created_at: float
    tries: int


class Timer(NamedTuple):
    """Something that happens to an object by itself, at its moment."""

    seq: int
    what: str
    object_id: str


def new_id(prefix: str) -> str:
    """An id that cannot be guessed: who holds a session's id can open its page."""
    return f"{prefix}_{secrets.token_hex(16)}"


class Store:
    """The file. One connection, used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._written = threading.Condition()
        self.version = 0
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and nobody else meanwhile. May be entered again inside itself."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            before = self._db.total_changes
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
            wrote = self._db.total_changes != before
        if wrote:
            with self._written:
                self.version += 1
                self._written.notify_all()

    def wait(self, seen_version: int, seconds: float | None) -> None:
        """Sleep until something has been written since `seen_version`, or for so many seconds."""
        with self._written:
            self._written.wait_for(lambda: self.version != seen_version, seconds)

    def add(self, body: Object, notes: Object | None = None) -> Object:
        """Keep a new object under its own `id` and `object` (its kind)."""
        row = (body["id"], body["object"], body["created"], json.dumps(body), json.dumps(notes or {}))
        self._execute("INSERT INTO object (id, kind, created, body, notes) VALUES (?, ?, ?, ?, ?)", row)
        return body

    def save(self, body: Object) -> Object:
        """Keep the new state of an object."""
        self._execute("UPDATE object SET body = ? WHERE id = ?", (json.dumps(body), body["id"]))
        return body

    def get(self, object_id: str, kind: str | None = None) -> Object | None:
        """An object by its id, or None if there is none of that kind."""
        rows = self._execute("SELECT kind, body FROM object WHERE id = ?", (object_id,))
        return json.loads(rows[0][1]) if rows and kind in (None, rows[0][0]) else None

    def notes(self, object_id: str) -> Object:
        """What is known about an object beside what the API shows."""
        rows = self._execute("SELECT notes FROM object WHERE id = ?", (object_id,))
        return json.loads(rows[0][0]) if rows else {}

    def note(self, object_id: str, **more: Any) -> None:
        """Add to what is known about an object beside what the API shows."""
        noted = json.dumps({**self.notes(object_id), **more})
        self._execute("UPDATE object SET notes = ? WHERE id = ?", (noted, object_id))

    def newest(self, kind: str) -> Iterator[Object]:
        """Every object of a kind, the newest first."""
        for (body,) in self._execute("SELECT body FROM object WHERE kind = ? ORDER BY seq DESC", (kind,)):
            yield json.loads(body)

    def kept_answer(self, key: str) -> Kept | None:
        """What was answered to this idempotency key before."""
        rows = self._execute("SELECT fingerprint, status, body FROM answer WHERE key = ?", (key,))
        return Kept(*rows[0]) if rows else None

    def keep_answer(self, key: str, kept: Kept) -> None:
        """Remember an answer, in the same transaction as its effect."""
        self._execute("INSERT INTO answer (key, fingerprint, status, body) VALUES (?, ?, ?, ?)", (key, *kept))

    def set_timer(self, what: str, object_id: str, due_at: float) -> None:
        """Something is to happen to an object at a moment; set again, the moment moves."""
        self._execute(
            "INSERT INTO timer (what, object_id, due_at) VALUES (?, ?, ?)"
            " ON CONFLICT (what, object_id) DO UPDATE SET due_at = excluded.due_at",
            (what, object_id, due_at),
        )

    def take_timers(self, now: float) -> list[Timer]:
        """The timers that are due; they are gone once the transaction ends."""
        rows = self._execute(
            "SELECT seq, what, object_id FROM timer WHERE due_at <= ? ORDER BY due_at, seq", (now,)
        )
        self._execute("DELETE FROM timer WHERE due_at <= ?", (now,))
        return [Timer(*row) for row in rows]

    def queue_event(self, event_id: str) -> None:
        """An event is to be delivered, as soon as may be."""
        now = time.time()
        self._execute(
            "INSERT INTO delivery (event_id, created_at, due_at) VALUES (?, ?, ?)", (event_id, now, now)
        )

    def due_deliveries(self, now: float, limit: int = 50) -> list[Due]:
        """The deliveries whose moment has come, in the order of their events."""
        rows = self._execute(
            "SELECT seq, event_id, created_at, tries FROM delivery"
            " WHERE state = 'due' AND due_at <= ? ORDER BY seq LIMIT ?",
            (now, limit),
        )
        return [Due(*row) for row in rows]

    def close_delivery(self, seq: int, state: str, answer: str) -> None:
        """A delivery arrived, or is given up."""
        self._execute(
            "UPDATE delivery SET state = ?, tries = tries + 1, last_answer = ? WHERE seq = ?",
            (state, answer, seq),
        )

    def put_off_delivery(self, seq: int, due_at: float, answer: str) -> None:
        """A delivery did not arrive and is tried again later."""
        self._execute(
            "UPDATE delivery SET due_at = ?, tries = tries + 1, last_answer = ? WHERE seq = ?",
            (due_at, answer, seq),
        )

    def next_timer(self) -> float | None:
        """When the next timer is due, if there is one."""
        return self._moment("SELECT min(due_at) FROM timer")

    def next_delivery(self) -> float | None:
        """When the next delivery is due, if there is one."""
        return self._moment("SELECT min(due_at) FROM delivery WHERE state = 'due'")

    def _moment(self, sql: str) -> float | None:
        moment: float | None = self._execute(sql, ())[0][0]
        return moment

    def _execute(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()
