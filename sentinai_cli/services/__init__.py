"""Use cases: open the transaction, decide, return a model. Never print."""
