"""The routes of what other systems speak."""

from schoolgroup.integration.metadata import routes as metadata
from schoolgroup.integration.oai import routes as oai

ROUTES = [*metadata.ROUTES, *oai.ROUTES]
