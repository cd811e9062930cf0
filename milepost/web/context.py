"""What every page knows: how the reader wants it to look."""

from django.http import HttpRequest

THEMES = ("light", "dark")
DENSITIES = ("comfortable", "compact")


def page(request: HttpRequest) -> dict[str, str]:
    """
    The theme and density of the reader's cookies; an empty theme follows the device.

    Cookies are the reader's own words: anything but a known value is ignored.
    """
    theme = request.COOKIES.get("theme", "")
    density = request.COOKIES.get("density", "")
    return {
        "theme": theme if theme in THEMES else "",
        "density": density if density in DENSITIES else "comfortable",
    }
