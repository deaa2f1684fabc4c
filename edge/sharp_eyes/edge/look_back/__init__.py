"""A camera's last minutes on disk, as its packets came: kept, shown to the hub, and cut into evidence."""
