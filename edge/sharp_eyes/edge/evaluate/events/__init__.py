"""The judge of events: recorded clips with expected events in, figures out."""
