"""The verbs of the registry itself: verify.

Belongs here: options, and printing what `ingest` answers.
Does not belong here: what is proven (`ingest.registry_proof`).
"""

from __future__ import annotations

import click


@click.command(epilog="Example: edfin verify")
def verify() -> int:
    """Prove the audit chain: no event, verdict, finding or raw file was changed since it was recorded.

    Exit code 0 where everything holds, 1 where something was changed (each line says what).
    """
    from ingest.landing import Landing
    from ingest.raw import changed_files
    from ingest.registry import Registry
    from ingest.settings import Settings

    settings = Settings.read()
    registry, landing = Registry.open(settings), Landing.open(settings)
    problems = registry.verify_chain((one["event_position"], one["event_hash"]) for one in landing.receipts())
    problems += changed_files(settings.raw_folder, registry.raw_files())
    for problem in problems:
        click.echo(f"edfin: {problem}", err=True)
    head = registry.head()
    click.echo(
        f"{head.position} events, head {head.hash}: {f'{len(problems)} problems' if problems else 'the chain holds'}."
    )
    return 1 if problems else 0
