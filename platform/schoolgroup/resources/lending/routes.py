"""Lending over HTTP: offers, the one verb, loans and holds."""

from schoolgroup.resources.lending.holds import routes as holds
from schoolgroup.resources.lending.loans import routes as loans
from schoolgroup.resources.lending.offers import routes as offers
from schoolgroup.resources.lending.terms import routes as terms

ROUTES = [*offers.ROUTES, *terms.ROUTES, *loans.ROUTES, *holds.ROUTES]
