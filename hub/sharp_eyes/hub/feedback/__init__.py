"""Feedback: the camera looks again, drafts a verdict, and the case is closed or sent to rework."""
