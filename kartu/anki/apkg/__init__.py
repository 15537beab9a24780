"""Anki's packages, .apkg and .colpkg, of whatever form and age."""
