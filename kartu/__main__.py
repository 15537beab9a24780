"""`python -m kartu` is `kartu`."""

from kartu.cli.main import main

if __name__ == "__main__":
    main()
