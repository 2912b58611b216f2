"""Value-added (增值评价): what a school's pupils reached beyond what their start foretold.

sums              one school in six numbers, or in a few more with further predictors
random_intercept  y = a + b·x + u_school + e by profile REML or ML, from those sums
random_slope      the same with a slope per school, and the test whether it earns its place
progress          the simple twin: expected by prior group (Progress-8 style)
report            what may be said of each school: intervals, bands, coverage, refusals
differences       校际差异: share between schools, coefficient of variation
"""
