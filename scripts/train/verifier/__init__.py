"""Training of the verifier: the small network that looks at a candidate a second time before an alarm."""
