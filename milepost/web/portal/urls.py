"""The customer's addresses: everything hangs on the one link."""

from django.urls import path

from milepost.web.portal import account, changes, views

app_name = "portal"
urlpatterns = [
    path("<slug:token>/", views.page, name="page"),
    path("<slug:token>/logo/", views.logo, name="logo"),
    path("<slug:token>/quote/", views.offer, name="offer"),
    path("<slug:token>/signature/", views.sign, name="sign"),
    path("<slug:token>/account/", account.page, name="account"),
    path("<slug:token>/account/payment/", account.pay, name="pay_account"),
    path("<slug:token>/account/pdf/", account.pdf, name="account_pdf"),
    path("<slug:token>/viewed/", views.viewed, name="viewed"),
    path("<slug:token>/refusal/", views.decline, name="decline"),
    path("<slug:token>/payment/", views.pay, name="pay"),
    path("<slug:token>/paid/<int:attempt>/", views.paid, name="paid"),
    path("<slug:token>/milestones/<int:row>/acceptance/", views.accept, name="accept"),
    path("<slug:token>/changes/<int:change>/", changes.page, name="change"),
    path("<slug:token>/changes/<int:change>/signature/", changes.sign, name="sign_change"),
    path("<slug:token>/changes/<int:change>/refusal/", changes.decline, name="decline_change"),
    path("<slug:token>/documents/<int:document>/", views.document, name="document"),
    path("<slug:token>/explained/", views.explained_amounts, name="explained_job"),
    path("<slug:token>/documents/<int:document>/explained/", views.explained, name="explained"),
    path("<slug:token>/invoices/<int:invoice>/sheet/", views.sheet, name="sheet"),
    path("<slug:token>/payments/<int:payment>/sheet/", views.payment_sheet_pdf, name="payment_sheet"),
    path("<slug:token>/history.json", views.history, name="history"),
    path("<slug:token>/files/<int:file>/", views.file, name="file"),
]
