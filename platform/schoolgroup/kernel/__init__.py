"""The foundation: nothing here knows a promise of the group."""
