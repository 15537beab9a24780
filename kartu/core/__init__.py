"""Foundations: source positions, diagnostics, the model, identity, text."""
