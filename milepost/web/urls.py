"""Every address of the front doors."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from milepost.web import brand, look

DOORS = {"office": "", "field": "field/", "portal": "c/", "hooks": "hooks/"}

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/signup/", RedirectView.as_view(pattern_name="office:start"), name="account_start"),
    path("accounts/", include("allauth.urls")),
    re_path(r"^brand/(?P<color>[0-9a-f]{6})\.css$", brand.stylesheet, name="brand"),
    path("look/", look.page, name="look"),
    path("look/<slug:door>/", look.page, name="look_door"),
    *(
        path(prefix, include(f"milepost.web.{door}.urls"))
        for door, prefix in DOORS.items()
        if find_spec(f"milepost.web.{door}.urls")
    ),
]
