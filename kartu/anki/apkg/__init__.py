"""Reads Anki's packages, .apkg and .colpkg, in all their formats."""
