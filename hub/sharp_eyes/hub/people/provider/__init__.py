"""Signing in by an OpenID Connect provider: asked only where ``oidc`` stands in hub.yaml, and somebody wants it."""
