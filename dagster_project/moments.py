"""Moments as people write them.

Belongs here: reading them. Does not belong here: the clock.
"""

from __future__ import annotations

from datetime import UTC, datetime

import click


def parse_moment(text: str) -> datetime:
    """Read ISO 8601: UTC unless it says otherwise; a day means its end.

    Raises:
        click.UsageError: it is no moment.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise click.UsageError(f"'{text}' is no moment: write 2026-03-31 or 2026-03-31T17:00:00Z.") from None
    if len(text.strip()) == len("2026-03-31"):
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999999)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
