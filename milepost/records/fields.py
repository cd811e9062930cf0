"""Column types whose name says their unit."""

from django.db import models


class CentsField(models.BigIntegerField):
    """A whole number of the currency's minor unit."""


class RateField(models.DecimalField):
    """A rate in percent, exact: 8.25 means 8.25 %."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_digits", 9)
        kwargs.setdefault("decimal_places", 5)
        super().__init__(*args, **kwargs)


class ExactField(models.DecimalField):
    """A quantity or a unit price in major units: exact, up to six decimals."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_digits", 20)
        kwargs.setdefault("decimal_places", 6)
        super().__init__(*args, **kwargs)


class InnerForeignKey(models.ForeignKey):
    """
    A key to another row of the same business.

    The database constraint is the composite one in `sql/keys.sql`, (business_id, x_id) →
    (business_id, id): a plain foreign key would see the rows of other businesses.
    """

    def __init__(self, to: object, on_delete: object, **kwargs: object) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)


class InnerOneToOneField(models.OneToOneField):
    """An InnerForeignKey that at most one row may use."""

    def __init__(self, to: object, on_delete: object, **kwargs: object) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)
