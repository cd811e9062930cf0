"""
Who may do what at which address: every route, every method, every role, in one table.

A new route fails `test_rights` until somebody has said here who may use it, and in `addresses` where it is.
"""

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
    "office:change_quantity": (FORM, ABSENT),
    "office:sheet": (READS, ABSENT),
    "office:fix_invoice": (FORM, ABSENT),
    "office:money_off": (FORM, ABSENT),
    "office:part_back": (FORM, ABSENT),
    "office:reissue": (STEP, ABSENT),
    "office:take_back": (FORM, ABSENT),
    "office:explained_job": (READS, ABSENT),
    "office:rewrite": (FORM, ABSENT),
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
    "office:refund_effects": ({"GET": KEEPERS, "POST": NO_METHOD}, ABSENT),
    "office:payment_sheet": (READS, ABSENT),
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
    "portal:pay_account": (THE_LINK_S_STEP, OWN),
    "portal:paid": ({"GET": dict.fromkeys(ROLES, "absent"), "POST": NO_METHOD}, {}),  # no attempt was made
    "portal:accept": (THE_LINK_S_STEP, OWN),
    "portal:change": (THE_LINK, OWN),
    "portal:sign_change": (THE_LINK_S_STEP, OWN),
    "portal:decline_change": (THE_LINK_S_STEP, OWN),
    "portal:document": (THE_LINK, OWN),
    "portal:offer": ({"GET": dict.fromkeys(ROLES, "absent"), "POST": NO_METHOD}, {}),  # it is signed
    "portal:explained": (THE_LINK, OWN),
    "portal:sheet": (THE_LINK, OWN),
    "portal:payment_sheet": (THE_LINK, OWN),
    "portal:explained_job": (THE_LINK, OWN),
    "portal:history": (THE_LINK, OWN),
    "portal:file": ({"GET": dict.fromkeys(ROLES, "absent"), "POST": NO_METHOD}, {}),  # of another job
    "brand": (EVERYBODY_READS, OWN),
    "look": ({"GET": ALL, "POST": ALL}, OWN),
    "look_door": ({"GET": ALL, "POST": ALL}, OWN),
    # The last, for it ends the session that the others are asked in.
    "office:sign_out_everywhere": ({"GET": NO_METHOD, "POST": dict.fromkeys(ROLES, "sign in")}, {}),
}
