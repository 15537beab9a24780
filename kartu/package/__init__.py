"""Packages: a compiled deck as .apkg files, and the manifest that describes them."""
