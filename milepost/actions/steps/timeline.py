"""Write the timeline. The database numbers and chains each event under the job's lock."""

import json
from datetime import datetime

from milepost.actions.actor import Actor
from milepost.records.jobs import Job
from milepost.records.timeline import JobEvent


def canonical(facts: object) -> str:
    """JSON with sorted keys and no spaces: the same facts are the same bytes."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def tell(
    job: Job, kind: str, *, by: Actor, at: datetime, for_customer: bool = True, **facts: object
) -> JobEvent:
    """Add one event. `facts` are plain JSON values: names, whole cents, ISO dates."""
    return JobEvent.objects.create(
        business_id=job.business_id,
        job=job,
        at=at,
        kind=kind,
        actor_name=by.name,
        for_customer=for_customer,
        text=canonical(facts),
    )
