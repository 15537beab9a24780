"""Where the program to download begins."""

from kartu.cli.bundled import run

if __name__ == "__main__":
    run()
