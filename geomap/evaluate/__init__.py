"""Scores against gold: place names, dates and events."""
