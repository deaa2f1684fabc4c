"""Open311 GeoReport v2 on the intake of reports: services, requests, and what others may know of them.

The standard: https://wiki.open311.org/GeoReport_v2/.
"""
