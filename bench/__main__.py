"""Time what matters: `python -m bench` prints JSON, a part after the other. `python -m bench.walk STEP` shows a step's SQL."""

from bench import changes, lists, long_quote, pdf, walk

pdf.main()
walk.main()
lists.main()
long_quote.main()
changes.main()
