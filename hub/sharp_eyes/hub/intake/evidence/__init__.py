"""Evidence: parts come in, are put together on disk and checked, and the whole file is stored."""
