"""Time what matters: `python -m bench` prints one JSON object a line, a part each."""

from bench import pdf, walk

pdf.main()
walk.main()
