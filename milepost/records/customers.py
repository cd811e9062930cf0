"""Customers, the people who act for them, and the places where the work is."""

from django.db import models
from django.db.models import F, Q

from milepost.records.businesses import Business
from milepost.records.fields import InnerForeignKey


class Customer(models.Model):
    """
    Who owes the money: a person or a company.

    A duplicate points to the customer that it was `merged_into`; its jobs, invoices and payments stay
    where they are, and are shown with the other's.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, default="person")
    language = models.CharField(max_length=10, blank=True)
    address = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    registration = models.CharField(max_length=100, blank=True)
    tax_exempt = models.BooleanField(default=False)
    exemption_number = models.CharField(max_length=100, blank=True)
    exemption_reason = models.CharField(max_length=200, blank=True)
    exempted_on = models.DateField(null=True)
    archived_at = models.DateTimeField(null=True)
    merged_into = InnerForeignKey("self", models.PROTECT, null=True, related_name="merged")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "customer"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["person", "company"]), name="customer_kind_is_known"
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="customer_is_not_its_own_copy"),
        ]
        indexes = [models.Index(fields=["business", "name", "id"], name="customer_by_name")]


class Contact(models.Model):
    """A person who approves, pays, or is kept informed for a customer."""

    business = models.ForeignKey(Business, models.PROTECT)
    customer = InnerForeignKey(Customer, models.PROTECT, related_name="contacts")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True, max_length=254)
    phone = models.CharField(max_length=20, blank=True)
    approves = models.BooleanField(default=True)
    pays = models.BooleanField(default=True)
    copies = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "contact"
        indexes = [models.Index(fields=["business", "customer"], name="contact_by_customer")]


class Site(models.Model):
    """Where the work is done."""

    business = models.ForeignKey(Business, models.PROTECT)
    customer = InnerForeignKey(Customer, models.PROTECT, related_name="sites")
    address = models.TextField()

    class Meta:
        db_table = "site"
        constraints = [models.CheckConstraint(condition=~Q(address=""), name="site_has_an_address")]
