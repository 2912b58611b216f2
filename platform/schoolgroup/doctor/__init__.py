"""Is this installation in order? Each check says ok, warn or fail, why, and what to do.

Nothing is changed but one object of the store, which is written and deleted again. Each check
stands by itself: one that cannot be made says so and the others go on.
"""
