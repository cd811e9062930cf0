"""A guarantee as a question: each row of the answer says where it does not hold."""

Checks = tuple[tuple[str, str], ...]
"""Each rule in words, and the SQL that finds what breaks it: one text column, the place."""
