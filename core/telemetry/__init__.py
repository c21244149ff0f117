"""Prometheus metrics of processes without their own HTTP server, and traces of messages over OTLP."""

from core.telemetry.exporter import metrics_server

__all__ = ["metrics_server"]
