"""`python -m milepost.stories > docs/story.schema.json` writes the format's JSON Schema."""

import sys

from milepost.stories.schema import schema_text

sys.stdout.write(schema_text())
