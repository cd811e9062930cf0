"""The office's addresses."""

from django.urls import path

from milepost.web.office import jobs, lists, quotes, settings, start

app_name = "office"
urlpatterns = [
    path("", lists.needs, name="needs"),
    path("start/", start.start, name="start"),
    path("jobs/", lists.jobs, name="jobs"),
    path("jobs/<int:job>/", jobs.page, name="job"),
    path("jobs/<int:job>/invoices/", jobs.send, name="send_invoice"),
    path("jobs/<int:job>/payments/", jobs.pay, name="record_payment"),
    path("jobs/<int:job>/milestones/<int:row>/completion/", jobs.complete, name="complete"),
    path("jobs/<int:job>/events/<int:event>/", jobs.move, name="move_event"),
    path("documents/<int:document>/", jobs.document, name="document"),
    path("files/<int:file>/", jobs.file, name="file"),
    path("quotes/", lists.quotes, name="quotes"),
    path("quotes/new/", quotes.new, name="new_quote"),
    path("quotes/<int:job>/", quotes.page, name="quote"),
    path("quotes/<int:job>/sending/", quotes.send, name="send_quote"),
    path("quotes/<int:job>/signed-copy/", quotes.signed_copy, name="signed_copy"),
    path("customers/", lists.customers, name="customers"),
    path("invoices/", lists.invoices, name="invoices"),
    path("invoices/new/", quotes.simple, name="new_invoice"),
    path("payments/", lists.payments, name="payments"),
    path("messages/", lists.messages, name="messages"),
    path("messages/<int:message>/", lists.message, name="message"),
    path("search/", lists.search, name="search"),
    path("settings/", settings.page, name="settings"),
    path("settings/taxes/", settings.add_tax, name="add_tax"),
    path("settings/people/", settings.add_person, name="add_person"),
]
