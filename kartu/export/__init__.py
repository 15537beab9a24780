"""Notes for other programs, and for a spreadsheet from which they come back."""
