"""How a verifier judges labelled things, and what detectors mistake for something."""
