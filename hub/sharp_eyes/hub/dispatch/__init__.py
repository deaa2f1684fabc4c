"""Dispatch: what the rule table does by itself."""
