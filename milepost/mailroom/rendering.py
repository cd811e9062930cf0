"""From facts to words: a subject, a text and the same as HTML for an email; one line for a text message."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.template import Context, Engine
from django.utils import translation

from milepost.actions.post import Written
from milepost.core.colors import is_color, readable_on
from milepost.mailroom.texting import MOST_SEPTETS, plain_characters, septets
from milepost.queries.letters import LetterFacts
from milepost.queries.wording import long_day, money_with_code

PLAIN_COLOR = "#14593b"
TEMPLATES = Path(__file__).parent / "templates"
LEAST_TITLE, LEAST_NAME = 12, 16


def written(letter: LetterFacts) -> Written:
    """The message to the letter, in the reader's language."""
    with translation.override(letter.locale or "en"):
        if letter.channel == "text":
            return Written("", _text_message(letter))
        values = _values(letter)
        subject = " ".join(_fill(letter.kind, "subject.txt", values).split())
        return Written(
            subject[:200],
            _tidy(_fill(letter.kind, "letter.txt", values)),
            _fill(letter.kind, "letter.html", values, html=True).strip(),
        )


def _text_message(letter: LetterFacts) -> str:
    """
    Under 160 characters of a phone's own alphabet: the title gives way first, then the business's
    name; never the amount, never the link.
    """
    values = _values(letter)
    names = {"title": LEAST_TITLE, "milestone": LEAST_TITLE, "event": LEAST_TITLE, "business": LEAST_NAME}
    while True:
        line = plain_characters(" ".join(_fill(letter.kind, "text.txt", values).split()))
        too_long = septets(line) - MOST_SEPTETS
        name = next((n for n, least in names.items() if len(str(values.get(n, ""))) > least), None)
        if too_long <= 0 or name is None:
            return line
        values[name] = _shortened(str(values[name]), too_long, names[name])


def _shortened(name: str, by: int, least: int) -> str:
    """The name without its end, marked by three dots; no shorter than `least`."""
    return name[: max(least - 3, len(name) - by - 3)].rstrip(" ,.-") + "..."


def _values(letter: LetterFacts) -> dict[str, object]:
    facts = letter.facts

    def amount(cents: object) -> str:
        return money_with_code(int(str(cents)), letter.currency, letter.locale) if cents is not None else ""

    return {
        "kind": letter.kind,
        "business": letter.business_name,
        "business_email": letter.business_email,
        "business_phone": letter.business_phone,
        "color": letter.business_color if is_color(letter.business_color) else PLAIN_COLOR,
        "on_color": readable_on(letter.business_color),
        "language": translation.get_language() or "en",
        "rtl": translation.get_language_bidi(),
        "first_name": _first_name(letter),
        "customer": letter.customer_name,
        "job": letter.job_title,
        "job_number": letter.job_number,
        "link": _link(letter),
        "logo": f"{letter.url}logo/" if letter.has_logo and "/c/" in letter.url else "",
        "title": facts.get("title") or ", ".join(letter.covers) or letter.job_title,
        "milestone": facts.get("milestone", ""),
        "amount": amount(_main_cents(facts)),
        "open": amount(facts.get("open_cents", _main_cents(facts))) if facts.get("open_cents", 1) else "",
        "beyond": amount(facts["beyond_cents"]) if facts.get("beyond_cents") else "",
        "in_part": bool(facts.get("in_part")),
        "left": amount(letter.left_cents) if letter.left_cents else "",
        "credit": amount(facts["credit_cents"]) if facts.get("credit_cents") else "",
        "kept": amount(facts["kept_cents"]) if facts.get("kept_cents") else "",
        "attached": bool(letter.document_ids),
        "due_on": _day(facts.get("due_on"), letter.locale),
        "on": _day(facts.get("on"), letter.locale),
        "was": _day(facts.get("was"), letter.locale),
        **{
            name: facts.get(name, "")
            for name in ("number", "name", "event", "reason", "method", "receipt", "version", "change")
        },
        "difference": _difference(facts, amount),
        "is_deposit": facts.get("kind") == "deposit",
        "is_allowance": facts.get("kind") in ("allowance", "reduction"),
    }


def _link(letter: LetterFacts) -> str:
    """Where the letter's button leads: to the change order that it is about, else to the job."""
    change = letter.facts.get("change_id")
    return f"{letter.url}changes/{change}/" if change and letter.url else letter.url


def _first_name(letter: LetterFacts) -> str:
    """What to call a customer who gave a name; nobody is greeted by a phone number, nor is the office."""
    first = letter.to_name.partition(" ")[0]
    return first if first.isalpha() and not letter.kind.endswith("_office") else ""


def _difference(facts: Mapping[str, object], amount: Callable[[object], str]) -> str:
    """What a change order adds (+) or takes off (−)."""
    if "difference_cents" not in facts:
        return ""
    cents = int(str(facts["difference_cents"]))
    return f"+{amount(cents)}" if cents > 0 else amount(cents)


def _main_cents(facts: Mapping[str, object]) -> object:
    names = ("total_cents", "amount_cents", "paid_cents", "contract_cents")
    return next((facts[name] for name in names if name in facts), None)


def _day(value: object, locale: str) -> str:
    return long_day(date.fromisoformat(str(value)), locale) if value else ""


def _tidy(text: str) -> str:
    """Paragraphs parted by one empty line, without blanks at the ends of lines."""
    lines = "\n".join(line.strip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"


def _fill(kind: str, layout: str, values: Mapping[str, object], *, html: bool = False) -> str:
    """A kind's template says what to say; the layout that it extends says where each part goes."""
    engine = _engine(html)
    context = Context({**values, "layout": engine.get_template(f"layouts/{layout}")}, autoescape=html)
    return engine.get_template(f"letters/{kind}.txt").render(context)


@lru_cache
def _engine(html: bool) -> Engine:
    return Engine(
        dirs=[str(TEMPLATES)],
        autoescape=html,
        builtins=["django.templatetags.i18n"],
        loaders=[("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])],
    )
