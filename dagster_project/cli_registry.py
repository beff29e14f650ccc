"""The verbs of the registry itself: verify.

Belongs here: options, and printing what is answered.
Does not belong here: what is proven (`ingest.registry_proof`, `publish.verifying`).
"""

from __future__ import annotations

import click


@click.command(epilog="Example: edfin verify")
@click.option("--all", "is_whole", is_flag=True, help="Every generation that is kept, not only the current ones and the releases.")  # fmt: skip
def verify(is_whole: bool) -> int:
    """Prove that nothing was changed since it was recorded: events, verdicts, findings, raw files; tables of generations, releases, extracts.

    Exit code 0 where everything holds, 1 where something was changed (each line says what).
    """
    from ingest.audit_heads import read_heads
    from ingest.landing import Landing
    from ingest.raw import changed_files
    from ingest.registry import Registry
    from ingest.settings import Settings
    from publish import verifying

    settings = Settings.read()
    registry, landing = Registry.open(settings), Landing.open(settings)
    receipts = [(one["event_position"], one["event_hash"]) for one in landing.receipts()]
    problems = registry.verify_chain([*receipts, *read_heads(settings.home)])
    problems += changed_files(settings.raw_folder, registry.raw_files())
    problems += verifying.problems(
        settings.home, registry.events(event_types=("released", "release_withdrawn")), is_whole
    )
    for problem in problems:
        click.echo(f"edfin: {problem}", err=True)
    head = registry.head()
    click.echo(
        f"{head.position} events, head {head.hash}: {f'{len(problems)} problems' if problems else 'the chain holds'}."
    )
    return 1 if problems else 0
