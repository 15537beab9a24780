"""`python -m kartu` is `kartu`."""

from kartu.cli.program import run

if __name__ == "__main__":
    run()
