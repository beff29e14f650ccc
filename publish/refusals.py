"""The one exception of this package that is meant for a person to read.

A `Refusal` carries a single line saying what was asked, why it cannot be done and what to do instead; the command line prints it
and exits 2. Broken machinery is not a refusal: let its own exception through.
"""


class Refusal(Exception):
    """What was asked for cannot be done as asked."""
