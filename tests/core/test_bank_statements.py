"""Bank statements as banks write them."""

from datetime import date
from hashlib import sha256

import pytest

from milepost.core.bank_statements import (
    ColumnsUnclear,
    CutShort,
    LineUnclear,
    NotAStatement,
    OtherCurrency,
    TooManyLines,
    read_statement,
)
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


@pytest.mark.parametrize(
    ("amount", "cents"),
    [
        ("\u221212.50", -12_50),  # a real minus sign, as spreadsheets write it
        ("12.50\u2013", -12_50),
        ("12.50 DR", -12_50),
        ("12.50 D", -12_50),
        ("12,50 S", -12_50),
        ("Dr 12.50", -12_50),
        ("12.50 CR", 12_50),
        ("12.50 USD", 12_50),
        ("12,50 H", 12_50),
        ("1'234.50", 1_234_50),
        ("1\u00a0234,50", 1_234_50),
        ("S$12.50", 12_50),
    ],
)
def test_what_went_out_is_never_read_as_money_that_came_in(amount, cents):
    assert told(f"Date;Amount\n2026-03-25;{amount}\n")[0][1] == cents


def test_a_column_of_its_own_may_say_which_way_the_money_went():
    text = "Date,Amount,Type,Payee\n2026-03-25,5.00,DEBIT,Rent\n2026-03-26,7.00,CREDIT,Pat\n"
    assert [line[1] for line in told(text)] == [-5_00, 7_00]
    # Where the amounts have their signs, they count and not the words
    text = "Date,Amount,Type\n2026-03-25,-5.00,DEBIT\n2026-03-26,7.00,DEBIT\n"
    assert [line[1] for line in told(text)] == [-5_00, 7_00]
    # Another column that happens to hold such words, and others, says nothing about it
    text = "Date,Amount,Note\n2026-03-25,5.00,out\n2026-03-26,7.00,lamp\n"
    assert [line[1] for line in told(text)] == [5_00, 7_00]
    # Two columns for the two ways: what came in is read
    text = "Date,Description,Debit,Credit\n2026-03-25,Rent,5.00,\n2026-03-26,Pat,,7.00\n"
    assert [line[1] for line in told(text)] == [7_00]


@pytest.mark.parametrize(
    "day",
    ["25.03.26", "25/03/26", "3/25/26", "25 Mar 2026", "25-Mar-2026", "Mar 25, 2026", "2026-03-25 14:05",
     "2026-03-25T14:05:09Z", "2026.03.25"],
)  # fmt: skip
def test_more_ways_of_writing_a_day(day):
    assert told(f"Date;Amount\n{day};1\n")[0][0] == date(2026, 3, 25)


def test_a_day_that_fits_two_ways_is_read_as_the_currency_s_country_writes_it():
    text = "Date,Amount\n03/04/2026,1\n"
    assert read_statement(text, "USD")[0][0].on == date(2026, 3, 4)
    assert read_statement(text, "GBP")[0][0].on == date(2026, 4, 3)
    assert read_statement("Date,Amount\n03/25/2026,1\n", "GBP")[0][0].on == date(2026, 3, 25)


def test_what_stands_above_the_table_is_left_out():
    text = (
        'Description,,Summary Amt.\nBeginning balance as of 03/01/2026,,"1,000.00"\n\n'
        "Date,Description,Amount,Running Bal.\n03/01/2026,Beginning balance,,1000.00\n03/25/2026,PAT REYES,12.50,1012.50\n"
    )
    assert told(text) == [(date(2026, 3, 25), 12_50, "PAT REYES")]
    assert str(refused_line(text + "03/26/2026,PAT,x1,5\n".replace("x1", "abc"))).startswith("Line 7 ")


def test_a_file_that_ends_in_the_middle_is_refused_and_not_read_short():
    for cut in (SGML[: SGML.index(".50<FITID>A2")], SGML[: SGML.index("<STMTTRN><TRNTYPE>CHECK")]):
        with pytest.raises(CutShort) as refused:
            read_statement(cut, "USD")
        assert str(refused.value) == "This file ends in the middle. Download it from your bank once more."
    whole = "Date,Payee,Amount,Balance\n2026-03-25,Pat,10.00,10.00\n2026-03-26,Pat,1250.00,1260.00"
    assert len(told(whole)) == 2
    with pytest.raises(CutShort):
        told(whole[: whole.index("50.00,1260")])


def test_each_account_of_a_file_has_its_own_numbers():
    one = "<STMTRS><CURDEF>USD<ACCTID>{}<STMTTRN><DTPOSTED>20260303<TRNAMT>5<FITID>A1<NAME>{}</STMTRS>"
    text = f"<OFX>{one.format(1, 'Pat')}{one.format(2, 'Carol')}</OFX>"
    lines = read_statement(text, "USD")[0]
    assert [line.name for line in lines] == ["Pat", "Carol"]
    assert len({line.fingerprint for line in lines}) == 2
    # The same movement in a file of that account alone is the same
    alone = read_statement(f"<OFX>{one.format(2, 'Carol')}</OFX>", "USD")[0]
    assert alone[0].fingerprint == lines[1].fingerprint


def test_a_number_that_a_bank_gave_to_two_movements_loses_neither():
    text = "<OFX><ACCTID>1<STMTTRN><DTPOSTED>20260303<TRNAMT>5<FITID>0<STMTTRN><DTPOSTED>20260304<TRNAMT>7<FITID>0</OFX>"
    assert len({line.fingerprint for line in read_statement(text, "USD")[0]}) == 2
    twice = text.replace("20260304<TRNAMT>7", "20260303<TRNAMT>5")
    assert len({line.fingerprint for line in read_statement(twice, "USD")[0]}) == 1


def test_a_statement_in_another_currency_is_refused():
    with pytest.raises(OtherCurrency) as refused:
        read_statement(SGML, "EUR")
    assert str(refused.value) == "This is the statement of an account in USD; yours is in EUR."


def test_too_many_lines_are_said_so_and_none_is_left_out_in_silence():
    text = "Date,Amount\n" + "2026-03-25,1\n" * 20_001
    with pytest.raises(TooManyLines) as refused:
        read_statement(text, "USD")
    assert str(refused.value).startswith("This file has more than 20,000 lines.")
    assert len(read_statement(text.removesuffix("2026-03-25,1\n"), "USD")[0]) == 20_000


def test_a_day_that_fits_two_ways_follows_follows_the_one_that_all_others_fit():
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
    head, end = "<OFX><ACCTID>123\n", "</OFX>"
    march = read_statement(head + coffee + coffee + end, "USD")[0]
    both = read_statement(head + rent + coffee + coffee + end, "USD")[0]
    assert len({line.fingerprint for line in both}) == 3
    assert [line.fingerprint for line in both[1:]] == [line.fingerprint for line in march]
    other_account = read_statement(head.replace("123", "124") + coffee + end, "USD")[0]
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
    for written in ("12.000", "12,000", "12000"):
        assert read_statement(f"Date;Amount\n2026-03-25;{written}\n", "CLP")[0][0].cents == 12_000
    assert told("Date;Amount\n2026-03-25;1.234.567\n")[0][1] == 1_234_567_00
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
