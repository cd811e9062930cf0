"""Bank statements as banks write them."""

from datetime import date
from hashlib import sha256

import pytest

from milepost.core.bank_statements import ColumnsUnclear, LineUnclear, NotAStatement, read_statement
from milepost.core.refusals import Refusal

SGML = """OFXHEADER:100
DATA:OFXSGML

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>123</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260303120000[-6:CST]<TRNAMT>10000.00<FITID>A1<NAME>PAT REYES<MEMO>Invoice 1001 &amp; thanks
<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20260304<TRNAMT>-12.50<FITID>A2<CHECKNUM>77<NAME>Lumber
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"""
XML = """<?xml version="1.0"?><?OFX OFXHEADER="200"?><OFX><BANKTRANLIST><STMTTRN><TRNTYPE>CREDIT</TRNTYPE>
<DTPOSTED>20260303</DTPOSTED><TRNAMT>10000.00</TRNAMT><FITID>A1</FITID><NAME>PAT REYES</NAME></STMTTRN></BANKTRANLIST></OFX>"""


def told(text: str, **more: object) -> list[tuple[date, int, str]]:
    return [(line.on, line.cents, line.text) for line in read_statement(text, "USD", **more)[0]]


def test_both_spellings_of_ofx_are_read():
    assert told(SGML) == [
        (date(2026, 3, 3), 10_000_00, "PAT REYES Invoice 1001 & thanks"),
        (date(2026, 3, 4), -12_50, "Lumber 77"),
    ]
    assert told(XML) == [(date(2026, 3, 3), 10_000_00, "PAT REYES")]


@pytest.mark.parametrize(
    ("day", "amount", "cents"),
    [
        ("03/25/2026", "1,234.50", 1_234_50),
        ("25.03.2026", "1.234,50", 1_234_50),
        ("2026-03-25", "-$12", -12_00),
        ("25/03/2026", "(12.00)", -12_00),
        ("20260325", "12,5", 12_50),
        ("2026-03-25", "10,000", 10_000_00),
        ("2026-03-25", "5.00-", -5_00),
        ("2026-03-25", "+5.00", 5_00),
        ("2026-03-25", "USD 1 234.50", 1_234_50),
        ("2026-03-25", "1,234,567.50", 1_234_567_50),
        ("2026-03-25", "1.234.567,50", 1_234_567_50),
        ("2026-03-25", "9999999999999.99", 9_999_999_999_999_99),
    ],
)
def test_days_and_amounts_are_read_as_banks_write_them(day, amount, cents):
    assert told(f"Date;Amount;Payee\n{day};{amount};Pat\n") == [(date(2026, 3, 25), cents, "Pat")]


def test_a_day_that_fits_two_ways_follows_the_one_that_all_others_fit():
    text = "Date,Amount\n03/04/2026,1\n25/04/2026,1\n"
    assert [line[0] for line in told(text)] == [date(2026, 4, 3), date(2026, 4, 25)]


def test_columns_that_nobody_can_guess_are_asked_for_once():
    text = "Wann,Wieviel,Wer\n2026-03-25,12.00,Pat\n"
    with pytest.raises(ColumnsUnclear) as asked:
        read_statement(text, "USD")
    assert asked.value.headers == ["Wann", "Wieviel", "Wer"]
    mapping = {"date": "Wann", "amount": "Wieviel", "name": "Wer"}
    lines, columns = read_statement(text, "USD", mapping=mapping)
    assert columns == mapping and lines[0].name == "Pat"


def test_the_same_movement_has_the_same_fingerprint_and_two_alike_have_two():
    first = read_statement("Date,Amount\n2026-03-25,5\n2026-03-25,5\n", "USD")[0]
    longer = read_statement("Date,Amount\n2026-03-25,5\n2026-03-25,5\n2026-03-26,5\n", "USD")[0]
    assert len({line.fingerprint for line in first}) == 2
    assert [line.fingerprint for line in longer[:2]] == [line.fingerprint for line in first]


def test_a_fingerprint_is_of_what_the_bank_says_and_never_changes():
    """It is kept with every line that was brought in, so another way of making it would bring all in twice."""
    lines, columns = read_statement(SGML, "USD")
    assert columns == {}
    assert [line.fingerprint for line in lines] == [
        sha256(f"ofx\x1f123\x1f{identity}".encode()).hexdigest() for identity in ("A1", "A2")
    ]
    table = "Date,Amount,Payee,Ref\n2026-03-25,5,Pat,77\n2026-03-25,5,Pat,77\n"
    assert [line.fingerprint for line in read_statement(table, "USD")[0]] == [
        sha256(f"table\x1f2026-03-25|5|Pat||77\x1f{place}".encode()).hexdigest() for place in (1, 2)
    ]


def test_movements_that_the_bank_gave_no_number_are_told_apart_by_what_they_say():
    """Wherever they stand in the file: the next month's file may begin a week earlier."""
    coffee, rent = "<STMTTRN><DTPOSTED>20260303<TRNAMT>-4.50", "<STMTTRN><DTPOSTED>20260303<TRNAMT>-900"
    head = "<OFX><ACCTID>123\n"
    march = read_statement(head + coffee + coffee, "USD")[0]
    both = read_statement(head + rent + coffee + coffee, "USD")[0]
    assert len({line.fingerprint for line in both}) == 3
    assert [line.fingerprint for line in both[1:]] == [line.fingerprint for line in march]
    other_account = read_statement(head.replace("123", "124") + coffee, "USD")[0]
    assert other_account[0].fingerprint not in {line.fingerprint for line in march}


def test_small_letters_and_reference_numbers_of_ofx_are_read_too():
    text = """<ofx><acctid>9</acctid><stmttrn><dtposted>20260303</dtposted><trnamt>5</trnamt>
<name>Pat</name><memo></memo><refnum>R-1</refnum></stmttrn></ofx>"""
    (line,), _ = read_statement(text, "USD")
    assert (line.on, line.cents) == (date(2026, 3, 3), 5_00)
    assert (line.name, line.memo, line.reference, line.text) == ("Pat", "", "R-1", "Pat R-1")
    first = text.replace("<refnum>", "<name>Patricia</name><checknum>12</checknum><refnum>")
    assert read_statement(first, "USD")[0][0].text == "Pat 12"


def test_a_bank_s_own_order_of_columns_and_every_separator_is_read():
    rows = [
        ["Description", "Check", "From", "Value", "Booking date"],
        ["Roof", "7", "Pat", "5", "2026-03-25"],
    ]
    for separator in ",;\t|":
        text = "\n".join(separator.join(row) for row in rows)
        (line,), columns = read_statement("\ufeff" + text, "USD")
        assert (line.on, line.cents) == (date(2026, 3, 25), 5_00)
        assert (line.name, line.memo, line.reference) == ("Pat", "Roof", "7")
        assert columns == {
            "date": "Booking date",
            "amount": "Value",
            "name": "From",
            "memo": "Description",
            "reference": "Check",
        }


def test_of_two_columns_that_could_be_it_the_better_name_counts():
    (line,), columns = read_statement("Value,Amount,Date,Posted\n1,5,2026-03-25,2026-03-24\n", "USD")
    assert (line.on, line.cents) == (date(2026, 3, 25), 5_00)
    assert columns == {"date": "Date", "amount": "Amount"}


def test_a_row_without_an_amount_is_no_movement_and_a_short_one_is_one():
    text = "Date,Amount,Payee\n2026-03-25,5.00,Pat\nBrought forward,,\n2026-03-26,6.00\n"
    assert told(text) == [(date(2026, 3, 25), 5_00, "Pat"), (date(2026, 3, 26), 6_00, "")]


def test_a_table_is_read_whatever_its_line_ends_and_quotes_and_though_a_cell_holds_the_separator():
    text = 'Date,Amount,Payee\r\n2026-03-25,"1,234.00","Reyes, Pat; ""and"" Carol"\r\n'
    found = [(date(2026, 3, 25), 1_234_00, 'Reyes, Pat; "and" Carol')]
    assert told(text) == told(text.replace("\r\n", "\r")) == told(text.replace("\r\n", "\n")) == found
    assert told("Date;Amount;Net, USD\n2026-03-25;5;4\n") == [(date(2026, 3, 25), 5_00, "")]


def test_an_amount_has_the_decimals_of_its_currency():
    text = "Date;Amount\n2026-03-25;12000\n"
    assert read_statement(text, "JPY")[0][0].cents == 12_000
    assert read_statement(text, "KWD")[0][0].cents == 12_000_000


NOT_ONE = "This is no statement that can be read: an OFX file or a table (CSV) from your bank."


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "<OFX></OFX>",
        "Date,Amount\n",
        "Date,Amount\n2026-03-25,\n",
        "\nDate,Amount\n",
        "Date,Amount\n2026-03-25," + "1" * 200_000,
    ],
    ids=range(7),
)
def test_what_is_no_statement_is_refused(text):
    with pytest.raises(NotAStatement) as refused:
        read_statement(text, "USD")
    assert (refused.value.field, str(refused.value)) == ("file", NOT_ONE)


@pytest.mark.parametrize("mapping", [{}, {"date": "Wann"}, {"date": "When", "amount": "Wieviel"}])
def test_a_column_that_is_not_told_is_asked_for(mapping):
    with pytest.raises(ColumnsUnclear) as asked:
        read_statement("Wann,Wieviel\n2026-03-25,12.00\n", "USD", mapping=mapping)
    assert asked.value.field == "file"
    assert str(asked.value) == "Say once which column is which. It is remembered for the next file."


def refused_line(text: str) -> Refusal:
    with pytest.raises(LineUnclear) as refused:
        read_statement(text, "USD")
    assert (refused.value.code, refused.value.field) == ("line_unclear", "file")
    return refused.value


@pytest.mark.parametrize(
    "amount",
    ["12.345", "abc", "1e400", "1 E 4", "--", "12-34", "10000000000000.00", "1.2.3", "-10000000000000"],
)
def test_an_amount_that_cannot_be_read_is_named_with_its_line(amount):
    refused = refused_line(f"Date;Amount\n2026-03-25;1\n2026-03-25;{amount}\n")
    assert str(refused) == f"Line 3 cannot be read: “{amount}” is no amount."


def test_a_day_that_cannot_be_read_is_named_with_its_line_and_a_long_one_is_cut():
    refused = refused_line("Date;Amount\n2026-03-25;1\n2026-02-30;1\n")
    assert str(refused) == "Line 3 cannot be read: “2026-02-30” is no date."
    refused = refused_line(f"Date;Amount\n2026-03-25;1\n{'9' * 50};1\n")
    assert str(refused) == f"Line 3 cannot be read: “{'9' * 40}” is no date."
    assert str(refused_line("Date;Amount\n;1\n")) == "Line 2 cannot be read: “” is no date."
    ofx = "<OFX><STMTTRN><DTPOSTED>20260303<TRNAMT>5<STMTTRN><DTPOSTED>2026<TRNAMT>5"
    assert str(refused_line(ofx)) == "Line 2 cannot be read: “2026” is no date."
    ofx = "<OFX><STMTTRN><DTPOSTED>20260303<TRNAMT>5<STMTTRN><DTPOSTED>20260303<TRNAMT>five"
    assert str(refused_line(ofx)) == "Line 2 cannot be read: “five” is no amount."
