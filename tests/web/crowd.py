"""Ten thousand of everything, made by bulk SQL out of one of each, past the guards."""

from dataclasses import dataclass

FIRST = 1_000_000  # the copies' ids begin here

COLUMNS = (
    "SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
)


@dataclass(frozen=True)
class Crowd:
    """Copies of one job with its customer, invoice, payment and letters: number n has the id FIRST + n."""

    cursor: object
    job_id: int
    customer_id: int

    def grow(self, first: int, last: int) -> None:
        """Add the copies from `first` to `last`."""
        self.cursor.execute("SET session_replication_role = replica")
        self._copy("customer", f"id = {self.customer_id}", first, last, name="'Customer ' || n")
        self._copy("contact", f"customer_id = {self.customer_id}", first, last, customer_id="FIRST + n",
                   id="FIRST + n * 10 + t.position", email="'c' || n || '@example.com'")  # fmt: skip
        self._copy(
            "job", f"id = {self.job_id}", first, last, customer_id="FIRST + n", number="'Q-' || FIRST + n"
        )
        self._of_job("quote_version", first, last)
        self._of_job("schedule_row", first, last, id="FIRST + n * 10 + t.position")
        self._of_job("completion", first, last, row_id="FIRST + n * 10 + 2")
        self._of_job("document", first, last, only="kind = 'invoice'")
        self._of_job("invoice", first, last, customer_id="FIRST + n", number="FIRST + n",
                     previous_number="FIRST + n - 1", number_text="FIRST + n", document_id="FIRST + n")  # fmt: skip
        self._of_job("payment", first, last, customer_id="FIRST + n")
        self._of_job("message", first, last, only="kind = 'invoice_sent' AND channel = 'email'",
                     identity="'copy ' || n", contact_id="FIRST + n * 10 + 1")  # fmt: skip
        self.cursor.execute("RESET session_replication_role; ANALYZE")

    def burden(self, times: int) -> None:
        """Give the one job so many more documents, events, payments and letters."""
        self.cursor.execute("SET session_replication_role = replica")
        mine = f"job_id = {self.job_id}"
        self._copy("document", f"{mine} AND kind = 'invoice'", 1, times)
        self._copy("job_event", f"{mine} AND seq = 1", 1, times, seq="FIRST + n")
        self._copy("payment", mine, 1, times)
        self._copy("message", f"{mine} AND kind = 'invoice_sent' AND channel = 'email'", 1, times,
                   identity="'more ' || n")  # fmt: skip
        self.cursor.execute("RESET session_replication_role; ANALYZE")

    def come_back(self, first: int, last: int) -> None:
        """Give the one customer further jobs like the first, each with its invoice, payment and entries."""
        self.cursor.execute("SET session_replication_role = replica")
        self._copy("job", f"id = {self.job_id}", first, last, number="'Q-' || FIRST + n")
        self._of_job("quote_version", first, last)
        self._of_job("schedule_row", first, last, id="FIRST + n * 10 + t.position")
        self._of_job("document", first, last, only="kind = 'invoice'")
        self._of_job("invoice", first, last, number="FIRST + n", previous_number="FIRST + n - 1",
                     number_text="FIRST + n", document_id="FIRST + n")  # fmt: skip
        self._copy("invoice_row", f"invoice_id = {self._invoice}", first, last, invoice_id="FIRST + n",
                   row_id="FIRST + n * 10 + 1")  # fmt: skip
        self._of_job("payment", first, last)
        self._copy("allocation", f"invoice_id = {self._invoice}", first, last, invoice_id="FIRST + n",
                   payment_id="FIRST + n", amount_cents="t.amount_cents - 1")  # fmt: skip
        for place, kind in enumerate(("deposit_invoice", "payment_cleared"), start=1):
            what = {"invoice_id": "FIRST + n"} if place == 1 else {"payment_id": "FIRST + n"}
            entry = f"FIRST * {place} + n"
            self._copy("transfer", f"entry_id IN (SELECT id FROM journal_entry WHERE job_id = {self.job_id} AND"
                       f" kind = '{kind}')", first, last, entry_id=entry, id=entry)  # fmt: skip
            self._of_job("journal_entry", first, last, only=f"kind = '{kind}'", **{"id": entry, **what})
        self.cursor.execute("RESET session_replication_role; ANALYZE")

    @property
    def _invoice(self) -> str:
        return f"(SELECT min(id) FROM invoice WHERE job_id = {self.job_id})"

    def _of_job(self, table: str, first: int, last: int, *, only: str = "true", **changes: str) -> None:
        where = f"job_id = {self.job_id} AND {only}"
        self._copy(table, where, first, last, **{"job_id": "FIRST + n", **changes})

    def _copy(self, table: str, where: str, first: int, last: int, **changes: str) -> None:
        """Copy the first row, or where the copies' ids are said all of them, with some columns changed."""
        changed = {"id": "FIRST + n", **changes}
        columns = [name for (name,) in self.cursor.execute(COLUMNS, [table]).fetchall()]
        values = [
            changed[name].replace("FIRST", str(FIRST)) if name in changed else f"t.{name}" for name in columns
        ]
        one = "" if "id" in changes else "LIMIT 1"
        self.cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)}"
            f" FROM (SELECT * FROM {table} WHERE {where} ORDER BY id {one}) t, generate_series({first}, {last}) n"
        )
        assert self.cursor.rowcount >= last - first + 1, table
