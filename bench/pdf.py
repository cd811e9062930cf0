"""
What one PDF costs: prints JSON with milliseconds.

`first` includes the start of the printing process; the others are the median of 30 different documents
in a warm one. The aim: 25 to 50 ms for an invoice of 40 lines.
"""

import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from milepost.gateways.pdf import Press
from tests.gateways import document_samples as samples


def milliseconds(press: Press, template: str, content: dict) -> float:
    started = time.perf_counter()
    press.render(template, 1, content)
    return (time.perf_counter() - started) * 1000


def different(content: dict, number: int) -> dict:
    """The same size, other words: nothing may come from typst's cache of the document before."""
    table = content["table"] | {
        "rows": [row | {"text": f"{row['text']} ({number})"} for row in content["table"]["rows"]]
    }
    return content | {"number": str(number), "table": table}


def median(press: Press, template: str, content: dict) -> float:
    return round(
        statistics.median(milliseconds(press, template, different(content, n)) for n in range(30)), 1
    )


def main() -> None:
    press = Press()
    figures = {
        "unit": "ms",
        "first": round(milliseconds(press, "invoice", samples.invoice()), 1),
        "invoice": median(press, "invoice", samples.invoice()),
        "invoice_40_lines": median(press, "invoice", samples.invoice(40)),
        "invoice_400_lines": round(milliseconds(press, "invoice", samples.invoice(400)), 1),
        "receipt": median(press, "receipt", samples.receipt()),
        "contract": median(press, "contract", samples.contract()),
    }
    press.close()
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
