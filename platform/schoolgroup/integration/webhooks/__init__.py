"""Webhooks: what the stream tells, brought to connected systems (Standard Webhooks)."""
