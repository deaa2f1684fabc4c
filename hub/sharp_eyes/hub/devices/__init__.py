"""Devices that give alarms by themselves: their register, what they say, and who is called to it."""
