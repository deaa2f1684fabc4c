"""Webhooks: other systems are told of every change of a case, signed, again and again until they take it."""
