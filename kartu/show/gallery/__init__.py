"""The page on which cards are looked at: one set of files for the live preview and the site."""
