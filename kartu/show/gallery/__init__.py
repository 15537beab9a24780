"""The page that displays cards: one set of files for the live preview and the site."""
