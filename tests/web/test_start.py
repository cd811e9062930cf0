"""Signing up: three short screens, everything defaulted, nothing typed lost."""

from django.test import Client

from milepost.queries.lists import choices
from milepost.queries.memberships import memberships_of, user_of
from tests.cast import kitchen
from tests.web.test_doors import signed_in

ZOE = {"name": "Dachdeckerei Zoe", "email": "zoe@example.com", "password": "a roof in the spring"}


def test_three_screens_lead_from_nothing_to_the_first_quote_in_ones_own_money(database):
    client = Client()
    assert client.get("/accounts/signup/", follow=True).redirect_chain == [("/start/", 302)]
    client.post("/start/", ZOE)
    wrong = client.post(
        "/start/place/", {"country": "DE", "trade": "roofing", "tax_name": "USt", "percent": "x"}
    )
    assert wrong.status_code == 422 and 'value="USt"' in wrong.content.decode()
    placed = client.post(
        "/start/place/", {"country": "DE", "trade": "roofing", "tax_name": "USt", "percent": "19"}
    )
    assert placed["Location"] == "/start/ready/?trade=roofing"
    business_id = memberships_of(user_of(int(client.session["_auth_user_id"])))[0].business_id
    known = choices(business_id)
    business = known.business
    assert (business.country, business.currency, business.timezone, business.locale) == (
        "DE",
        "EUR",
        "Europe/Berlin",
        "de-DE",
    )
    assert [(tax.name, tax.percent, tax.is_default) for tax in known.taxes] == [("USt", 19, True)]
    assert "?template=roofing" in client.get("/start/ready/?trade=roofing").content.decode()
    form = client.get("/quotes/new/?template=roofing").content.decode()
    assert 'name="row-1-name"' in form and 'name="row-3-name"' in form


def test_each_slip_is_said_at_its_field_and_what_was_typed_stays(database):
    for wrong, said in (
        ({**ZOE, "email": "no"}, "is not an email address"),
        ({**ZOE, "password": "123"}, "too short"),
        ({**ZOE, "name": ""}, "Please fill this in."),
    ):
        page = Client().post("/start/", wrong)
        assert page.status_code == 422 and said in page.content.decode()


def test_the_currency_stays_once_something_is_quoted_in_it(cast):
    kitchen(cast)
    alice = signed_in(cast, "alice@example.com")
    refused = alice.post("/start/place/", {"country": "DE", "currency": "EUR"})
    assert refused.status_code == 422 and "The currency stays USD" in refused.content.decode()
    assert alice.post("/start/place/", {"country": "CA", "currency": "USD"}).status_code == 302
    business = choices(cast.business_id).business
    assert (business.country, business.currency, business.holidays) == ("CA", "USD", "CA")
    assert alice.post("/start/place/", {"country": "Mars"}).status_code == 422
