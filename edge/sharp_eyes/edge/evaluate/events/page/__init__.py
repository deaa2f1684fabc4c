"""The judgement as one page that needs nothing else: no network, no script from elsewhere, no file beside it."""
