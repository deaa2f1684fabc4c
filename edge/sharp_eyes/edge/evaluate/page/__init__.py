"""The report as one page that needs nothing else: no network, no script from elsewhere, no file beside it."""

from sharp_eyes.edge.evaluate.page.making import page_of

__all__ = ["page_of"]
