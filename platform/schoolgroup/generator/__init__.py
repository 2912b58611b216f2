"""Writes `schoolgroup.client.generated` from the API description: structs and calls, by tag.

`make client` runs it; a test compares, so that server and client cannot drift apart unseen.
"""

from schoolgroup.generator.writing import write_client

__all__ = ["write_client"]
