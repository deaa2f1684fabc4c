"""Notices: who is told of what, the outbox in the move's own transaction, and the ways by which it leaves."""
