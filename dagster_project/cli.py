"""The command `edfin`: one group, one line a verb.

Belongs here: naming the verbs, and turning what went wrong into one line on stderr and an exit code.
Does not belong here: what a verb does; verbs live in `cli_<noun>.py`, and import the houses only when they run.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import os
import sys
import traceback
from collections.abc import Callable, Sequence

import click

from ingest.refusals import Refusal, SystemFailure

VERBS = {
    "submit": "dagster_project.cli_submission",
    "status": "dagster_project.cli_submission",
    "findings": "dagster_project.cli_report",
    "explain-finding": "dagster_project.cli_lifecycle",
    "certify": "dagster_project.cli_lifecycle",
    "reopen": "dagster_project.cli_lifecycle",
    "withdraw": "dagster_project.cli_lifecycle",
    "waive": "dagster_project.cli_lifecycle",
    "regate": "dagster_project.cli_lifecycle",
    "purge": "dagster_project.cli_purge",
    "nightly": "dagster_project.cli_nightly",
    "check": "dagster_project.cli_check",
    "template": "dagster_project.cli_template",
    "edits": "dagster_project.cli_report",
    "sample": "dagster_project.cli_sample",
    "watch": "dagster_project.cli_watch",
    "generations": "dagster_project.cli_publish",
    "rollback": "dagster_project.cli_publish",
    "publish-candidate": "dagster_project.cli_publish",
    "sql": "dagster_project.cli_publish",
    "rebuild": "dagster_project.cli_rebuild",
    "diff": "dagster_project.cli_diff",
    "explain": "dagster_project.cli_explain",
    "simulate": "dagster_project.cli_simulate",
    "f33": "dagster_project.cli_f33",
    "essa": "dagster_project.cli_essa",
    "docs": "dagster_project.cli_docs",
    "page": "dagster_project.cli_page",
    "extract": "dagster_project.cli_extract",
    "export-db": "dagster_project.cli_doors",
    "publish": "dagster_project.cli_doors",
    "serve-sql": "dagster_project.cli_doors",
    "release": "dagster_project.cli_release",
    "verify": "dagster_project.cli_registry",
    "grant": "dagster_project.cli_access",
    "revoke": "dagster_project.cli_access",
    "readers": "dagster_project.cli_access",
}
"""Each verb and the module whose function of the same name (hyphens as underscores) is its command."""

OPEN = ("check", "template", "edits", "docs")
"""Verbs that touch nobody's data."""
USAGE, SYSTEM_ERROR = 2, 3


class LazyGroup(click.Group):
    """A group that imports a verb's module when the verb is asked for."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            if near := difflib.get_close_matches(name, VERBS, 1):
                raise click.UsageError(f"There is no verb {name}. Did you mean {near[0]}?")
            return None
        command = getattr(importlib.import_module(VERBS[name]), name.replace("-", "_"))
        if name not in OPEN and not hasattr(command.callback, "__wrapped__"):
            command.callback = _guarded(command.callback, name)
        return command


def _guarded(callback: Callable, verb: str) -> Callable:
    """The verb's work; whether the reader may use it is asked when it runs, so that `--help` stays quick."""

    @functools.wraps(callback)
    def run(*arguments: object, **options: object) -> object:
        if not options.get("public"):
            from dagster_project.reading import refuse_other_verbs

            refuse_other_verbs(verb)
        return callback(*arguments, **options)

    return run


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def edfin() -> None:
    """A state education agency's finance warehouse: submit, judge, build, release.

    Settings come from EDFIN_HOME, EDFIN_STATE, EDFIN_REGISTRY and EDFIN_KEY_FILE, or a file .env (see .env.example).
    Exit codes: 0 done, 1 the data was found wanting, 2 usage, 3 system error.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(_exit_code(arguments))


def _exit_code(arguments: Sequence[str] | None) -> int:
    try:
        return edfin.main(arguments, prog_name="edfin", standalone_mode=False) or 0
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.ClickException as problem:
        return _say(
            problem.format_message(), problem.exit_code if problem.exit_code in (USAGE, SYSTEM_ERROR) else USAGE
        )
    except (click.Abort, KeyboardInterrupt):
        return _say("stopped.", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as problem:
        return _say_problem(problem)


def _say_problem(problem: Exception) -> int:
    """What is meant for a person in its own words; anything else is ours, and `EDFIN_DEBUG=1` shows where it comes from."""
    if isinstance(problem, Refusal | SystemFailure):
        return _say(str(problem), problem.exit_code)
    if os.environ.get("EDFIN_DEBUG"):
        traceback.print_exc()
    said = " ".join(str(problem).split())[:300]
    return _say(f"system error: {type(problem).__name__}: {said} (EDFIN_DEBUG=1 shows more)", SYSTEM_ERROR)


def _say(line: str, code: int) -> int:
    click.echo(f"edfin: {line}", err=True)
    return code


if __name__ == "__main__":
    main()
