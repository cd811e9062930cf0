"""A job: from the first draft of its quote to its closing statement."""

from django.db import models
from django.db.models import F, Q

from milepost.records.businesses import Business, TaxCode
from milepost.records.customers import Contact, Customer, Site
from milepost.records.fields import CentsField, ExactField, InnerForeignKey, RateField
from milepost.records.people import User

JOB_STATES = ["draft", "sent", "open", "closed", "cancelled", "declined"]
BASES = ["percent", "fixed", "share", "lines", "remainder"]
BILL_ON = ["completion", "acceptance", "before"]
CHANGE_STATES = ["draft", "sent", "approved", "declined", "withdrawn"]
PLACEMENTS = ["next", "spread", "final", "own", "equal"]


class Job(models.Model):
    """
    What a customer and a business have agreed, or are about to.

    Until it is signed it is called a quote. `contract_cents` is the total that the schedule
    must add up to; it is zero until then. How its tax is counted (`deposit_tax`, `tax_at`,
    `tax_per`, `tax_rounding`, `prices_include_tax`) stays as it was when it was signed. `replaces`: a
    signed job that had a mistake; it ends when this one is signed in its place.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    customer = InnerForeignKey(Customer, models.PROTECT)
    site = InnerForeignKey(Site, models.PROTECT, null=True)
    replaces = InnerForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    origin = models.CharField(max_length=10, default="quote")
    state = models.CharField(max_length=10, default="draft")
    currency = models.CharField(max_length=3)
    recovery = models.CharField(max_length=20, default="off_the_top")
    deposit_tax = models.CharField(max_length=20, default="on_application")
    tax_at = models.CharField(max_length=10, default="contract")
    tax_per = models.CharField(max_length=10, default="code")
    tax_rounding = models.CharField(max_length=10, default="half_up")
    prices_include_tax = models.BooleanField(default=False)
    terms = models.JSONField(default=dict)
    contract_cents = CentsField(default=0)
    created_at = models.DateTimeField()
    signed_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "job"
        constraints = [
            models.UniqueConstraint(fields=["business", "number"], name="job_number_is_unique"),
            models.UniqueConstraint(fields=["replaces"], name="job_is_replaced_once"),
            models.CheckConstraint(condition=Q(state__in=JOB_STATES), name="job_state_is_known"),
            models.CheckConstraint(condition=Q(contract_cents__gte=0), name="job_contract_is_not_negative"),
            models.CheckConstraint(
                condition=Q(deposit_tax__in=["on_application", "at_deposit", "at_payment"]),
                name="job_deposit_tax_is_known",
            ),
            models.CheckConstraint(
                condition=Q(tax_per__in=["code", "line"], tax_rounding__in=["half_up", "down"]),
                name="job_tax_is_known",
            ),
            models.CheckConstraint(
                condition=Q(tax_at__in=["contract", "document"]), name="job_tax_at_is_known"
            ),
            models.CheckConstraint(
                condition=Q(signed_on__isnull=False) | ~Q(state__in=["open", "closed", "cancelled"]),
                name="job_open_means_signed",
            ),
        ]
        indexes = [models.Index(fields=["business", "state", "-id"], name="job_by_state")]


class ChangeOrder(models.Model):
    """
    A change of the contract, numbered per job: lines, days, milestones, and where the difference goes.

    `edits` and `row_edits` are what changes, as it was written (core/change_input.py). Until it is
    sent it may be written anew; from then on it is frozen and only answered. `seen` is the
    difference as it was shown last: what is signed is exactly that.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT, related_name="change_orders")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default="draft")
    reason = models.TextField()
    placement = models.CharField(max_length=10)
    own_name = models.CharField(max_length=200, blank=True)
    days = models.SmallIntegerField(default=0)
    edits = models.JSONField(default=list)
    row_edits = models.JSONField(default=list)
    replace_unpaid = models.BooleanField(default=False)
    seen = models.JSONField(default=dict)
    difference_cents = CentsField(default=0)
    expires_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    asked_office_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        db_table = "change_order"
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="change_order_number_is_unique"),
            models.CheckConstraint(condition=Q(state__in=CHANGE_STATES), name="change_order_state_is_known"),
            models.CheckConstraint(
                condition=Q(placement__in=PLACEMENTS), name="change_order_placement_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(state="withdrawn") | Q(sent_at__isnull=False),
                name="change_order_is_sent_before_it_is_answered",
            ),
        ]

    @property
    def name(self) -> str:
        """As people write it: CO-1."""
        return f"CO-{self.number}"


class ScheduledEvent(models.Model):
    """Measurements, a delivery, an inspection: what happens between milestones, with its date."""

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT, related_name="scheduled_events")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    on_date = models.DateField(null=True)
    technician = models.ForeignKey(User, models.PROTECT, null=True)

    class Meta:
        db_table = "scheduled_event"


class ContractLine(models.Model):
    """
    A line of the signed work. `net_cents` = quantity × unit price less every discount, rounded once.

    A line that a change order added says which, and what it is worth stands in its keys' changes.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT, related_name="lines")
    change_order = InnerForeignKey(ChangeOrder, models.PROTECT, null=True, related_name="added_lines")
    position = models.PositiveSmallIntegerField()
    ref = models.CharField(max_length=60, blank=True)
    section = models.CharField(max_length=200, blank=True)
    description = models.TextField()
    quantity = ExactField()
    unit = models.CharField(max_length=40, blank=True)
    unit_price = ExactField()
    discount_percent = models.DecimalField(max_digits=20, decimal_places=16, default=0)
    taxes = models.JSONField(default=list)
    net_cents = CentsField()

    class Meta:
        db_table = "contract_line"
        constraints = [models.UniqueConstraint(fields=["job", "position"], name="contract_line_position")]


class ContractKey(models.Model):
    """
    The whole-cent value of (line, net) or (line, tax code) in the contract, as it was signed.

    A key that came with a change begins at zero. What it is worth now is `value_cents`, where the
    query has added up its changes as `changed`.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT, related_name="keys")
    line = InnerForeignKey(ContractLine, models.PROTECT)
    tax_code = InnerForeignKey(TaxCode, models.PROTECT, null=True)
    tax_name = models.CharField(max_length=100, blank=True)
    tax_percent = RateField(null=True)
    cents = CentsField()

    class Meta:
        db_table = "contract_key"
        constraints = [
            models.UniqueConstraint(
                fields=["line", "tax_code"], name="one_key_per_line_and_tax", nulls_distinct=False
            )
        ]

    @property
    def value_cents(self) -> int:
        return int(self.cents + (getattr(self, "changed", 0) or 0))


class ScheduleRow(models.Model):
    """
    The deposit or a milestone: an amount that the customer pays, and when it may be billed. `net_days`
    are its own terms, None the job's; `approver` is who accepts it, None whoever approves.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT, related_name="rows")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    basis = models.CharField(max_length=10)
    value = ExactField(null=True)
    line_positions = models.JSONField(default=list)
    weight = models.CharField(max_length=60, blank=True)
    amount_cents = CentsField()
    placed_cents = CentsField(default=0)
    bill_on = models.CharField(max_length=12, default="completion")
    before_days = models.PositiveSmallIntegerField(default=0)
    event = InnerForeignKey(ScheduledEvent, models.PROTECT, null=True)
    deliverable = models.TextField(blank=True)
    acceptance = models.JSONField(default=list)
    evidence = models.JSONField(default=list)
    window_days = models.PositiveSmallIntegerField(null=True)
    technician = models.ForeignKey(User, models.PROTECT, null=True)
    planned_on = models.DateField(null=True)
    planned_until = models.DateField(null=True)
    net_days = models.PositiveSmallIntegerField(null=True)
    approver = InnerForeignKey(Contact, models.PROTECT, null=True)

    class Meta:
        db_table = "schedule_row"
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="schedule_row_position"),
            models.UniqueConstraint(
                fields=["job"], condition=Q(kind="deposit"), name="at_most_one_deposit_per_job"
            ),
            models.CheckConstraint(condition=Q(amount_cents__gte=0), name="schedule_row_is_not_negative"),
            models.CheckConstraint(
                condition=Q(planned_until__isnull=True)
                | Q(planned_on__isnull=False, planned_until__gte=F("planned_on")),
                name="schedule_row_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["deposit", "milestone"]), name="schedule_row_kind_is_known"
            ),
            models.CheckConstraint(condition=Q(basis__in=BASES), name="schedule_row_basis_is_known"),
            models.CheckConstraint(condition=Q(bill_on__in=BILL_ON), name="schedule_row_bill_on_is_known"),
        ]
