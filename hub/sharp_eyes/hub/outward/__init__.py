"""Cases in the formats of other systems: GB/T 28181, ONVIF and CAP, made from the same lines that webhooks tell."""
