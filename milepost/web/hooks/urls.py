"""Addresses for other machines."""

from django.urls import path

from milepost.web.hooks import views

urlpatterns = [path("stripe/", views.stripe, name="hooks_stripe")]
