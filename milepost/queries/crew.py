"""Who works for a business: for the lists in which a person is chosen."""

from milepost.queries.door import question
from milepost.records.people import Membership


@question
def crew() -> list[tuple[int, str]]:
    """(user id, name) of everyone who may be sent to a job, technicians first."""
    people = Membership.objects.select_related("user").filter(disabled_at__isnull=True)
    known = sorted(
        people.exclude(role="accountant"), key=lambda m: (m.role != "technician", m.user.name, m.id)
    )
    return [(m.user_id, m.user.name or m.user.email) for m in known]
