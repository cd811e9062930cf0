"""
Several questions in one statement.

What an action needs of a job stands in ten tables; asked one by one, the way there and back costs
more than the answers. Each question is a plain queryset of one model, with annotations if it likes.
"""

import json
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet


def together(*questions: "QuerySet[Any]") -> list[list[Any]]:
    """
    The rows of each queryset, in its own order, as model instances; one statement for all.

    Not for querysets with joined models (select_related), slices of fields (only, values) or an
    empty `in`: those are asked by themselves.
    """
    parts, params = [], []
    for question in questions:
        sql, values = question.query.sql_with_params()
        parts.append(f"(SELECT json_agg(q)::text FROM ({sql}) q)")  # noqa: S608 - compiled by Django
        params += values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        answers = cursor.fetchone()
    return [_rows(question.model, answer) for question, answer in zip(questions, answers, strict=True)]


def _rows(model: type[Model], answer: str | None) -> list[Model]:
    if answer is None:
        return []
    fields = {field.column: field for field in model._meta.concrete_fields}
    found = []
    for row in json.loads(answer, parse_float=Decimal):
        known = {name: value for name, value in row.items() if name in fields}
        values = [fields[name].to_python(value) for name, value in known.items()]
        made = model.from_db(connection.alias, [fields[name].attname for name in known], values)
        for name in row.keys() - known.keys():
            setattr(made, name, row[name])
        found.append(made)
    return found
