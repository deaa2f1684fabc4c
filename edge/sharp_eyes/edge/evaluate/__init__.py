"""Evaluations: of detectors on pictures, of events on clips, and the reports that both share."""
