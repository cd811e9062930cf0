"""What the parts that move practice money share: finding an object, and telling what happened."""

from milepost.gateways.practice import objects
from milepost.gateways.practice.store import Object, Store


class Desk:
    """Works on one store. What it does is done inside the store's transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def _emit(self, kind: str, subject: Object) -> None:
        event = self._store.add(objects.event(kind, subject))
        self._store.queue_event(event["id"])

    def _object(self, object_id: str) -> Object:
        found = self._store.get(object_id)
        if found is None:
            raise LookupError(f"The practice gateway has no {object_id}.")
        return found
