"""Sentences, tokens, language and normalisation of text."""
