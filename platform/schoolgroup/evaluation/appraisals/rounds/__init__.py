"""Rounds: who is appraised, by whom, by when."""
