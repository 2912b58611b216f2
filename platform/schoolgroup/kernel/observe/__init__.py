"""What a running process tells of itself: log lines, metrics, traces. Never personal data.

`logs` one JSON object a line, `metrics` numbers for Prometheus, `traces` spans for OpenTelemetry,
`statements` the names of SQL statements and how long they took, `requests` one line, one span and
one observation per HTTP request, `vitals` what is true of the whole installation.
"""
