"""The audit trail: read by those it concerns, and recomputed link by link."""

from schoolgroup.access.audit.service import verify_chains

__all__ = ["verify_chains"]
