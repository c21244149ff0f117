"""Shared by all HTTP routes: the gateway's services, authentication of the caller, and limits."""
