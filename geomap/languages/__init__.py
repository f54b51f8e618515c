"""Language packs as data."""
