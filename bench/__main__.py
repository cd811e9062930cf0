"""Time what matters: `python -m bench` prints JSON, a part after the other. `python -m bench.walk STEP` shows its SQL."""

from bench import pdf, walk

pdf.main()
walk.main()
