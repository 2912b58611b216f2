"""Signing in at the group's own identity provider (OpenID Connect)."""
