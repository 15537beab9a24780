"""What a student will notice when one state of a deck is imported over another."""
