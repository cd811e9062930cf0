"""
Who may do what at which address: every route, every method, every role, in one table.

The routes come from the resolver, so that a new one fails here until somebody has said who may use it.
"""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from PIL import Image

from milepost.actions.businesses import add_member, add_tax_code
from milepost.actions.changes import draft_change, send_change
from milepost.actions.credit_notes import give_money_off
from milepost.actions.invoices import send_invoice
from milepost.actions.items import save_item
from milepost.actions.own_templates import save_template
from milepost.actions.payments import record_payment
from milepost.actions.people import invite
from milepost.actions.rights import RIGHTS
from milepost.actions.signing import sign_quote
from milepost.core.change_input import ChangeInput, LineEdit
from milepost.core.item_input import ItemInput
from milepost.mailroom.intake import take_photo
from milepost.queries.invitations import invitation_url
from milepost.queries.job_page import job_page
from milepost.queries.lists import messages
from milepost.records.people import User
from tests.cast import Cast, kitchen, sent_quote

ROLES = ("owner", "bookkeeper", "technician", "accountant", "another's owner", "nobody", "stranger")
ALL = dict.fromkeys(ROLES, "open")
NO_METHOD = dict.fromkeys(ROLES, "no such method")
OUTSIDE = {"nobody": "closed", "stranger": "sign in"}
OFFICE = {
    "owner": "open",
    "bookkeeper": "open",
    "accountant": "open",
    "technician": "to the field",
    **OUTSIDE,
}
KEEPERS = OFFICE | {"accountant": "closed"}
OWNERS = KEEPERS | {"bookkeeper": "closed"}
FIELD = {
    "owner": "open",
    "bookkeeper": "open",
    "accountant": "to the office",
    "technician": "open",
    **OUTSIDE,
}

# What another business's owner meets: a list or form of their own, or nothing where a row is asked for.
OWN = {"another's owner": "open"}
ABSENT = {"another's owner": "absent"}

READS = {"GET": OFFICE, "POST": NO_METHOD}
FORM = {"GET": KEEPERS, "POST": KEEPERS}
STEP = {"GET": NO_METHOD, "POST": KEEPERS}
FIELD_READS = {"GET": FIELD, "POST": NO_METHOD}
FIELD_STEP = {"GET": NO_METHOD, "POST": FIELD}
EVERYBODY_READS = {"GET": ALL, "POST": NO_METHOD}
OWNERS_FORM = {"GET": OWNERS, "POST": OWNERS}
NOTHING_YET = {"GET": {r: "absent" if met == "open" else met for r, met in OFFICE.items()}, "POST": NO_METHOD}
NOT_THERE = {role: "absent" if met == "open" else met for role, met in KEEPERS.items()}
THE_LINK = {"GET": ALL, "POST": NO_METHOD}  # whoever has the link is the customer
THE_LINK_S_STEP = {"GET": NO_METHOD, "POST": ALL}

TABLE: dict[str, tuple[dict[str, dict[str, str]], dict[str, str]]] = {
    "office:needs": ({"GET": OFFICE | {"stranger": "open"}, "POST": NO_METHOD}, OWN),
    "office:needs_count": (READS, OWN),
    "office:start": ({"GET": ALL, "POST": ALL}, OWN),
    "office:jobs": (READS, OWN),
    "office:job": (READS, ABSENT),
    "office:history": (READS, ABSENT),
    "office:send_invoice": (STEP, ABSENT),
    "office:record_payment": (STEP, ABSENT),
    "office:complete": (STEP, ABSENT),
    "office:undo": (STEP, ABSENT),
    "office:accept": (STEP, ABSENT),
    "office:new_change": (FORM, ABSENT),
    "office:change_totals": (STEP, ABSENT),
    "office:change": (READS, ABSENT),
    "office:edit_change": (FORM, ABSENT),
    "office:send_change": (STEP, ABSENT),
    "office:change_signed_copy": (STEP, ABSENT),
    "office:decline_change": (STEP, ABSENT),
    "office:withdraw_change": (STEP, ABSENT),
    "office:change_quantity": (STEP, ABSENT),
    "office:sheet": (READS, ABSENT),
    "office:fix_invoice": (FORM, ABSENT),
    "office:money_off": (FORM, ABSENT),
    "office:reissue": (STEP, ABSENT),
    "office:take_back": (FORM, ABSENT),
    "office:cancel_job": (FORM, ABSENT),
    "office:change_taxes": (FORM, ABSENT),
    "office:move_event": (STEP, ABSENT),
    "office:explained": (READS, ABSENT),
    "office:document": (READS, ABSENT),
    "office:file": (READS, ABSENT),
    "office:quotes": (READS, OWN),
    "office:new_quote": (FORM, OWN),
    "office:quote_totals": (STEP, OWN),
    "office:quote_schedule": (STEP, OWN),
    "office:edit_quote": (FORM, ABSENT),
    "office:quote": (READS, ABSENT),
    "office:send_quote": (STEP, ABSENT),
    "office:quote_pdf": (READS, ABSENT),
    "office:decline_quote": (STEP, ABSENT),
    "office:duplicate_quote": (STEP, ABSENT),
    "office:signed_copy": (STEP, ABSENT),
    "office:start_place": (OWNERS_FORM, OWN),
    "office:start_ready": (READS, OWN),
    "office:customers": (READS, OWN),
    "office:new_customer": (FORM, OWN),
    "office:customer": (READS, ABSENT),
    "office:customer_payment": (FORM, ABSENT),
    "office:payment_parts": (STEP, ABSENT),
    "office:statement": (READS, ABSENT),
    "office:statement_pdf": (READS, ABSENT),
    "office:send_statement": (STEP, ABSENT),
    "office:job_statement": (READS, ABSENT),
    "office:job_statement_pdf": (READS, ABSENT),
    "office:send_job_statement": (STEP, ABSENT),
    "office:change_customer": (STEP, ABSENT),
    "office:archive_customer": (STEP, ABSENT),
    "office:merge_customer": (STEP, ABSENT),
    "office:part_customer": (STEP, ABSENT),
    "office:new_contact": (STEP, ABSENT),
    "office:contact": (STEP, ABSENT),
    "office:remove_contact": (STEP, ABSENT),
    "office:new_site": (STEP, ABSENT),
    "office:site": (STEP, ABSENT),
    "office:unpaid": (READS, ABSENT),
    "office:write_off": (STEP, ABSENT),
    "office:recover": (STEP, ABSENT),
    "office:let_be": (STEP, ABSENT),
    "office:grant_discount": (STEP, ABSENT),
    "office:undo_concession": (STEP, ABSENT),
    "office:keep_difference": (STEP, ABSENT),
    "office:invoices": (READS, OWN),
    "office:new_invoice": (FORM, OWN),
    "office:invoice_totals": (STEP, OWN),
    "office:payments": (READS, OWN),
    "office:clearing": (READS, OWN),
    "office:bank": ({"GET": OFFICE, "POST": KEEPERS}, OWN),
    "office:bank_sure": (STEP, OWN),
    "office:bank_match": ({"GET": NO_METHOD, "POST": NOT_THERE}, ABSENT),
    "office:payment": (READS, ABSENT),
    "office:bounce": (STEP, ABSENT),
    "office:refund": (STEP, ABSENT),
    "office:use_credit": (STEP, ABSENT),
    "office:books": (READS, OWN),
    "office:journal": (READS, OWN),
    "office:account": ({"GET": OFFICE, "POST": KEEPERS}, OWN),
    "office:messages": (READS, OWN),
    "office:message": (READS, ABSENT),
    "office:search": (READS, OWN),
    "office:settings": ({"GET": OFFICE, "POST": OWNERS}, OWN),
    "office:settings_section": ({"GET": OFFICE, "POST": OWNERS}, OWN),
    "office:taxes": ({"GET": OFFICE, "POST": KEEPERS}, OWN),
    "office:change_tax": (STEP, ABSENT),
    "office:retire_tax": (STEP, ABSENT),
    "office:items": ({"GET": OFFICE, "POST": KEEPERS}, OWN),
    "office:items_table": (READS, OWN),
    "office:import_items": (FORM, OWN),
    "office:item": ({"GET": OFFICE, "POST": KEEPERS}, ABSENT),
    "office:archive_item": (STEP, ABSENT),
    "office:item_suggestions": (READS, OWN),
    "office:item_of_line": (STEP, OWN),
    "office:schedules": (READS, OWN),
    "office:rename_schedule": (STEP, ABSENT),
    "office:archive_schedule": (STEP, ABSENT),
    "office:keep_schedule": (STEP, ABSENT),
    "office:logo": ({"GET": NO_METHOD, "POST": OWNERS}, OWN),
    "office:logo_picture": (NOTHING_YET, ABSENT),  # no logo was chosen
    "office:online_payments": ({"GET": OFFICE, "POST": OWNERS}, OWN),
    "office:connect_payments": ({"GET": NO_METHOD, "POST": OWNERS}, OWN),
    "office:check_payments": ({"GET": NO_METHOD, "POST": OWNERS}, OWN),
    "office:leave_payments": ({"GET": NO_METHOD, "POST": OWNERS}, OWN),
    "office:people": ({"GET": OFFICE, "POST": OWNERS}, OWN),
    "office:change_role": ({"GET": NO_METHOD, "POST": OWNERS}, ABSENT),
    "office:disable_member": ({"GET": NO_METHOD, "POST": OWNERS}, ABSENT),
    "office:enable_member": ({"GET": NO_METHOD, "POST": OWNERS}, ABSENT),
    "office:revoke_invitation": ({"GET": NO_METHOD, "POST": OWNERS}, ABSENT),
    "office:join": ({"GET": ALL, "POST": ALL}, OWN),  # whoever has the link is the one who is invited
    "office:own_account": ({"GET": ALL | {"stranger": "sign in"}, "POST": NO_METHOD}, OWN),
    "field:today": (FIELD_READS, OWN),
    "field:job": (FIELD_READS, ABSENT),
    "field:complete": (FIELD_STEP, ABSENT),
    "field:undo": (FIELD_STEP, ABSENT),
    "field:send": (FIELD_STEP, ABSENT),
    "field:sent": (FIELD_READS, ABSENT),
    "field:new_change": ({"GET": FIELD, "POST": FIELD}, ABSENT),
    "field:change": (FIELD_READS, ABSENT),
    "field:sign_change": (FIELD_STEP, ABSENT),
    "field:send_change": (FIELD_STEP, ABSENT),
    "field:withdraw_change": (FIELD_STEP, ABSENT),
    "portal:page": (THE_LINK, OWN),
    "portal:logo": ({"GET": dict.fromkeys(ROLES, "absent"), "POST": NO_METHOD}, {}),  # no logo was chosen
    "portal:sign": (THE_LINK_S_STEP, OWN),
    "portal:viewed": (THE_LINK_S_STEP, OWN),
    "portal:account": (THE_LINK, OWN),
    "portal:account_pdf": (THE_LINK, OWN),
    "portal:decline": (THE_LINK_S_STEP, OWN),
    "portal:pay": (THE_LINK_S_STEP, OWN),
    "portal:paid": ({"GET": dict.fromkeys(ROLES, "absent"), "POST": NO_METHOD}, {}),  # no attempt was made
    "portal:accept": (THE_LINK_S_STEP, OWN),
    "portal:change": (THE_LINK, OWN),
    "portal:sign_change": (THE_LINK_S_STEP, OWN),
    "portal:decline_change": (THE_LINK_S_STEP, OWN),
    "portal:document": (THE_LINK, OWN),
    "portal:offer": ({"GET": dict.fromkeys(ROLES, "absent"), "POST": NO_METHOD}, {}),  # it is signed
    "portal:explained": (THE_LINK, OWN),
    "portal:sheet": (THE_LINK, OWN),
    "portal:history": (THE_LINK, OWN),
    "portal:file": ({"GET": dict.fromkeys(ROLES, "absent"), "POST": NO_METHOD}, {}),  # of another job
    "brand": (EVERYBODY_READS, OWN),
    "look": ({"GET": ALL, "POST": ALL}, OWN),
    "look_door": ({"GET": ALL, "POST": ALL}, OWN),
    # The last, for it ends the session that the others are asked in.
    "office:sign_out_everywhere": ({"GET": NO_METHOD, "POST": dict.fromkeys(ROLES, "sign in")}, {}),
}
# Signing in and out is allauth's, and tested there; the provider's hook asks for a signature.
OTHERS = ("account_", "hooks_", "mfa_")


def routes(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    """Every route by its name."""
    for part in (resolver or get_resolver()).url_patterns:
        if isinstance(part, URLResolver):
            yield from routes(part, f"{part.namespace}:" if part.namespace else namespace)
        elif isinstance(part, URLPattern):
            yield f"{namespace}{part.name}"


def test_every_route_has_its_line_in_the_table():
    there = {name for name in routes() if not name.startswith(OTHERS)}
    assert there - set(TABLE) == set()
    assert set(TABLE) - there == set()


def test_every_line_says_something_of_every_role():
    for name, (methods, other) in TABLE.items():
        for method, cells in methods.items():
            assert set(cells) | set(other) >= set(ROLES), (name, method)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_meets_at_each_address_what_the_table_says(cast, role):
    addresses, client = addresses_of(cast), client_of(cast, role)
    wrong = {}
    for name, (methods, other) in TABLE.items():
        for method, cells in methods.items():
            wanted = other[role] if role in other and cells is not NO_METHOD else cells[role]
            met = outcome(client, method, addresses[name])
            if met != wanted:
                wrong[f"{method} {name}"] = f"{met}, not {wanted}"
    assert wrong == {}


def outcome(client: Client, method: str, address: str) -> str:
    """What somebody meets at an address, in two or three words."""
    answer = client.generic(method, address)
    if answer.status_code in (301, 302) and answer["Location"].startswith("/accounts/login"):
        return "sign in"
    if answer.status_code == 302 and answer["Location"] == "/field/":
        return "to the field"
    if answer.status_code == 302 and answer["Location"] == "/" and address.startswith("/field"):
        return "to the office"
    known = {403: "closed", 404: "absent", 405: "no such method"}
    if answer.status_code in known:
        return known[answer.status_code]
    return "open" if answer.status_code in (200, 204, 302, 422) else f"status {answer.status_code}"


def client_of(cast: Cast, role: str) -> Client:
    client = Client()
    emails = {
        "owner": "alice@example.com",
        "bookkeeper": "bo@example.com",
        "technician": "tess@example.com",
        "accountant": "ann@example.com",
        "another's owner": "mallory@example.com",
        "nobody": "nina@example.com",
    }
    if role == "accountant":
        add_member(
            by=cast.alice, at=cast.at, name="Ann", email=emails[role], role=role, password=cast.password
        )
    if role == "nobody":
        User.objects.create_user(emails[role], cast.password)
    if role in emails:
        assert client.login(email=emails[role], password=cast.password)
    return client


def addresses_of(cast: Cast) -> dict[str, str]:
    """An address for each route, of rows that exist in Alice's business."""
    job, quote, paid = kitchen(cast), sent_quote(cast), kitchen(cast)
    payment = record_payment(by=cast.bo, at=cast.at, job_id=paid.job_id, amount_cents=50_00, method="cash")
    row = paid.rows["Rough-in complete"]
    work = send_invoice(by=cast.bo, at=cast.at, job_id=paid.job_id, row_ids=[row], by_hand=True)
    note = give_money_off(by=cast.bo, at=cast.at, invoice_id=work, amount_cents=5_00, reason="A scratch")
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    invoice = next(stop.invoice for stop in page.stops if stop.invoice)
    row = job.rows["Rough-in complete"]
    token = next(p.url for p in page.people if p.pays).split("/c/")[1].strip("/")
    tax = add_tax_code(by=cast.alice, at=cast.at, name="City tax", percent=Decimal(2))
    schedule = save_template(by=cast.alice, at=cast.at, job_id=job.job_id, name="Ours")
    item = save_item(by=cast.alice, at=cast.at, item=ItemInput("Tap", Decimal("80")))
    drafted, offered = a_change(cast, job.job_id), a_change(cast, job.job_id, is_sent=True)
    message = messages(cast.business_id).rows[0].id
    event, file = event_of(cast), file_of(cast)
    spare = add_member(
        by=cast.alice,
        at=cast.at,
        name="Sam",
        email="sam@example.com",
        role="technician",
        password=cast.password,
    )
    now = timezone.now()
    invitation = invite(by=cast.alice, at=now, email="ivy@example.com", role="technician")
    another = invite(by=cast.alice, at=now, email="ian@example.com", role="technician")
    link = f"/c/{token}/"
    at, of = f"/jobs/{job.job_id}/", f"/customers/{cast.customer_id}/"
    in_the_field = f"/field/jobs/{job.job_id}/"
    return {
        "office:needs": "/",
        "office:needs_count": "/needs/count/",
        "office:start": "/start/",
        "office:jobs": "/jobs/",
        "office:job": at,
        "office:history": f"{at}history.json",
        "office:send_invoice": f"{at}invoices/",
        "office:record_payment": f"{at}payments/",
        "office:complete": f"{at}milestones/{row}/completion/",
        "office:undo": f"{at}milestones/{row}/undo/",
        "office:accept": f"{at}milestones/{row}/acceptance/",
        "office:move_event": f"/jobs/{event[0]}/events/{event[1]}/",
        "office:new_change": f"{at}changes/new/",
        "office:change_totals": f"{at}changes/totals/",
        "office:change": f"{at}changes/{drafted}/",
        "office:edit_change": f"{at}changes/{drafted}/edit/",
        "office:send_change": f"{at}changes/{drafted}/sending/",
        "office:change_signed_copy": f"{at}changes/{drafted}/signed-copy/",
        "office:decline_change": f"{at}changes/{drafted}/refusal/",
        "office:withdraw_change": f"{at}changes/{drafted}/withdrawal/",
        "office:change_quantity": f"{at}lines/{page.lines[0].id}/quantity/",
        "office:use_credit": f"{at}credit/",
        "office:sheet": f"/invoices/{invoice.id}/sheet/",
        "office:unpaid": f"/invoices/{invoice.id}/unpaid/",
        "office:write_off": f"/invoices/{invoice.id}/write-off/",
        "office:recover": f"/invoices/{invoice.id}/recovery/",
        "office:let_be": f"/invoices/{invoice.id}/difference/",
        "office:grant_discount": f"/invoices/{invoice.id}/discount/",
        "office:undo_concession": f"/invoices/{invoice.id}/concessions/999/",
        "office:keep_difference": f"/payments/{payment}/difference/",
        "office:explained": f"/documents/{invoice.document_id}/explained/",
        "office:fix_invoice": f"/invoices/{work}/fix/",
        "office:money_off": f"/invoices/{work}/money-off/",
        "office:reissue": f"/invoices/{invoice.id}/again/",
        "office:change_taxes": f"{at}taxes/",
        "office:cancel_job": f"{at}cancel/",
        "office:take_back": f"/credit-notes/{note}/take-back/",
        "office:document": f"/documents/{invoice.document_id}/",
        "office:file": f"/files/{file}/",
        "office:quotes": "/quotes/",
        "office:new_quote": "/quotes/new/",
        "office:quote_totals": "/quotes/totals/",
        "office:quote_schedule": "/quotes/schedule/",
        "office:edit_quote": f"/quotes/{quote}/edit/",
        "office:quote": f"/quotes/{quote}/",
        "office:quote_pdf": f"/quotes/{quote}/pdf/",
        "office:send_quote": f"/quotes/{quote}/sending/",
        "office:decline_quote": f"/quotes/{quote}/refusal/",
        "office:duplicate_quote": f"/quotes/{quote}/copy/",
        "office:signed_copy": f"/quotes/{quote}/signed-copy/",
        "office:start_place": "/start/place/",
        "office:start_ready": "/start/ready/",
        "office:customers": "/customers/",
        "office:new_customer": "/customers/new/",
        "office:customer": of,
        "office:customer_payment": f"{of}payment/",
        "office:payment_parts": f"{of}payment/parts/",
        "office:statement": f"{of}statement/",
        "office:statement_pdf": f"{of}statement/pdf/",
        "office:send_statement": f"{of}statement/sending/",
        "office:job_statement": f"{at}statement/",
        "office:job_statement_pdf": f"{at}statement/pdf/",
        "office:send_job_statement": f"{at}statement/sending/",
        "office:change_customer": f"{of}card/",
        "office:archive_customer": f"{of}archive/",
        "office:merge_customer": f"{of}merge/",
        "office:part_customer": f"{of}parting/",
        "office:new_contact": f"{of}people/",
        "office:contact": f"{of}people/{cast.pat.contact_id}/",
        "office:remove_contact": f"{of}people/{cast.carol.contact_id}/removal/",
        "office:new_site": f"{of}sites/",
        "office:site": f"{of}sites/1/",
        "office:invoices": "/invoices/",
        "office:new_invoice": "/invoices/new/",
        "office:invoice_totals": "/invoices/totals/",
        "office:payments": "/payments/",
        "office:clearing": "/payments/online/",
        "office:bank": "/payments/bank/",
        "office:bank_sure": "/payments/bank/sure/",
        "office:bank_match": "/payments/bank/999999/",
        "office:payment": f"/payments/{payment}/",
        "office:bounce": f"/payments/{payment}/return/",
        "office:refund": f"/payments/{payment}/refunds/",
        "office:books": "/books/",
        "office:journal": "/books/journal/",
        "office:account": "/books/cash/",
        "office:messages": "/messages/",
        "office:message": f"/messages/{message}/",
        "office:search": "/search/?q=kitchen",
        "office:settings": "/settings/",
        "office:settings_section": "/settings/terms/",
        "office:taxes": "/settings/taxes/",
        "office:change_tax": f"/settings/taxes/{tax}/",
        "office:items": "/settings/items/",
        "office:items_table": "/settings/items.csv",
        "office:import_items": "/settings/items/import/",
        "office:item": f"/settings/items/{item}/",
        "office:archive_item": f"/settings/items/{item}/archive/",
        "office:item_suggestions": "/items/suggestions/?q=tap",
        "office:item_of_line": "/items/of-line/",
        "office:schedules": "/settings/schedules/",
        "office:rename_schedule": f"/settings/schedules/{schedule}/",
        "office:archive_schedule": f"/settings/schedules/{schedule}/archive/",
        "office:keep_schedule": f"{at}template/",
        "office:logo": "/settings/logo/",
        "office:logo_picture": "/settings/logo.png",
        "office:retire_tax": f"/settings/taxes/{tax}/retirement/",
        "office:online_payments": "/settings/online-payments/",
        "office:connect_payments": "/settings/online-payments/connection/",
        "office:check_payments": "/settings/online-payments/check/",
        "office:leave_payments": "/settings/online-payments/leaving/",
        "office:people": "/settings/people/",
        "office:change_role": f"/settings/people/{cast.tess.user_id}/role/",
        "office:disable_member": f"/settings/people/{spare}/disabling/",
        "office:enable_member": f"/settings/people/{spare}/enabling/",
        "office:revoke_invitation": f"/settings/invitations/{invitation}/removal/",
        "office:join": "/join/" + invitation_url(cast.business_id, another).split("/join/")[1],
        "office:own_account": "/account/",
        "office:sign_out_everywhere": "/account/sign-out-everywhere/",
        "field:today": "/field/",
        "field:job": in_the_field,
        "field:complete": f"{in_the_field}milestones/{row}/completion/",
        "field:undo": f"{in_the_field}milestones/{row}/completion/undo/",
        "field:send": f"{in_the_field}milestones/{row}/invoice/",
        "field:sent": f"{in_the_field}sent/{invoice.id}/",
        "field:new_change": f"{in_the_field}changes/new/",
        "field:change": f"{in_the_field}changes/{drafted}/",
        "field:sign_change": f"{in_the_field}changes/{drafted}/signature/",
        "field:withdraw_change": f"{in_the_field}changes/{drafted}/withdrawal/",
        "field:send_change": f"{in_the_field}changes/{drafted}/sending/",
        "portal:change": f"{link}changes/{offered}/",
        "portal:sign_change": f"{link}changes/{offered}/signature/",
        "portal:decline_change": f"{link}changes/{offered}/refusal/",
        "portal:page": link,
        "portal:logo": f"{link}logo/",
        "portal:sign": f"{link}signature/",
        "portal:viewed": f"{link}viewed/",
        "portal:account": f"{link}account/",
        "portal:account_pdf": f"{link}account/pdf/",
        "portal:decline": f"{link}refusal/",
        "portal:pay": f"{link}payment/",
        "portal:paid": f"{link}paid/999999/",
        "portal:accept": f"{link}milestones/{row}/acceptance/",
        "portal:document": f"{link}documents/{invoice.document_id}/",
        "portal:explained": f"{link}documents/{invoice.document_id}/explained/",
        "portal:offer": f"{link}quote/",
        "portal:sheet": f"{link}invoices/{invoice.id}/sheet/",
        "portal:history": f"{link}history.json",
        "portal:file": f"{link}files/{file}/",
        "brand": "/brand/0a5c3c.css",
        "look": "/look/",
        "look_door": "/look/field/",
    }


def a_change(cast: Cast, job_id: int, *, is_sent: bool = False, at: datetime | None = None) -> int:
    """Two more outlets for 180.00 on the next payment: a draft, or offered."""
    line, at = LineEdit("add", description="Two more outlets", unit_price=Decimal(180)), at or timezone.now()
    change = ChangeInput("Two more outlets", (line,), placement="next")
    made = draft_change(by=cast.alice, at=at, job_id=job_id, change=change)
    if is_sent:
        send_change(by=cast.alice, at=at, job_id=job_id, change_id=made)
    return made


def event_of(cast: Cast) -> tuple[int, int]:
    """A signed roof's delivery: its job and itself."""
    job_id = sent_quote(cast)
    sign_quote(by=cast.carol, at=cast.at, job_id=job_id, version=1, name="Carol Reyes")
    stops = job_page(cast.business_id, job_id, at=cast.at).stops
    return job_id, next(stop.id for stop in stops if stop.kind == "event")


def file_of(cast: Cast) -> int:
    """A photo."""
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    picture.seek(0)
    return take_photo(by=cast.tess, at=cast.at, upload=picture, name="wall.png")


def test_every_right_is_somebody_s():
    assert all(RIGHTS.values())
    assert not any("accountant" in roles for roles in RIGHTS.values())


def unmasked(page: bytes) -> bytes:
    """The page without its form token, which Django writes anew (under a fresh mask) every time."""
    return re.sub(rb'"X-CSRFToken": "\w+"', b"", page)


def test_what_is_another_s_answers_exactly_like_what_does_not_exist(cast):
    job = kitchen(cast)
    mallory = client_of(cast, "another's owner")
    for there, nowhere in (
        (f"/jobs/{job.job_id}/", "/jobs/999999/"),
        (f"/quotes/{job.job_id}/", "/quotes/999999/"),
        (f"/documents/{job.job_id}/", "/documents/999999/"),
    ):
        one, other = mallory.get(there), mallory.get(nowhere)
        assert one.status_code == other.status_code == 404
        assert unmasked(one.content) == unmasked(other.content)
