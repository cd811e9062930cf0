"""Two people write on the same quote: the second is shown the difference, and nothing is lost."""

from milepost.queries.quote_draft import quote_draft
from tests.cast import sent_quote
from tests.web.addresses import client_of
from tests.web.test_bad_input import QUOTE


def test_the_second_is_shown_what_differs_and_may_save_over_it(cast):
    alice, bo = client_of(cast, "owner"), client_of(cast, "bookkeeper")
    job = sent_quote(cast)
    stamp = quote_draft(cast.business_id, job).stamp
    # Given that both have opened the same version
    first = QUOTE | {"based_on": str(stamp), "line-1-price": "120.00"}
    second = QUOTE | {"based_on": str(stamp), "line-1-price": "150.00", "note": "Mind the dog"}
    assert alice.post(f"/quotes/{job}/edit/", first).status_code == 302
    # When the second saves, too
    answer = bo.post(f"/quotes/{job}/edit/", second)
    page = answer.content.decode()
    # Then nothing is written over, and both are on the page
    assert answer.status_code == 422
    assert "Somebody saved Q-1001 while you were writing" in page
    assert "120.00" in page and "150.00" in page and "Mind the dog" in page
    assert quote_draft(cast.business_id, job).quote.lines[0].unit_price == 120
    # And pressing again saves the second's over it
    newest = str(quote_draft(cast.business_id, job).stamp)
    assert f'name="based_on" value="{newest}"' in page
    assert bo.post(f"/quotes/{job}/edit/", second | {"based_on": newest}).status_code == 302
    assert quote_draft(cast.business_id, job).quote.lines[0].unit_price == 150
