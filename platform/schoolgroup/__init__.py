"""Schoolgroup: one multi-tenant API for an education group and its partner schools."""

__version__ = "0.1.0"
