"""Exact scoring: pure."""
