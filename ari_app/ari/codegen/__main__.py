"""`python -m ari_app.ari.codegen REST_API_DIR` writes the generated modules anew."""

from __future__ import annotations

import sys
from pathlib import Path

from ari_app.ari.codegen.swagger import SwaggerError
from ari_app.ari.codegen.write import write

_USAGE = "usage: python -m ari_app.ari.codegen REST_API_DIR   (Asterisk's share/asterisk/rest-api)"


def main(arguments: list[str]) -> int:
    """Exit status: 0 written, 1 the folder is not Asterisk's, 2 wrong usage."""
    if len(arguments) != 1:
        sys.stderr.write(f"{_USAGE}\n")
        return 2
    try:
        for file in write(Path(arguments[0])):
            sys.stdout.write(f"{file}\n")
    except SwaggerError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
