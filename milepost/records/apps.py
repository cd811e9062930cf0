from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    """What Milepost remembers, and what the database guarantees about it."""

    name = "milepost.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from milepost.records.guarantees import guard_and_grant

        post_migrate.connect(guard_and_grant, sender=self, dispatch_uid="milepost.grants")
