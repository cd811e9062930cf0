"""The hosted page: what is asked, how it can be paid for practice, and nothing that runs."""

import html
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlsplit

from milepost.gateways.practice.means import MEANS
from milepost.gateways.practice.store import Object

STYLE_PATH = "/practice/page.css"
SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "cad": "CA$", "aud": "A$"}
# As Stripe counts them; every other currency has two.
WITHOUT_DECIMALS = (
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
)  # fmt: skip
WITH_THREE_DECIMALS = ("bhd", "jod", "kwd", "omr", "tnd")
DECIMALS = {
    **dict.fromkeys(WITHOUT_DECIMALS, 0),
    **dict.fromkeys(WITH_THREE_DECIMALS, 3),
}


class Words(NamedTuple):
    """How one way to pay is put on the page."""

    title: str
    field: str
    hint: str
    means: str


WORDS = {
    "card": Words("Pay by card", "Practice card number", "Answered at once.", "Practice cards"),
    "us_bank_account": Words(
        "Pay from a bank account",
        "Practice account number",
        "Bank payments are on their way for a while before they arrive.",
        "Practice accounts",
    ),
}

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="stylesheet" href="{style}">
</head>
<body>
<header><p><strong>PRACTICE</strong> — no real money moves</p></header>
<main>
{content}
</main>
</body>
</html>
"""

ASKED = """<h1><span class="what">{name}</span> <span class="amount">{amount}</span></h1>
{problem}
{forms}
<p class="leave"><a href="{cancel_url}">Cancel and go back</a></p>
"""

FORM = """<form method="post" action="/c/pay/{id}">
<h2>{title}</h2>
<input type="hidden" name="method" value="{method}">
<label for="{method}">{field}</label>
<input id="{method}" name="number" value="{number}" inputmode="numeric" autocomplete="off" spellcheck="false"
 required aria-describedby="{method}-hint"{invalid}>
{code}<p class="hint" id="{method}-hint">{hint} Never type a real number here.</p>
<button type="submit">Pay {amount}</button>
<details><summary>{means}</summary><dl>{numbers}</dl></details>
</form>
"""

CODE = """<label for="{method}-code">The code of your bank</label>
<input id="{method}-code" name="code" inputmode="numeric" autocomplete="one-time-code" value="">
"""

ENDED = """<h1><span class="what">{name}</span> <span class="amount">{amount}</span></h1>
<p class="ended">{sentence}</p>
{back}
"""


def money(cents: int, currency: str) -> str:
    """
    An amount in minor units as people write it.

    >>> money(1_000_000, "usd"), money(1_000_000, "jpy"), money(1_005, "kwd")
    ('$10,000.00', '1,000,000 JPY', '1.005 KWD')
    """
    decimals = DECIMALS.get(currency, 2)
    figure = f"{Decimal(cents).scaleb(-decimals):,.{decimals}f}"
    symbol = SYMBOLS.get(currency)
    return f"{symbol}{figure}" if symbol else f"{figure} {currency.upper()}"


def asked(session: Object, names: list[str], problem: str | None = None, typed: str | None = None) -> str:
    """The page of an open session; with a problem, after a try that failed."""
    amount = money(session["amount_total"], session["currency"])
    forms = "".join(
        _form(session, method, amount, problem, typed) for method in session["payment_method_types"]
    )
    alert = f'<p class="problem" id="problem" role="alert">{html.escape(problem)}</p>' if problem else ""
    content = ASKED.format(
        name=html.escape(", ".join(names)),
        amount=amount,
        problem=alert,
        forms=forms,
        cancel_url=html.escape(session["cancel_url"]),
    )
    return _page(f"Pay {amount} for practice", content)


def ended(session: Object, names: list[str], return_url: str) -> str:
    """The page of a session that can no longer be paid, with the way back."""
    if session["status"] == "expired":
        sentence, url = "This page has run out and can no longer be paid.", session["cancel_url"]
    elif session["payment_status"] == "paid":
        sentence, url = "Paid. Nothing more to do here.", return_url
    else:
        sentence, url = "The bank payment is on its way. Nothing more to do here.", return_url
    content = ENDED.format(
        name=html.escape(", ".join(names)),
        amount=money(session["amount_total"], session["currency"]),
        sentence=sentence,
        back=f'<p class="leave"><a href="{html.escape(url)}">Go back</a></p>',
    )
    return _page("Practice payment", content)


def unknown() -> str:
    """The page for an address that leads nowhere."""
    return _page(
        "Not found", "<h1>There is no payment here.</h1><p>Open the link again from where you came.</p>"
    )


def policy(session: Object | None) -> str:
    """
    The page's content policy: no scripts, nothing from elsewhere.

    Browsers hold the redirect after a form to `form-action` too, so the way back must be in it.
    """
    back = urlsplit(session["success_url"]) if session else None
    origin = f" {back.scheme}://{back.netloc}" if back else ""
    return (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none';"
        f" form-action 'self'{origin}"
    )


def _form(session: Object, method: str, amount: str, problem: str | None, typed: str | None) -> str:
    words, means = WORDS[method], MEANS[method]
    asks_for_code = any(one.code and one.number == typed for one in means)
    numbers = "".join(f"<div><dt>{_grouped(one.number)}</dt><dd>{one.label}</dd></div>" for one in means)
    return FORM.format(
        id=session["id"],
        method=method,
        title=words.title,
        field=words.field,
        hint=words.hint,
        number=html.escape(_grouped(means[0].number if typed is None else typed)),
        code=CODE.format(method=method) if asks_for_code and typed is not None else "",
        invalid=' aria-invalid="true" aria-errormessage="problem" autofocus' if problem else "",
        amount=amount,
        means=words.means,
        numbers=numbers,
    )


def _grouped(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def _page(title: str, content: str) -> str:
    return PAGE.format(title=html.escape(title), style=STYLE_PATH, content=content)
