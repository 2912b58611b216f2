"""Appraisals by indicators 评价: schemes, rounds, cases, scoring, outcomes."""
