"""Figures of processes that serve no HTTP of their own, for Prometheus."""

from core.telemetry.exporter import exposed

__all__ = ["exposed"]
