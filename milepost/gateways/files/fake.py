"""Files in memory."""

from milepost.gateways.files.store import FileMissing, checked_name, sha256_of


class MemoryFiles:
    """Keeps the bytes in `kept`, by sha256."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        """See FileStore."""
        name = sha256_of(data)
        self.kept[name] = bytes(data)
        return name

    def get(self, sha256: str) -> bytes:
        """See FileStore."""
        try:
            return self.kept[checked_name(sha256)]
        except KeyError as missing:
            raise FileMissing(f"The file {sha256} is not stored.") from missing

    def exists(self, sha256: str) -> bool:
        """See FileStore."""
        return sha256 in self.kept
