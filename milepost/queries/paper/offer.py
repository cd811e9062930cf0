"""A quote on paper, before it is signed: the work, the options, the whole schedule, a line to sign on."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from milepost.queries.documents_shape import Amount, ContractContent, Fact, Row, Signature, Table
from milepost.queries.paper.contract import (
    clauses_in_words,
    discount_clause,
    parties_of,
    schedule_table,
    sums_of,
)
from milepost.queries.paper.facts import LineFacts, OfferFacts
from milepost.queries.paper.parts import fact, head, net_terms, project
from milepost.queries.paper.reader import Reader, reading
from milepost.queries.paper.work import priced_table, section, used


def offer_content(facts: OfferFacts) -> ContractContent:
    """The version that is offered, in the reader's language, to be read and signed by hand. Refuses nothing."""
    job = facts.job
    with reading(job) as reader:
        return ContractContent(
            **head(
                job,
                reader,
                title=_("Quote"),
                number=job.number,
                subject=job.title,
                facts=_about(facts, reader),
                parties=parties_of(job),
                project=project(job),
                clauses=discount_clause(facts.discount_percent, reader)
                + clauses_in_words(facts.note, facts.taxes, facts.clauses),
            ),
            amount=Amount(
                label=_("Total"),
                value=reader.coded(job.contract_cents),
                note=_("tax included") if used(facts.taxes) else "",
            ),
            table=_table(facts, reader),
            totals=sums_of(job, facts.lines, facts.taxes, reader, label=_("Total")),
            schedule=schedule_table(facts.rows, reader),
            signatures=_to_sign(facts),
        )


def _about(facts: OfferFacts, reader: Reader) -> list[Fact]:
    known = [fact(_("Version"), str(facts.version))]
    if facts.good_until:
        known.append(fact(_("Good until"), reader.day(facts.good_until)))
    return [*known, fact(_("Terms"), net_terms(int(str(facts.job.terms["net_days"]))))]


def _table(facts: OfferFacts, reader: Reader) -> Table:
    """The work that counts, then the options, each with a box to tick by hand."""
    with_tax = facts.job.prices_include_tax
    table = priced_table(facts.lines, reader, heading=_("The work"), with_tax=with_tax)
    if facts.options:
        options = priced_table(_boxed(facts.options), reader, heading="", with_tax=with_tax)
        table["rows"] = [*table["rows"], _options_head(), *options["rows"]]
    return table


def _options_head() -> Row:
    return section(_("Options, not in the total: tick what you want"))


def _boxed(options: Sequence[LineFacts]) -> list[LineFacts]:
    return [replace(line, description=f"[   ] {line.description.strip()}", section="") for line in options]


def _to_sign(facts: OfferFacts) -> list[Signature]:
    business = facts.job.business.name
    return [
        Signature(
            label=_("For {business}").format(business=business),
            name=business,
            signed=_("by sending version {version} to be signed").format(version=facts.version),
        ),
        Signature(label=_("For the customer"), name="", signed=_("Place, date, name and signature")),
    ]
