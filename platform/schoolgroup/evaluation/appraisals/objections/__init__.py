"""Moderation before the announcement, objections 异议 after it."""
