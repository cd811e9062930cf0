"""The root of all addresses: everything is the front doors' own."""

from django.urls import include, path

urlpatterns = [path("", include("milepost.web.urls"))]
