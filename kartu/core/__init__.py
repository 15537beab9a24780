"""What everything else is built on: places in sources, diagnostics, the model, identity, text."""
