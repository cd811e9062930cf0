"""A story of hundreds of lines ends exact, and no invoice's tax drifts from its base by a line's rounding."""

import yaml

from milepost.stories.player import play

LINES = 360


def story() -> str:
    told = {
        "title": "A wall of small things",
        "customer": {"name": "Carol Reyes", "email": "carol@example.com"},
        "quote": {
            "on": "ON-02",
            "lines": [
                {
                    "id": f"l{n}",
                    "description": f"Hook {n}",
                    "unit_price": "1.11",
                    "tax": {"Sales tax": "8.875"},
                }
                for n in range(LINES)
            ],
            "schedule": {
                "deposit": {"percent": "25"},
                "milestones": [{"name": f"M{n}", "share": "1"} for n in range(1, 8)],
            },
        },
        "events": [
            {"on": "ON-02", "sign": "Carol Reyes"},
            *({"on": f"ON-0{n + 2}", "bill": [f"M{n}"]} for n in range(1, 8)),
        ],
    }
    return yaml.safe_dump(told).replace("ON-", "2026-03-")


def test_seven_invoices_over_360_lines_carry_the_signed_tax_and_each_is_within_a_cent(database):
    # 360 x 1.11 = 399.60; x 8.875 % = 35.4645 -> 35.46; 435.06; deposit 108.765 -> 108.77; 326.29 in sevenths
    output = play(story()).output
    assert output["contract"]["total"] == "435.06"  # type: ignore[index]
    bills = [one for one in output["documents"] if one["kind"] == "progress"]  # type: ignore[attr-defined]
    # Each a difference of cumulative figures: the first is 46.62 + 15.54 = 62.16 earned, by 399.60 : 35.46.
    assert [(one["net"], one["tax"]["Sales tax 8.875"], one["recovered"], one["due"]) for one in bills] == [
        ("57.09", "5.07", "15.54", "46.62"),
        ("57.10", "5.06", "15.54", "46.62"),
        ("57.08", "5.07", "15.54", "46.61"),
        ("57.09", "5.06", "15.54", "46.61"),
        ("57.07", "5.07", "15.53", "46.61"),
        ("57.09", "5.06", "15.54", "46.61"),
        ("57.08", "5.07", "15.54", "46.61"),
    ]
    assert output["ledger"] == {"Accounts receivable": "435.06", "Tax payable": "35.46", "Revenue": "399.60"}
