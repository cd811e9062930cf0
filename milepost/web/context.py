"""What every page knows: how the reader wants it to look."""

from django.http import HttpRequest

from milepost.actions.rights import RIGHTS

THEMES = ("light", "dark")
DENSITIES = ("comfortable", "compact")


def page(request: HttpRequest) -> dict[str, object]:
    """
    The theme and density of the reader's cookies; an empty theme follows the device. `may`: the
    rights of the signed-in person, so that no button is shown that would refuse.

    Cookies are the reader's own words: anything but a known value is ignored.
    """
    actor = getattr(request, "actor", None)
    theme = request.COOKIES.get("theme", "")
    density = request.COOKIES.get("density", "")
    return {
        "theme": theme if theme in THEMES else "",
        "density": density if density in DENSITIES else "comfortable",
        "may": frozenset(right for right, roles in RIGHTS.items() if actor and actor.role in roles),
    }
