"""Figures of processes that serve no HTTP of their own, for Prometheus; traces of messages, over OTLP."""

from core.telemetry.exporter import exposed

__all__ = ["exposed"]
