"""
Our own small set of drawings, 24 units square, drawn by line in the colour of the text.

An icon never stands alone: a word stands beside it, or a label is read out in its place.
"""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

PATHS = {
    "add": "M12 5v14M5 12h14",
    "back": "M15 5l-7 7 7 7",
    "bank": "M4 10h16M12 4l8 6H4zM6 10v7M10 10v7M14 10v7M18 10v7M4 20h16",
    "bell": "M6 16V11a6 6 0 0112 0v5l2 2H4zM10 21h4",
    "calendar": "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
    "camera": "M4 8h4l2-3h4l2 3h4v11H4zM12 17a4 4 0 100-8 4 4 0 000 8z",
    "card": "M3 6h18v12H3zM3 10h18M7 15h4",
    "cash": "M3 7h18v10H3zM12 14.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM6 7v0M18 17v0",
    "check": "M5 13l4.5 4.5L19 7",
    "close": "M6 6l12 12M18 6L6 18",
    "copy": "M9 9h11v11H9zM15 9V4H4v11h5",
    "down": "M6 9l6 6 6-6",
    "download": "M12 4v11M7 11l5 5 5-5M5 20h14",
    "file": "M6 3h8l4 4v14H6zM14 3v4h4",
    "forward": "M9 5l7 7-7 7",
    "grip": "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
    "history": "M4 12a8 8 0 108-8 8 8 0 00-6.5 3.3M5 3v4.5h4.5M12 8v4.5l3 2",
    "job": "M7 21L10 3M17 21L14 3M12 5v2M12 11v2M12 17v2",
    "link": "M10 14a4 4 0 005.7 0l3-3a4 4 0 00-5.7-5.7l-1 1M14 10a4 4 0 00-5.7 0l-3 3a4 4 0 005.7 5.7l1-1",
    "map": "M12 21s7-6.2 7-11.5A7 7 0 005 9.5C5 14.8 12 21 12 21zM12 12a2.5 2.5 0 100-5 2.5 2.5 0 000 5z",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "message": "M4 5h16v11H9l-5 4z",
    "money": "M4 6h16v12H4zM4 10h16M8 14h3",
    "people": "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6"
    "M16 4.3a3.5 3.5 0 010 6.4M18 14.5c2.2.8 3.5 2.8 3.5 5.5",
    "phone": "M5 4h4l1.5 5-2.5 1.5a11 11 0 005.5 5.5L15 13.5l5 1.5v4a1.5 1.5 0 01-1.6 1.5"
    "A16 16 0 013.5 5.6 1.5 1.5 0 015 4z",
    "photo": "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01",
    "print": "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
    "quote": "M6 3h12v18H6zM9 8h6M9 12h6M9 16h3",
    "search": "M11 18a7 7 0 100-14 7 7 0 000 14zM16 16l4.5 4.5",
    "send": "M4 12l16-8-6 16-3-6.5zM11 13.5L20 4",
    "settings": "M4 7h10M18 7h2M4 17h2M10 17h10M16 9.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5z"
    "M8 19.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5z",
    "sign": "M4 20c3-1 4-2 5-3L19 7l-3-3L6 14c-1 1-2 3-2 6zM13 20h7",
    "theme": "M12 20a8 8 0 100-16 8 8 0 000 16zM12 4v16M14 5v14M16.5 6.5v11",
    "undo": "M9 7L4 12l5 5M4 12h10a6 6 0 016 6",
    "warning": "M12 4l9 16H3zM12 10v4M12 17h.01",
}


# What points along the line of reading turns around with it.
TURNING = {"back", "forward", "send", "undo"}


def icon(name: str) -> SafeString:
    """The drawing called `name`, hidden from screen readers. An unknown name is a mistake and says so."""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"'
        ' focusable="false"><path d="{}"/></svg>',
        " icon--turns" if name in TURNING else "",
        PATHS[name],
    )


MARKS = {
    "done": '<circle class="mark-fill" cx="12" cy="12" r="9"/><path class="mark-tick" d="M8 12.5l3 3 5.5-6"/>',
    "now": '<circle class="mark-ring" cx="12" cy="12" r="9.5"/><circle class="mark-fill" cx="12" cy="12" r="5"/>',
    "late": '<circle class="mark-ring" cx="12" cy="12" r="9.5"/><circle class="mark-fill" cx="12" cy="12" r="5"/>',
    "event": '<path class="mark-ring" d="M12 3.5l8.5 8.5-8.5 8.5L3.5 12z"/>',
    "next": '<circle class="mark-ring" cx="12" cy="12" r="8"/>',
}


def mark(kind: str) -> SafeString:
    """The post on the road: done ●, now ◉ (late in red), event ◇, next ○."""
    return format_html(
        '<svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"'
        ' focusable="false">{}</svg>',
        mark_safe(MARKS[kind]),  # noqa: S308 - our own drawing
    )
