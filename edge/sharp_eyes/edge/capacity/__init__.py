"""How many cameras of which scenes fit on this machine: costs are measured, looks counted by the gateway's own plan."""
