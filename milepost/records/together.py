"""
Several questions, or several rewritten rows, in one statement.

What an action needs of a job stands in fifteen tables; asked one by one, the way there and back costs
more than the answers. Each question is a plain queryset of one model, with annotations if it likes.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Model, QuerySet, Value


def together(*questions: "QuerySet[Any]") -> list[list[Any]]:
    """
    The rows of each queryset, in its own order, as model instances; one statement for all.

    Not for querysets with joined models (select_related), slices of fields (only, values) or an
    empty `in`: those are asked by themselves.
    """
    return Questions.of(*questions).ask()


@dataclass(frozen=True)
class Given:
    """The place of a value that is known when a question is asked."""

    name: str


def given(name: str) -> Value:
    """Stands in a queryset's filter for the value that `Questions.ask` is told by this name."""
    return Value(Given(name))


@dataclass(frozen=True)
class Questions:
    """
    Querysets made into SQL once and asked often: making the SQL of fifteen takes longer than the
    database takes to answer it.
    """

    models: tuple[type[Model], ...]
    sql: str
    params: tuple[object, ...]

    @classmethod
    def of(cls, *querysets: "QuerySet[Any]") -> "Questions":
        parts, params = [], []
        for queryset in querysets:
            sql, values = queryset.query.sql_with_params()
            parts.append(f"(SELECT json_agg(q)::text FROM ({sql}) q)")  # noqa: S608 - compiled by Django
            params += values
        return cls(tuple(q.model for q in querysets), f"SELECT {', '.join(parts)}", tuple(params))

    def ask(self, **values: object) -> list[list[Any]]:
        """The rows of each question; `values` by the names of what is given."""
        params = [values[param.name] if isinstance(param, Given) else param for param in self.params]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            answers = cursor.fetchone()
        return [_rows(model, answer) for model, answer in zip(self.models, answers, strict=True)]


def rewrite(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Write these fields of these rows, which stand already; one statement, whatever their number."""
    if not rows:
        return
    model = type(rows[0])
    columns = [model._meta.get_field(name).column for name in fields]  # type: ignore[union-attr]
    new = [{"id": row.pk} | {column: getattr(row, column) for column in columns} for row in rows]
    sets = ", ".join(f'"{column}" = new."{column}"' for column in columns)
    table = f'"{model._meta.db_table}"'
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} old SET {sets} FROM json_populate_recordset(NULL::{table}, %s) new"  # noqa: S608 - names of our own models
            " WHERE old.id = new.id",
            [json.dumps(new, cls=DjangoJSONEncoder)],
        )


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
