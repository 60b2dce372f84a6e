"""What the API costs per request: ``make bench-api``. See docs/performance.md."""
