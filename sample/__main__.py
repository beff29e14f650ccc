"""`python -m sample`: write the sample state to a folder without submitting it.

Belongs here: command-line arguments. Does not belong here: anything else.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sample.make import make

parser = argparse.ArgumentParser(
    prog="python -m sample", description=__doc__, epilog="Example: python -m sample --leas 60 --into data"
)
parser.add_argument("--into", type=Path, default=Path("data"), help="the EDFIN_HOME to write below (default ./data)")
parser.add_argument("--leas", type=int, default=60)
parser.add_argument("--first-year", type=int, default=2021)
parser.add_argument("--last-year", type=int, default=2025)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--errors", action="store_true", help="plant defects; truth/findings.parquet says which")
args = parser.parse_args()
folder = args.into / "sample"
print(
    make(
        folder,
        folder / "reference",
        args.into / "truth",
        args.leas,
        args.first_year,
        args.last_year,
        args.seed,
        args.errors,
    )
)
