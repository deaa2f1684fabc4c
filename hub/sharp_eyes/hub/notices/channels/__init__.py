"""Ways by which notices leave: webhook, bots of groups, mail, text messages; one small interface."""
