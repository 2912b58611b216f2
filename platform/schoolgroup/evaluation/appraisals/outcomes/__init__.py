"""Results, moderation, objections, and proof of the numbers."""
