"""A quote with hundreds of lines, as its form sends it."""

from collections.abc import Sequence

from tests.cast import Cast


def long_form(cast: Cast, lines: int, taxes: Sequence[int] = (), *, rows: int = 12) -> dict[str, object]:
    """The fields of a whole quote: so many lines in sections, some optional, some with a discount."""
    form: dict[str, object] = {
        "customer": str(cast.customer_id),
        "title": "Whole house",
        "net_days": "14",
        "line": [str(n) for n in range(1, lines + 1)],
        "row": [str(n) for n in range(1, rows + 1)],
    }
    for n in range(1, lines + 1):
        form |= {
            f"line-{n}-description": f"Position {n}: supply and fit",
            f"line-{n}-quantity": f"{n % 7 + 1}.5",
            f"line-{n}-unit": "pcs",
            f"line-{n}-price": f"{n}.{n % 9}375",
            f"line-{n}-section": f"Room {(n - 1) // 20 + 1}",
            f"line-{n}-discount": "5" if n % 10 == 0 else "",
            f"line-{n}-tax": [str(code) for code in taxes],
        }
        if n % 15 == 0:
            form[f"line-{n}-optional"] = "on"
    for n in range(1, rows + 1):
        last = n == rows
        form |= {
            f"row-{n}-name": f"Stage {n}",
            f"row-{n}-kind": "milestone",
            f"row-{n}-basis": "remainder" if last else "percent",
            f"row-{n}-value": "" if last else "8",
            f"row-{n}-bill_on": "completion",
            f"row-{n}-criteria": "Clean\nTidy",
            f"row-{n}-evidence": ["photo"],
        }
    return form
