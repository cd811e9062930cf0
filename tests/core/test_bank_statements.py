"""Bank statements as banks write them."""

from datetime import date

import pytest

from milepost.core.bank_statements import ColumnsUnclear, LineUnclear, NotAStatement, read_statement

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


@pytest.mark.parametrize("text", ["", "hello", "<OFX></OFX>", "Date,Amount\n"])
def test_what_is_no_statement_is_refused(text):
    with pytest.raises((NotAStatement, ColumnsUnclear)):
        read_statement(text, "USD")


@pytest.mark.parametrize("amount", ["12.345", "abc", "1e400", "--"])
def test_a_line_that_cannot_be_read_is_named(amount):
    with pytest.raises(LineUnclear, match="Line 3 cannot be read"):
        read_statement(f"Date;Amount\n2026-03-25;1\n2026-03-25;{amount}\n", "USD")
