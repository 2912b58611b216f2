"""What is run around an installation: a cluster of real processes on one machine."""
