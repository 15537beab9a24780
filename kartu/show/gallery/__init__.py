"""The page that displays cards: one set of files for what is served and for the site."""
