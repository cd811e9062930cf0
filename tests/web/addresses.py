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
    payers = (p.url for p in job_page(cast.business_id, paid.job_id, at=cast.at).people if p.pays)
    paid_link = "/c/" + next(payers).split("/c/")[1]
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
        "office:part_back": f"/invoices/{work}/part/",
        "office:reissue": f"/invoices/{invoice.id}/again/",
        "office:change_taxes": f"{at}taxes/",
        "office:explained_job": f"{at}explained/",
        "office:rewrite": f"{at}new-version/",
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
        "office:refund_effects": f"/payments/{payment}/refund/effects/",
        "office:payment_sheet": f"/payments/{payment}/sheet/",
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
        "portal:pay_account": f"{link}account/payment/",
        "portal:paid": f"{link}paid/999999/",
        "portal:accept": f"{link}milestones/{row}/acceptance/",
        "portal:document": f"{link}documents/{invoice.document_id}/",
        "portal:explained": f"{link}documents/{invoice.document_id}/explained/",
        "portal:offer": f"{link}quote/",
        "portal:explained_job": f"{link}explained/",
        "portal:sheet": f"{link}invoices/{invoice.id}/sheet/",
        "portal:payment_sheet": f"{paid_link}payments/{payment}/sheet/",
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
