"""Cards on paper: cards to cut out, a handout, and a test with its key, as PDF."""
