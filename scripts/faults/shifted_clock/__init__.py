"""On the PYTHONPATH of a process it shifts that process's clock: see `sitecustomize`."""
