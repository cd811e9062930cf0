"""The laws that name no number of their own are tried on as many examples as the others."""

from hypothesis import settings

from tests.core.effort import tried

settings.register_profile("core", tried(100))
settings.load_profile("core")
