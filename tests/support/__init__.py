"""What the tests share: small projects from text, and the real Anki engine."""
