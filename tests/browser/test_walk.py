"""One job walked in a real browser: quoted in the office, signed and paid on a phone, done, sent, paid, closed."""

import pytest
from playwright.sync_api import expect

from milepost.queries.ledger import account_balances, journal
from milepost.queries.lists import messages
from tests.browser.walking import DESK, PHONE, Hand, pay_at_the_gateway, sign_in, words_of

pytestmark = pytest.mark.browser


def test_a_kitchen_is_quoted_signed_paid_done_and_closed(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    office = browser.new_context(viewport=DESK).new_page()
    phone = browser.new_context(viewport=PHONE).new_page()
    field = browser.new_context(viewport=PHONE).new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    photograph(office, "01-needs-you")
    link = quote_and_send(office, photograph)
    site.work()
    check_messages(cast, "quote_sent", "$40,000.00", {"carol@example.com", "+13125550142"})

    sign_and_pay_the_deposit(phone, link, photograph)
    site.work()
    check_contract(phone, link)

    # Done with a photo, sent with one more tap; paid by the customer's link, by cheque, by the link
    sign_in(field, site, "tess@example.com", cast.password)
    walk = [("Rough-in complete", "10,000.00"), ("Cabinets installed", "12,000.00")]
    for number, (milestone, amount) in enumerate(walk, start=1):
        done_and_sent(field, site, milestone, amount, number, photograph)
        site.work()
        check_messages(cast, "invoice_sent", f"${amount}", {"pat@example.com"})
        if number == 1:
            pay_by_the_link(phone, link, amount, number, photograph)
        else:
            pay_by_cheque(office, site, amount, photograph)
        site.work()
        check_messages(cast, "receipt", f"${amount}", {"pat@example.com"})
    check_invoice(phone, link)
    done_and_sent(field, site, "Final walkthrough", "8,000.00", 3, photograph)
    site.work()
    pay_by_the_link(phone, link, "8,000.00", 3, photograph)
    site.work()

    # The end: nothing left
    phone.goto(link)
    expect(phone.get_by_text("Everything is paid. Thank you.")).to_be_visible()
    photograph(phone, "10-all-done")
    statement = phone.get_by_role("link", name="Closing statement").first.get_attribute("href")
    assert "40,000.00" in words_of(phone, statement)
    office.goto(f"{site.url}/jobs/")
    office.get_by_role("link", name="Kitchen remodel").first.click()
    expect(office.get_by_text("Closed", exact=True).first).to_be_visible()
    photograph(office, "11-closed")
    check_the_books(cast)


def quote_and_send(office, photograph) -> str:  # type: ignore[no-untyped-def]
    """Seven: New, customer, template, description, price, Preview, Send."""
    hand = Hand(office)
    hand.press(office.get_by_role("link", name="New", exact=True))
    hand.select("customer", "Carol Reyes")
    hand.choose("template", "kitchen_remodel")
    hand.fill("line-1-description", "Kitchen remodel")
    hand.fill("line-1-price", "40000")
    summary = office.locator("#quote-summary")
    expect(summary.get_by_text("40,000.00").first).to_be_visible()
    expect(summary.get_by_text("10,000.00")).to_be_visible()
    photograph(office, "02-new-quote")
    hand.press(office.get_by_role("button", name="Preview"))
    for amount in ("10,000.00", "12,000.00", "8,000.00", "40,000.00"):
        expect(office.get_by_text(amount).first).to_be_visible()
    hand.press(office.get_by_role("button", name="Send", exact=True))
    assert hand.count == 7
    photograph(office, "03-quote-sent")
    return office.get_by_role("link", name="Sign on this device").get_attribute("href")


def sign_and_pay_the_deposit(phone, link: str, photograph) -> None:  # type: ignore[no-untyped-def]
    """Four: the link, the name, the method (bank is preselected from 3,000.00 up), one button."""
    hand = Hand(phone)
    hand.count += 1
    phone.goto(link)
    photograph(phone, "04-offer")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.locator("input[name=method][value=bank]").is_checked()
    hand.fill("name", "Carol Reyes")
    hand.choose("method", "card")
    hand.press(phone.get_by_role("button", name="Sign and pay 10,000.00"))
    assert hand.count == 4
    photograph(phone, "05-pay")
    pay_at_the_gateway(phone)
    expect(phone.get_by_text("Thank you, it is paid")).to_be_visible()
    expect(phone.get_by_text("10,000.00 of 40,000.00 is paid")).to_be_visible()
    photograph(phone, "06-paid")


def check_contract(phone, link: str) -> None:  # type: ignore[no-untyped-def]
    phone.goto(link)
    contract = words_of(phone, phone.get_by_role("link", name="Contract").first.get_attribute("href"))
    for words in ("Carol Reyes", "40,000.00", "Final walkthrough", "8,000.00", "Pause of work"):
        assert words in contract
    receipt = words_of(phone, phone.get_by_role("link", name="Receipt").first.get_attribute("href"))
    assert "10,000.00" in receipt and "30,000.00" in receipt


def done_and_sent(field, site, milestone: str, amount: str, number: int, photograph) -> None:  # type: ignore[no-untyped-def]
    """Four: the job, a photo, Done, Send. An inspection's report is a photo more."""
    field.goto(f"{site.url}/field/")
    photograph(field, f"07-today-{number}")
    hand = Hand(field)
    hand.press(field.get_by_role("link", name="Open").first)
    hand.photograph("photo")
    more = field.locator("input[name=inspection]").count()
    if more:
        hand.photograph("inspection")
    hand.press(field.get_by_role("button", name="Done", exact=True))
    expect(field.get_by_role("heading", name=milestone).first).to_be_visible()
    photograph(field, f"07-done-{number}")
    hand.press(field.get_by_role("button", name=f"Send {amount} to Pat"))
    assert hand.count == 4 + more
    expect(field.get_by_role("heading", name=f"{amount} sent")).to_be_visible()
    expect(field.locator("svg.qr, .qr svg").first).to_be_visible()
    photograph(field, f"08-sent-{number}")


def pay_by_the_link(phone, link: str, amount: str, number: int, photograph) -> None:  # type: ignore[no-untyped-def]
    phone.goto(link)
    expect(phone.get_by_text(f"${amount}").first).to_be_visible()
    photograph(phone, f"09-due-{number}")
    phone.locator("input[name=method][value=card]").check(force=True)
    phone.get_by_role("button", name=f"Pay {amount}").click()
    pay_at_the_gateway(phone)


def pay_by_cheque(office, site, amount: str, photograph) -> None:  # type: ignore[no-untyped-def]
    """Four: the job, Record payment, the cheque's number, Save. The balance stands there already."""
    office.goto(f"{site.url}/jobs/")
    hand = Hand(office)
    hand.press(office.get_by_role("link", name="Kitchen remodel").first)
    hand.press(office.get_by_role("button", name="Record payment"))
    assert office.input_value("[name=amount]") == amount.replace(",", "")
    hand.fill("reference", "1042")
    photograph(office, "09-cheque")
    hand.press(office.get_by_role("button", name="Save"))
    assert hand.count == 4
    expect(office.get_by_text("The payment is recorded")).to_be_visible()


def check_invoice(phone, link: str) -> None:  # type: ignore[no-untyped-def]
    """The second milestone's invoice says what it is, the math, and where it stands in the whole."""
    phone.goto(link)
    links = phone.get_by_role("link", name="Invoice")
    texts = [words_of(phone, links.nth(place).get_attribute("href")) for place in range(links.count())]
    invoice = next(text for text in texts if "Milestone 2: Cabinets installed, per contract of" in text)
    assert "30 % of 40,000.00 = 12,000.00" in invoice.replace("\xa0", " ")
    assert "8,000.00" in invoice  # what is left to bill


def check_messages(cast, kind: str, amount: str, to: set[str]) -> None:  # type: ignore[no-untyped-def]
    """Email and text went out, each with the amount and the link."""
    sent = [row for row in messages(cast.business_id).rows if row.kind == kind]
    assert to <= {row.to_address for row in sent}, [(row.kind, row.to_address) for row in sent]
    newest = [row for row in sent if amount in row.body_text or amount in row.subject]
    assert to <= {row.to_address for row in newest}
    assert all("/c/" in row.body_text for row in newest)


def check_the_books(cast) -> None:  # type: ignore[no-untyped-def]
    """The deposit was a liability until the work earned it; then nothing is owed either way."""
    balances = {row.code: row.balance.cents for row in account_balances(cast.business_id)}
    assert {code: cents for code, cents in balances.items() if cents} == {
        # One payment came by cheque; the provider holds the other three, less what it costs.
        "cash": 12_000_00,
        "clearing": 28_000_00 - 812_90,
        "processing_fees": 812_90,
        "revenue": 40_000_00,
    }
    told = [
        (entry.kind, [(t.debit, t.credit, t.amount.cents) for t in entry.transfers])
        for entry in journal(cast.business_id)
    ]
    assert told == [
        ("deposit_invoice", [("Accounts receivable", "Customer deposits", 10_000_00)]),
        *online(10_000_00, 290_30),
        *earned(13_333_33, 3_333_33),
        *online(10_000_00, 290_30),
        *earned(16_000_00, 4_000_00),
        ("payment_cleared", [("Cash", "Accounts receivable", 12_000_00)]),
        *earned(10_666_67, 2_666_67),
        *online(8_000_00, 232_30),
    ]


Told = list[tuple[str, list[tuple[str, str, int]]]]


def online(paid: int, cost: int) -> Told:
    """A payment that the provider holds, and what the provider takes of it."""
    return [
        ("payment_cleared", [("Payment processor", "Accounts receivable", paid)]),
        ("processing_cost", [("Processing fees", "Payment processor", cost)]),
    ]


def earned(revenue: int, recovered: int) -> Told:
    """A milestone's invoice: what it earns and recovers."""
    return [
        (
            "progress_invoice",
            [
                ("Accounts receivable", "Revenue", revenue),
                ("Customer deposits", "Accounts receivable", recovered),
            ],
        )
    ]
