"""The command centre: intake → dispatch → handle → feedback → closed case."""
