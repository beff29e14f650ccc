"""A synthetic state whose true numbers are known before its files are written.

Belongs here: drawing the truth of the analysts' tables, splitting it down into what districts would submit,
writing the files, the directory and the truth, and planting defects.
Does not belong here: reading the warehouse's crosswalk, models or contracts (the truth must not share a mistake
with what it checks), and submitting (the command line does that).
"""

from sample.make import make

__all__ = ["make"]
