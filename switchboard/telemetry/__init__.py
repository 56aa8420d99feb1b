"""Numbers for machines: metrics for Prometheus, and a trace of each call; no caller's words or numbers are in them."""
