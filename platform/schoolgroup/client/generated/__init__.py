"""Written by `make client` from the API description: do not edit."""
