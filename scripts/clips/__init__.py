"""Makes the worker's stored lines anew; see worker/clips/README.md."""
