"""The command line: the only package that prints and sets exit codes."""
