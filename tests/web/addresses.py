"""An address for each route, of rows that exist; and somebody of each role to go there."""

import io
from datetime import datetime
from decimal import Decimal

from django.test import Client
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
from milepost.actions.signing import sign_quote
from milepost.core.change_input import ChangeInput, LineEdit
from milepost.core.item_input import ItemInput
from milepost.mailroom.intake import take_photo
from milepost.queries.invitations import invitation_url
from milepost.queries.job_page import job_page
from milepost.queries.lists import messages
from milepost.records.people import User
from tests.cast import Cast, kitchen, sent_quote

# An address for each route; what stands in braces is a row of its kind.
ADDRESSES = {
    "office:needs": "/",
    "office:needs_count": "/needs/count/",
    "office:start": "/start/",
    "office:jobs": "/jobs/",
    "office:job": "/jobs/{job}/",
    "office:history": "/jobs/{job}/history.json",
    "office:send_invoice": "/jobs/{job}/invoices/",
    "office:record_payment": "/jobs/{job}/payments/",
    "office:complete": "/jobs/{job}/milestones/{row}/completion/",
    "office:undo": "/jobs/{job}/milestones/{row}/undo/",
    "office:accept": "/jobs/{job}/milestones/{row}/acceptance/",
    "office:move_event": "/jobs/{event_job}/events/{event}/",
    "office:new_change": "/jobs/{job}/changes/new/",
    "office:change_totals": "/jobs/{job}/changes/totals/",
    "office:change": "/jobs/{job}/changes/{drafted}/",
    "office:edit_change": "/jobs/{job}/changes/{drafted}/edit/",
    "office:send_change": "/jobs/{job}/changes/{drafted}/sending/",
    "office:change_signed_copy": "/jobs/{job}/changes/{drafted}/signed-copy/",
    "office:decline_change": "/jobs/{job}/changes/{drafted}/refusal/",
    "office:withdraw_change": "/jobs/{job}/changes/{drafted}/withdrawal/",
    "office:change_quantity": "/jobs/{job}/lines/{line}/quantity/",
    "office:use_credit": "/jobs/{job}/credit/",
    "office:sheet": "/invoices/{invoice}/sheet/",
    "office:unpaid": "/invoices/{invoice}/unpaid/",
    "office:write_off": "/invoices/{invoice}/write-off/",
    "office:recover": "/invoices/{invoice}/recovery/",
    "office:let_be": "/invoices/{invoice}/difference/",
    "office:grant_discount": "/invoices/{invoice}/discount/",
    "office:undo_concession": "/invoices/{invoice}/concessions/999/",
    "office:keep_difference": "/payments/{payment}/difference/",
    "office:explained": "/documents/{document}/explained/",
    "office:fix_invoice": "/invoices/{work}/fix/",
    "office:money_off": "/invoices/{work}/money-off/",
    "office:part_back": "/invoices/{work}/part/",
    "office:reissue": "/invoices/{invoice}/again/",
    "office:change_taxes": "/jobs/{job}/taxes/",
    "office:explained_job": "/jobs/{job}/explained/",
    "office:rewrite": "/jobs/{job}/new-version/",
    "office:cancel_job": "/jobs/{job}/cancel/",
    "office:take_back": "/credit-notes/{note}/take-back/",
    "office:document": "/documents/{document}/",
    "office:file": "/files/{file}/",
    "office:quotes": "/quotes/",
    "office:new_quote": "/quotes/new/",
    "office:quote_totals": "/quotes/totals/",
    "office:quote_schedule": "/quotes/schedule/",
    "office:edit_quote": "/quotes/{quote}/edit/",
    "office:quote": "/quotes/{quote}/",
    "office:quote_pdf": "/quotes/{quote}/pdf/",
    "office:send_quote": "/quotes/{quote}/sending/",
    "office:decline_quote": "/quotes/{quote}/refusal/",
    "office:duplicate_quote": "/quotes/{quote}/copy/",
    "office:signed_copy": "/quotes/{quote}/signed-copy/",
    "office:start_place": "/start/place/",
    "office:start_ready": "/start/ready/",
    "office:customers": "/customers/",
    "office:new_customer": "/customers/new/",
    "office:customer": "/customers/{customer}/",
    "office:customer_payment": "/customers/{customer}/payment/",
    "office:payment_parts": "/customers/{customer}/payment/parts/",
    "office:statement": "/customers/{customer}/statement/",
    "office:statement_pdf": "/customers/{customer}/statement/pdf/",
    "office:send_statement": "/customers/{customer}/statement/sending/",
    "office:job_statement": "/jobs/{job}/statement/",
    "office:job_statement_pdf": "/jobs/{job}/statement/pdf/",
    "office:send_job_statement": "/jobs/{job}/statement/sending/",
    "office:change_customer": "/customers/{customer}/card/",
    "office:archive_customer": "/customers/{customer}/archive/",
    "office:merge_customer": "/customers/{customer}/merge/",
    "office:part_customer": "/customers/{customer}/parting/",
    "office:new_contact": "/customers/{customer}/people/",
    "office:contact": "/customers/{customer}/people/{pat}/",
    "office:remove_contact": "/customers/{customer}/people/{carol}/removal/",
    "office:new_site": "/customers/{customer}/sites/",
    "office:site": "/customers/{customer}/sites/1/",
    "office:invoices": "/invoices/",
    "office:new_invoice": "/invoices/new/",
    "office:invoice_totals": "/invoices/totals/",
    "office:payments": "/payments/",
    "office:clearing": "/payments/online/",
    "office:bank": "/payments/bank/",
    "office:bank_sure": "/payments/bank/sure/",
    "office:bank_match": "/payments/bank/999999/",
    "office:payment": "/payments/{payment}/",
    "office:refund_effects": "/payments/{payment}/refund/effects/",
    "office:payment_sheet": "/payments/{payment}/sheet/",
    "office:bounce": "/payments/{payment}/return/",
    "office:refund": "/payments/{payment}/refunds/",
    "office:books": "/books/",
    "office:journal": "/books/journal/",
    "office:account": "/books/cash/",
    "office:messages": "/messages/",
    "office:message": "/messages/{message}/",
    "office:search": "/search/?q=kitchen",
    "office:settings": "/settings/",
    "office:settings_section": "/settings/terms/",
    "office:taxes": "/settings/taxes/",
    "office:change_tax": "/settings/taxes/{tax}/",
    "office:items": "/settings/items/",
    "office:items_table": "/settings/items.csv",
    "office:import_items": "/settings/items/import/",
    "office:item": "/settings/items/{item}/",
    "office:archive_item": "/settings/items/{item}/archive/",
    "office:item_suggestions": "/items/suggestions/?q=tap",
    "office:item_of_line": "/items/of-line/",
    "office:schedules": "/settings/schedules/",
    "office:rename_schedule": "/settings/schedules/{schedule}/",
    "office:archive_schedule": "/settings/schedules/{schedule}/archive/",
    "office:keep_schedule": "/jobs/{job}/template/",
    "office:logo": "/settings/logo/",
    "office:logo_picture": "/settings/logo.png",
    "office:retire_tax": "/settings/taxes/{tax}/retirement/",
    "office:online_payments": "/settings/online-payments/",
    "office:connect_payments": "/settings/online-payments/connection/",
    "office:check_payments": "/settings/online-payments/check/",
    "office:leave_payments": "/settings/online-payments/leaving/",
    "office:people": "/settings/people/",
    "office:change_role": "/settings/people/{tess}/role/",
    "office:disable_member": "/settings/people/{spare}/disabling/",
    "office:enable_member": "/settings/people/{spare}/enabling/",
    "office:revoke_invitation": "/settings/invitations/{invitation}/removal/",
    "office:join": "/join/{joining}",
    "office:own_account": "/account/",
    "office:sign_out_everywhere": "/account/sign-out-everywhere/",
    "field:today": "/field/",
    "field:job": "/field/jobs/{job}/",
    "field:complete": "/field/jobs/{job}/milestones/{row}/completion/",
    "field:undo": "/field/jobs/{job}/milestones/{row}/completion/undo/",
    "field:send": "/field/jobs/{job}/milestones/{row}/invoice/",
    "field:sent": "/field/jobs/{job}/sent/{invoice}/",
    "field:new_change": "/field/jobs/{job}/changes/new/",
    "field:change": "/field/jobs/{job}/changes/{drafted}/",
    "field:sign_change": "/field/jobs/{job}/changes/{drafted}/signature/",
    "field:withdraw_change": "/field/jobs/{job}/changes/{drafted}/withdrawal/",
    "field:send_change": "/field/jobs/{job}/changes/{drafted}/sending/",
    "portal:change": "{link}changes/{offered}/",
    "portal:sign_change": "{link}changes/{offered}/signature/",
    "portal:decline_change": "{link}changes/{offered}/refusal/",
    "portal:page": "{link}",
    "portal:logo": "{link}logo/",
    "portal:sign": "{link}signature/",
    "portal:viewed": "{link}viewed/",
    "portal:account": "{link}account/",
    "portal:account_pdf": "{link}account/pdf/",
    "portal:decline": "{link}refusal/",
    "portal:pay": "{link}payment/",
    "portal:pay_account": "{link}account/payment/",
    "portal:paid": "{link}paid/999999/",
    "portal:accept": "{link}milestones/{row}/acceptance/",
    "portal:document": "{link}documents/{document}/",
    "portal:explained": "{link}documents/{document}/explained/",
    "portal:offer": "{link}quote/",
    "portal:explained_job": "{link}explained/",
    "portal:sheet": "{link}invoices/{invoice}/sheet/",
    "portal:payment_sheet": "{paid_link}payments/{payment}/sheet/",
    "portal:history": "{link}history.json",
    "portal:file": "{link}files/{file}/",
    "brand": "/brand/0a5c3c.css",
    "look": "/look/",
    "look_door": "/look/field/",
}


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
    """ADDRESSES with rows that exist in Alice's business."""
    job, quote, paid = kitchen(cast), sent_quote(cast), kitchen(cast)
    payment = record_payment(by=cast.bo, at=cast.at, job_id=paid.job_id, amount_cents=50_00, method="cash")
    row = paid.rows["Rough-in complete"]
    work = send_invoice(by=cast.bo, at=cast.at, job_id=paid.job_id, row_ids=[row], by_hand=True)
    note = give_money_off(by=cast.bo, at=cast.at, invoice_id=work, amount_cents=5_00, reason="A scratch")
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    invoice = next(stop.invoice for stop in page.stops if stop.invoice)
    row = job.rows["Rough-in complete"]
    token = next(p.url for p in page.people if p.pays).split("/c/")[1].strip("/")
    schedule = save_template(by=cast.alice, at=cast.at, job_id=job.job_id, name="Ours")
    drafted, offered = a_change(cast, job.job_id), a_change(cast, job.job_id, is_sent=True)
    message = messages(cast.business_id).rows[0].id
    event, file = event_of(cast), file_of(cast)
    link = f"/c/{token}/"
    payers = (p.url for p in job_page(cast.business_id, paid.job_id, at=cast.at).people if p.pays)
    paid_link = "/c/" + next(payers).split("/c/")[1]
    rows = {
        "carol": cast.carol.contact_id,
        "customer": cast.customer_id,
        "document": invoice.document_id,
        "drafted": drafted,
        "event": event[1],
        "event_job": event[0],
        "file": file,
        "invoice": invoice.id,
        "job": job.job_id,
        "line": page.lines[0].id,
        "link": link,
        "message": message,
        "note": note,
        "offered": offered,
        "paid_link": paid_link,
        "pat": cast.pat.contact_id,
        "payment": payment,
        "quote": quote,
        "row": row,
        "schedule": schedule,
        "tess": cast.tess.user_id,
        "work": work,
    } | rows_of_settings(cast)
    return {route: address.format(**rows) for route, address in ADDRESSES.items()}


def rows_of_settings(cast: Cast) -> dict[str, object]:
    now = timezone.now()
    sam = {"name": "Sam", "email": "sam@example.com", "role": "technician", "password": cast.password}
    another = invite(by=cast.alice, at=now, email="ian@example.com", role="technician")
    return {
        "invitation": invite(by=cast.alice, at=now, email="ivy@example.com", role="technician"),
        "item": save_item(by=cast.alice, at=cast.at, item=ItemInput("Tap", Decimal("80"))),
        "joining": invitation_url(cast.business_id, another).split("/join/")[1],
        "spare": add_member(by=cast.alice, at=cast.at, **sam),
        "tax": add_tax_code(by=cast.alice, at=cast.at, name="City tax", percent=Decimal(2)),
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
