"""The routes of what other systems speak."""

from schoolgroup.integration.jobs import routes as jobs
from schoolgroup.integration.metadata import routes as metadata
from schoolgroup.integration.oai import routes as oai

ROUTES = [*jobs.ROUTES, *metadata.ROUTES, *oai.ROUTES]
