"""The technician's addresses."""

from django.urls import path

from milepost.web.field import changes, views

app_name = "field"
urlpatterns = [
    path("", views.today, name="today"),
    path("jobs/<int:job>/", views.job, name="job"),
    path("jobs/<int:job>/milestones/<int:row>/completion/", views.complete, name="complete"),
    path("jobs/<int:job>/milestones/<int:row>/completion/undo/", views.undo, name="undo"),
    path("jobs/<int:job>/milestones/<int:row>/invoice/", views.send, name="send"),
    path("jobs/<int:job>/changes/new/", changes.new, name="new_change"),
    path("jobs/<int:job>/changes/<int:change>/", changes.page, name="change"),
    path("jobs/<int:job>/changes/<int:change>/signature/", changes.sign, name="sign_change"),
    path("jobs/<int:job>/changes/<int:change>/sending/", changes.send, name="send_change"),
    path("jobs/<int:job>/changes/<int:change>/withdrawal/", changes.withdraw, name="withdraw_change"),
    path("jobs/<int:job>/sent/<int:invoice>/", views.sent, name="sent"),
]
