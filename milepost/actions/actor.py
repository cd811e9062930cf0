"""Who does it."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["owner", "bookkeeper", "technician", "accountant", "customer", "system"]


@dataclass(frozen=True)
class Actor:
    """A person or the system, in one business; `name` is what the timeline says."""

    business_id: int
    role: Role
    name: str
    user_id: int | None = None
    contact_id: int | None = None

    @classmethod
    def system(cls, business_id: int) -> "Actor":
        """What happens by itself: a bank's answer, the calendar."""
        return cls(business_id=business_id, role="system", name="Milepost")
