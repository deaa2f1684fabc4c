"""Premises that are inspected, walks through their checklists, and what becomes of what is not in order."""
