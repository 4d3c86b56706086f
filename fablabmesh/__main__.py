"""`python -m fablabmesh`: the command line."""

from fablabmesh.app import cli

if __name__ == "__main__":
    cli()
