"""What doctor asks of the file store: every photo, signed copy, logo and PDF is there, to the byte."""

from milepost.gateways.files import FileDamaged, FileMissing
from milepost.mailroom.wiring import gateways
from milepost.queries.doctor import Finding
from milepost.queries.stored import every_file

RULE = "every stored file is there, with the bytes that its hash names"


def examine_files() -> list[Finding]:
    """Read every file that a row counts on; an empty list means that all are whole."""
    store, findings = gateways().files, []
    for file in every_file():
        try:
            length = len(store.get(file.sha256))
        except (FileMissing, FileDamaged) as problem:
            findings.append(Finding(RULE, f"{file.what}: {problem}"))
        else:
            if file.length not in (None, length):
                findings.append(Finding(RULE, f"{file.what}: {length} bytes instead of {file.length}"))
    return findings
