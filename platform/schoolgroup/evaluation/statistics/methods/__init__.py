"""Pure methods of educational measurement: facts in, figures out; no database, no HTTP.

exact       sums of whole half marks: sd, quartiles, correlation, alpha, ranks
rounding    half up, of exact numbers
scores      one histogram: summary, rates, standard scores, score table (一分一段表)
lines       lines (上线), effective subject lines (有效分), pupils near a line (临界生)
assigned    assigned grades (等级赋分)
items       item analysis; moodle: Moodle's indices; reliability: alpha and what follows from it
dif         differential item functioning; raters: agreement of markers
equating    two forms on one scale; anchors: through common items; presmoothing: log-linear
irt         Rasch, two-parameter and graded models; abilities: EAP and WLE

A figure that does not exist is None, never NaN. A method that cannot answer honestly raises
`MethodRefused` with the reason.
"""
