"""Customers, the people who act for them, and the places where the work is."""

from django.db import models
from django.db.models import Q

from milepost.records.businesses import Business
from milepost.records.fields import InnerForeignKey


class Customer(models.Model):
    """Who owes the money: a person or a company."""

    business = models.ForeignKey(Business, models.PROTECT)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=10, blank=True)
    address = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "customer"
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
