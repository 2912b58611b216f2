"""Versioned trees of indicators."""
