"""What makes a gateway this gateway, in one file: settings, passwords, authority, and what the hub has set."""
