"""The engine: calls, handoffs, voices, the realtime session, the ledger, settings."""
