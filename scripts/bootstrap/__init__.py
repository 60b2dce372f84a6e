"""What `make` does before anything of the project can run. Standard library only: nothing is installed yet."""
