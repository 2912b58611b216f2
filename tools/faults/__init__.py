"""An installation of many processes under a mixed load, while its parts are killed at random.

A client records every acknowledgement it was given and repeats, with the same Idempotency-Key,
whatever was not answered. Afterwards the database and the store are asked: is everything there that
was acknowledged, is anything there twice, was a seat ever lent to two, do the audit chains hold.
"""
