"""A call of the ledger, taken up at one of its turns and held once more: what goes otherwise now, and where."""
