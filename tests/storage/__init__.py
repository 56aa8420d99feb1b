"""Storage that speaks S3's protocol, written by others: Versity's gateway, as its own lock names it."""
