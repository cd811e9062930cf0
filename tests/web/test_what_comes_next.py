"""What a customer reads as the next payment, and what a technician reads as missing."""

from django.test import Client

from milepost.actions.payments import record_payment
from milepost.actions.work import EvidenceMissing, complete_milestone
from milepost.queries.job_page import job_page
from milepost.records.customers import Contact
from milepost.records.scope import scoped
from tests.cast import kitchen, sent_quote
from tests.web.test_paying import link


def test_what_is_done_and_not_billed_yet_comes_next_on_the_link(cast):
    job = kitchen(cast)
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check")
    assert "Next: Rough-in complete, 10,000.00." in Client().get(link(cast, job)).content.decode()
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=job.rows["Rough-in complete"])
    assert "Next: Rough-in complete, 10,000.00." in Client().get(link(cast, job)).content.decode()


def test_missing_evidence_is_named_in_words():
    said = {
        kind: str(EvidenceMissing(field="evidence", milestone="Roof", kind=kind))
        for kind in ("photo", "inspection", "document")
    }
    assert said == {
        "photo": "“Roof” needs a photo before it is done. Add it, then tap Done.",
        "inspection": "“Roof” needs the inspection report before it is done. Add it, then tap Done.",
        "document": "“Roof” needs a document before it is done. Add it, then tap Done.",
    }


def test_nobody_is_greeted_by_their_phone_number_or_signs_with_it(cast):
    job_id = sent_quote(cast)
    people = job_page(cast.business_id, job_id, at=cast.at).people
    address = "/c/" + next(person.url for person in people if person.approves).split("/c/")[1]
    named = Client().get(address).content.decode()
    assert "Hello Carol Reyes" in named and 'value="Carol Reyes"' in named
    for reach in ("+13125550142", "carol@reyes.example"):
        with scoped(cast.business_id, writing=True):
            Contact.objects.filter(id=cast.carol.contact_id).update(name=reach)
        page = Client().get(address).content.decode()
        assert "Hello" in page and reach not in page
