"""The demo: hub, broker and gateway as real processes, and a crew that deals with the cases over HTTP."""
