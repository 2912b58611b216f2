"""One subject of a round: its own word, its evidence, its assessors."""
