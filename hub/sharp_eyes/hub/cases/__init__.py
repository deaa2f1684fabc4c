"""Cases: the state machine, moves on stored cases, their log, their numbers, and how they are found."""
