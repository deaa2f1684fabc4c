"""Cases: the state machine, the moves on stored cases, and how they are found."""
