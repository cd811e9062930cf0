"""The office's addresses."""

from django.urls import path

from milepost.web.office import books, jobs, lists, quote_form, quotes, settings, simple_invoice, start

app_name = "office"
urlpatterns = [
    path("", lists.needs, name="needs"),
    path("needs/count/", lists.needs_count, name="needs_count"),
    path("start/", start.start, name="start"),
    path("jobs/", lists.jobs, name="jobs"),
    path("jobs/<int:job>/", jobs.page, name="job"),
    path("jobs/<int:job>/invoices/", jobs.send, name="send_invoice"),
    path("jobs/<int:job>/payments/", jobs.pay, name="record_payment"),
    path("jobs/<int:job>/milestones/<int:row>/completion/", jobs.complete, name="complete"),
    path("jobs/<int:job>/milestones/<int:row>/undo/", jobs.undo, name="undo"),
    path("jobs/<int:job>/milestones/<int:row>/acceptance/", jobs.accept, name="accept"),
    path("invoices/<int:invoice>/sheet/", jobs.sheet, name="sheet"),
    path("jobs/<int:job>/events/<int:event>/", jobs.move, name="move_event"),
    path("documents/<int:document>/", jobs.document, name="document"),
    path("files/<int:file>/", jobs.file, name="file"),
    path("quotes/", lists.quotes, name="quotes"),
    path("quotes/new/", quote_form.new, name="new_quote"),
    path("quotes/totals/", quote_form.totals, name="quote_totals"),
    path("quotes/schedule/", quote_form.schedule, name="quote_schedule"),
    path("quotes/<int:job>/edit/", quote_form.edit, name="edit_quote"),
    path("quotes/<int:job>/", quotes.page, name="quote"),
    path("quotes/<int:job>/sending/", quotes.send, name="send_quote"),
    path("quotes/<int:job>/refusal/", quotes.decline, name="decline_quote"),
    path("quotes/<int:job>/copy/", quotes.duplicate, name="duplicate_quote"),
    path("quotes/<int:job>/signed-copy/", quotes.signed_copy, name="signed_copy"),
    path("customers/", lists.customers, name="customers"),
    path("invoices/", lists.invoices, name="invoices"),
    path("invoices/new/", simple_invoice.new, name="new_invoice"),
    path("invoices/totals/", simple_invoice.totals, name="invoice_totals"),
    path("payments/", lists.payments, name="payments"),
    path("books/", books.trial, name="books"),
    path("books/journal/", books.journal, name="journal"),
    path("books/<slug:code>/", books.account, name="account"),
    path("messages/", lists.messages, name="messages"),
    path("messages/<int:message>/", lists.message, name="message"),
    path("search/", lists.search, name="search"),
    path("settings/", settings.page, name="settings"),
    path("settings/taxes/", settings.taxes, name="taxes"),
    path("settings/taxes/<int:tax>/retirement/", settings.retire_tax, name="retire_tax"),
    path("settings/people/", settings.people, name="people"),
    path("settings/<slug:section>/", settings.page, name="settings_section"),
]
