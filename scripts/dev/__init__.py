"""What `make run` runs: the whole system on one machine, started in order, watched, and stopped without a trace."""
