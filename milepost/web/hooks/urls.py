"""Addresses for other machines."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from milepost.web.hooks import views


class Number(IntConverter):
    """A number that a database can hold."""

    regex = "[0-9]{1,18}"


register_converter(Number, "number")
urlpatterns = [
    path("stripe/", views.stripe, name="hooks_stripe"),
    path("stripe/<number:business>/", views.stripe_of, name="hooks_stripe_of"),
]
