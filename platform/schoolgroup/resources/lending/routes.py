"""Lending over HTTP: offers, the one verb, loans and holds."""

from schoolgroup.resources.lending.holds import routes as holds
from schoolgroup.resources.lending.loans import routes as loans
from schoolgroup.resources.lending.offers import routes as offers

ROUTES = [*offers.ROUTES, *loans.ROUTES, *holds.ROUTES]
