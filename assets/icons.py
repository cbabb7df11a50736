"""Gathers the icons named in icons.txt from Bootstrap Icons (MIT) into the one sprite src/openiop/ui/icons.svg."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
SOURCE = HERE / "node_modules" / "bootstrap-icons"
SPRITE = HERE.parent / "src" / "openiop" / "ui" / "icons.svg"
NOTICE = "Icons from Bootstrap Icons 1.13.2. Copyright (c) 2019-2024 The Bootstrap Authors. MIT license."


def symbol(name: str, file_name: str) -> str:
    """The SVG file as a `<symbol>` called `name`."""
    svg = (SOURCE / "icons" / f"{file_name}.svg").read_text(encoding="utf-8")
    match = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if match is None:
        raise SystemExit(f"{file_name}.svg is not an SVG file")
    shapes = re.sub(r"\s+", " ", match[1]).replace("> <", "><").strip()
    return f'<symbol id="{name}" viewBox="0 0 16 16">{shapes}</symbol>'


def main() -> None:
    """Writes the sprite, sorted by name."""
    rows = [line.split() for line in (HERE / "icons.txt").read_text(encoding="utf-8").splitlines()]
    names = {row[0]: row[-1] for row in rows if row and row[0] != "#"}
    symbols = "\n".join(symbol(name, names[name]) for name in sorted(names))
    SPRITE.write_text(
        f'<!-- {NOTICE} -->\n<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n', encoding="utf-8"
    )
    print(f"icons.svg: {len(names)} icons")


if __name__ == "__main__":
    main()
