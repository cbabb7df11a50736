"""Prints the folder to name in OPENIOP_INSTRUMENT_FOLDERS."""

from __future__ import annotations

import sys

from openiop_nc_instruments import FOLDER

sys.stdout.write(f"{FOLDER}\n")
