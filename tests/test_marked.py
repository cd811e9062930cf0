"""Each text is marked so that a translator finds it whole: literal, with named places for its values."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from milepost.config.catalogue import DEVELOPERS_OWN, KEYWORDS, ROOT, sources, translatable
from milepost.web.telling import ENTRIES, SENTENCES

# What is shown as it was told: each is put together of texts that are marked.
PUT_TOGETHER = {"{problem}"}
POSITIONAL = re.compile(r"%[sd]|\{\d*\}")


def parsed() -> Iterator[tuple[str, ast.Module]]:
    for path in sources():
        if path.suffix == ".py":
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Each call with the name of what is called, without what it belongs to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            yield name, node


def test_what_is_marked_is_a_literal_or_a_name_and_never_put_together_before():
    wrong = [
        f"{place}:{call.lineno}"
        for place, tree in parsed()
        for name, call in calls(tree)
        if name in KEYWORDS and call.args and _is_put_together(call.args[0])
    ]
    assert wrong == []


def _is_put_together(text: ast.expr) -> bool:
    """Anything but a literal, a name, or what is looked up by one."""
    is_looked_up = isinstance(text, ast.Call) and getattr(text.func, "attr", "") == "get"
    return isinstance(text, ast.JoinedStr | ast.BinOp | ast.Call) and not is_looked_up


def test_a_refusal_s_message_is_marked():
    wrong = [
        f"{place}:{node.lineno} {text.value}"
        for place, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for told in node.body
        if isinstance(told, ast.Assign | ast.AnnAssign)
        and "message" in {target.id for target in _targets(told) if isinstance(target, ast.Name)}
        and isinstance(text := told.value, ast.Constant)
        and text.value not in PUT_TOGETHER
    ]
    assert wrong == []


def _targets(told: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return told.targets if isinstance(told, ast.Assign) else [told.target]


def test_what_a_refusal_is_given_to_say_is_marked():
    wrong = [
        f"{place}:{call.lineno}"
        for place, tree in parsed()
        for name, call in calls(tree)
        if name == "InputRefused"
        for given in call.keywords
        if given.arg == "problem" and isinstance(given.value, ast.Constant | ast.JoinedStr)
    ]
    assert wrong == []


def test_every_place_for_a_value_has_a_name():
    """A translator may have to turn the order of a sentence round."""
    wrong = [
        text
        for message in translatable()
        for text in (message.id if isinstance(message.id, tuple) else (message.id,))
        if POSITIONAL.search(text.replace("%%", ""))
    ]
    assert wrong == []


def test_the_rooms_that_are_left_out_are_read_at_a_command_line_only():
    assert {"stories", "config"} == DEVELOPERS_OWN
    assert not list((ROOT / "stories").rglob("*.html"))


@pytest.mark.parametrize(("called", "told"), [("post", ENTRIES), ("tell", SENTENCES)])
def test_every_entry_of_the_journal_and_the_timeline_has_words(called, told):
    kinds = {
        given.value
        for place, tree in parsed()
        if place.startswith(("actions/", "mailroom/"))
        for name, call in calls(tree)
        if name == called
        for given in call.args[:2]
        if isinstance(given, ast.Constant)
    }
    assert kinds
    assert kinds - set(told) == set()


def test_the_sources_are_those_of_the_people_s_rooms():
    assert {path.relative_to(ROOT).parts[0] for path in sources()} >= {
        "web",
        "core",
        "actions",
        "mailroom",
        "queries",
    }
    assert Path("web/show.py") in {path.relative_to(ROOT) for path in sources()}
