"""Changes in people's files; every other byte stays as it was."""
