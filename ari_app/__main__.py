"""`python -m ari_app`: the `mercury` command."""

from ari_app.cli import main

main()
