"""The embedded gazetteer: its store, its builder, and the look-up of names and points."""
