"""One module for each source format that the gazetteer is built from."""
