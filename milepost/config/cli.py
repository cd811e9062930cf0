"""
The command line. Each command parses, starts what it needs and hands over; `milepost --help` lists
them. Exit codes: 0 done, 1 refused or failed, 2 wrong arguments (3: `doctor` or `verify` found something).
"""

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

Command = Callable[[argparse.Namespace], int]
FOUND_SOMETHING = 3


def main(given: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is a sentence on standard error and exit code 1."""
    arguments = _parser().parse_args(given)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.config.settings")
    from milepost.config.environment import BadConfiguration

    try:
        import django

        django.setup()
        return _answer(arguments)
    except BadConfiguration as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; that is its right
        return 0


def _answer(arguments: argparse.Namespace) -> int:
    from milepost.config import backup, databases, dropping, people, postgres
    from milepost.core.refusals import Refusal

    try:
        return int(arguments.run(arguments) or 0)
    except (
        Refusal,
        databases.NotReady,
        postgres.ServerRefused,
        dropping.NoUser,
        backup.BackupRefused,
        people.UnknownPerson,
    ) as refusal:
        say(str(refusal))
        return 1


def say(sentence: str) -> None:
    """Progress and refusals: standard error, so that standard output is the answer alone."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201


def show(line: str = "") -> None:
    """The answer."""
    print(line, flush=True)  # noqa: T201


# Commands --------------------------------------------------------------------------------------------


def serve(arguments: argparse.Namespace) -> int:
    """Start everything, load the demo the first time if asked, and say where it is."""
    from django.conf import settings

    from milepost.config import databases, serving

    with databases.running(), _ended_by_signals():
        databases.migrate(say)
        databases.check_guards()
        is_new = arguments.demo and _load_demo()

        def ready() -> None:
            show(f"\n  Milepost is at {settings.MILEPOST_URL}/   (Ctrl-C ends it)\n")
            if arguments.demo:
                _show_demo()
            if is_new and settings.PAYMENTS_ARE_PRACTICE:
                _pay_online()

        return serving.serve(with_worker=not arguments.web_only, ready=ready)


@contextlib.contextmanager
def _ended_by_signals():  # type: ignore[no-untyped-def]
    """Until the parts run, a SIGTERM ends us like Ctrl-C: through every `finally`."""
    import signal

    def end(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def work(_arguments: argparse.Namespace) -> int:
    """The worker: webhooks, messages, documents and the clock, until it is told to stop."""
    from milepost.config import databases
    from milepost.mailroom import worker

    with databases.running():
        databases.check_guards()
        worker.run_forever()
    return 0


def demo(_arguments: argparse.Namespace) -> int:
    """Load the demo into an empty database and show where to sign in."""
    from milepost.config import databases

    with databases.running(), _ended_by_signals():
        databases.migrate(say)
        _load_demo()
        _show_demo()
    return 0


def _load_demo() -> bool:
    """Into an empty database; one that was interrupted is begun anew. Whether it was loaded now."""
    from milepost.config import databases
    from milepost.stories import demo as stories

    kept = databases.businesses()
    if kept == 1 and stories.is_half_loaded():
        say("The demo was interrupted last time; it is begun anew.")
        databases.wipe()
        databases.migrate(say)
    elif kept:
        return False
    say("Loading the demo: a dozen jobs, played through from their first quote …")
    stories.load_demo(say=say)
    return True


def _pay_online() -> None:
    """A customer of the demo pays; without it the demo is as good, and nothing is on its way to the bank."""
    from milepost.core.refusals import Refusal
    from milepost.stories.demo_online import pay_online

    try:
        pay_online()
    except (OSError, Refusal) as trouble:
        say(f"Nobody paid online in the demo: {trouble}")


def _show_demo() -> None:
    from milepost.stories import demo as stories

    for line in stories.where_to_sign_in():
        show(f"  {line}")


def play(arguments: argparse.Namespace) -> int:
    """Play one story on a database of its own, or with --keep on the one that is served."""
    from milepost.config import databases
    from milepost.stories import player, reading

    story, read = reading.read_story(arguments.story)  # refused before any database is made
    with databases.running() if arguments.keep else databases.scratch(say):
        if arguments.keep:
            databases.migrate(say)
        report = player.play_story(story, read, journal=arguments.journal, explain=arguments.explain)
        show(report.as_json() if arguments.json else report.as_text(journal=arguments.journal))
        return 0 if report.as_told else 1


def verify(arguments: argparse.Namespace) -> int:
    """Check a record of a timeline by itself, or with --here against this database too."""
    from milepost.config import databases, verifying

    chain = verifying.read(arguments.file)
    wrong = verifying.by_itself(chain, show)
    if arguments.here:
        with databases.running():
            wrong += verifying.against_records(chain, show)
    return FOUND_SOMETHING if wrong else 0


def doctor(_arguments: argparse.Namespace) -> int:
    """Recompute every guarantee from the rows; exit code 3 when something does not hold."""
    from milepost.config import databases
    from milepost.mailroom import store_check
    from milepost.queries import doctor as doctors

    with databases.running():
        findings = doctors.examine(using="owner", say=say)
        broken = store_check.examine_files()
        say(f"{store_check.RULE}: {len(broken) or 'holds'}")
        findings += broken
        for finding in findings:
            show(str(finding))
        show("Everything holds." if not findings else f"{len(findings)} things do not hold.")
    return FOUND_SOMETHING if findings else 0


def back_up(arguments: argparse.Namespace) -> int:
    """Write database, files and link secrets into one file."""
    from milepost.config import backup, databases

    with databases.running():
        backup.back_up(arguments.file, say)
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Bring a backup back into an empty database."""
    from milepost.config import backup, databases

    with databases.running():
        backup.restore(arguments.file, say)
        databases.migrate(say)
    return 0


def user(arguments: argparse.Namespace) -> int:
    """People who sign in: add, list, disable, new password."""
    from milepost.config import databases, people

    with databases.running():
        for line in people.COMMANDS[arguments.what](arguments):
            show(line)
    return 0


def translate(arguments: argparse.Namespace) -> int:
    """Write a language's catalogue from the source, keeping what is translated; say what is missing."""
    from babel import Locale, UnknownLocaleError

    from milepost.config.catalogue import catalogue_path, missing, write_catalogue

    try:
        Locale.parse(arguments.language, sep="-")
    except (UnknownLocaleError, ValueError):
        say(f"“{arguments.language}” is not a language that Babel knows. Write it like es or pt-BR.")
        return 1
    folder = arguments.language.replace("-", "_")
    left = len(missing(write_catalogue(folder)))
    show(f"{catalogue_path(folder)}: {left} texts are not translated.")
    return 0


# Arguments -------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="milepost",
        description="Progress billing for people who are paid as the work moves.",
        epilog="Settings are environment variables: docs/configuration.md.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    one = _add(commands, "serve", serve, "start the web server and the worker")
    one.add_argument("--web-only", action="store_true", help="no worker: it runs elsewhere (milepost work)")
    one.add_argument("--demo", action="store_true", help="load the demo the first time; show its sign-ins")
    _add(commands, "work", work, "run a worker: messages, webhooks, documents, what time makes due")
    _add(commands, "demo", demo, "load the demo into an empty database and show its sign-ins")
    one = _add(commands, "play", play, "play a story and print what every document and balance said")
    one.add_argument(
        "story", type=Path, metavar="STORY", help="a YAML file: a business, a job, what happened"
    )
    one.add_argument("--json", action="store_true", help="the same, as JSON")
    one.add_argument("--journal", action="store_true", help="with every journal entry")
    one.add_argument("--explain", action="store_true", help="with the reasons of every amount on an invoice")
    one.add_argument("--keep", action="store_true", help="leave it in the database that is being served")
    _add(commands, "doctor", doctor, "recompute every guarantee from the rows (exit code 3: not all hold)")
    one = _add(
        commands,
        "verify",
        verify,
        "check a job's history that was taken along (exit code 3: it does not hold)",
    )
    one.add_argument("file", type=Path, metavar="FILE", help="a timeline.json")
    one.add_argument("--here", action="store_true", help="and whether this Milepost still has all of it")
    one = _add(commands, "backup", back_up, "write everything into one file")
    one.add_argument("file", type=Path, metavar="FILE", help="is made; an existing file is refused")
    one = _add(commands, "restore", restore, "bring a backup back into an empty Milepost")
    one.add_argument("file", type=Path, metavar="FILE")
    one = _add(commands, "words", translate, "bring a language's catalogue up to the source")
    one.add_argument("language", metavar="LANGUAGE", help="like es or pt-BR")
    _add_user(commands)
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: Command, what: str
) -> argparse.ArgumentParser:
    added = commands.add_parser(name, help=what, description=(run.__doc__ or what).strip())
    added.set_defaults(run=run)
    return added


def _add_user(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    whats = _add(commands, "user", user, "people who sign in").add_subparsers(
        dest="what", metavar="WHAT", required=True
    )
    one = whats.add_parser("add", help="a person, and what they are in which business")
    one.add_argument("email")
    one.add_argument("--name", default="")
    one.add_argument("--business", help="its name or number; needed when there is more than one")
    one.add_argument("--role", default="technician", help="owner, bookkeeper, technician or accountant")
    _password_argument(one)
    one = whats.add_parser("password", help="a new password")
    one.add_argument("email")
    _password_argument(one)
    one = whats.add_parser("disable", help="can't sign in any more, at once; what they did stays")
    one.add_argument("email")
    whats.add_parser("list", help="everybody, with business and role")


def _password_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--password-stdin", action="store_true", help="read it from standard input instead of asking"
    )


if __name__ == "__main__":
    raise SystemExit(main())
