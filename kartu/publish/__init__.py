"""Publishing a deck: what changes, whether it is safe, the release itself, its tag."""
