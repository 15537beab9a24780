"""What Anki itself does with templates and fields, found by experiment with the real engine."""
