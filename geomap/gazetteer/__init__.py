"""The embedded gazetteer: its store, its builder and its geocoder."""
