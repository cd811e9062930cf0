"""A crowd of payers: each opens the link, presses Pay, pays on the gateway's page and reads what it is told."""

import http.cookiejar
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from milepost.queries.job_page import job_page
from tests.cast import Cast, kitchen

KIND = (
    "Thank you",
    "is already on its way",
    "nothing to pay",
    "Nothing to pay now",
    "Due now",
    "does not answer at the moment",
    "Paid. Nothing more",
    "run out",
    "on its way. Nothing more",
)
"""What a payer who is not the one that pays may read; the rest would be rough."""
NUMBERS = {"card": ("card", "4242424242424242"), "bank": ("us_bank_account", "000123456789")}
PATIENCE_S = 180


class Payer:
    """A browser that presses Pay, pays on the gateway's page, and reads what it is led to."""

    def __init__(self, address: str, method: str) -> None:
        self.address, self.method = address, method
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.open = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar).open

    def __call__(self, gate: threading.Barrier, till: threading.Barrier | None = None) -> str:
        """Wait for the others before Pay is pressed; with `till` once more before the gateway's own Pay."""
        page = self.read(self.address)
        gate.wait(PATIENCE_S)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if not token or "/payment/" not in page:
            return page
        page = self.read(f"{self.address}payment/", csrfmiddlewaretoken=token[1], method=self.method)
        if till:
            till.wait(PATIENCE_S)
        form = re.search(r'action="(/c/pay/cs_test_[^"]+)"', page)
        if not form:
            return page
        method, number = NUMBERS["card" if 'value="card"' in page else "bank"]
        return self.read(urllib.parse.urljoin(self.at, form[1]), method=method, number=number)

    def read(self, url: str, **form: str) -> str:
        data = urllib.parse.urlencode(form).encode() if form else None
        try:
            answer = self.open(
                urllib.request.Request(url, data, {"Referer": self.address}), timeout=PATIENCE_S
            )
        except urllib.error.HTTPError as refused:
            assert refused.code < 500, refused.read().decode()[:2000]
            answer = refused
        with answer:
            self.at = answer.url
            return str(answer.read().decode())


def storm(
    cast: Cast, url: str, payers: int, methods: str, *, paying_at_once: bool = False
) -> tuple[int, list[str]]:
    """Everybody presses Pay on the deposit of one new kitchen at once. Returns the job and what each was told."""
    job = kitchen(cast)
    people = job_page(cast.business_id, job.job_id, at=cast.at).people
    links = [f"{url}/c/{one.url.rstrip('/').rpartition('/')[2]}/" for one in people]
    ways = methods.split()
    gate = threading.Barrier(payers)
    till = threading.Barrier(payers) if paying_at_once else None
    crowd = [Payer(links[n % len(links)], ways[n // len(links) % len(ways)]) for n in range(payers)]
    with ThreadPoolExecutor(payers) as threads:
        return job.job_id, list(threads.map(lambda payer: payer(gate, till), crowd))


def rough(told: list[str]) -> list[str]:
    """The pages of the storm that say nothing kind."""
    return [page for page in told if not any(words in page for words in KIND)]
