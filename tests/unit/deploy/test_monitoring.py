"""Alerts and dashboard speak of metrics that exist, with labels that they have, and each alert has its runbook."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY, CollectorRegistry

import actions.metrics
import conversations.metrics
from channels.gateway.metrics import Metrics
from core.settings import ROOT

_FOLDER = ROOT / "deploy" / "monitoring"
_OWN = re.compile(r"\bguichet_[a-z_]+\b")
_WITH_LABELS = re.compile(r"\b(guichet_[a-z_]+)\{([^}]*)\}")
_SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def _known() -> dict[str, set[str]]:
    """Every series by name, with its labels."""
    assert actions.metrics
    assert conversations.metrics
    found: dict[str, set[str]] = {}
    registries: list[CollectorRegistry] = [REGISTRY, Metrics().registry]
    for registry in registries:
        for collector in list(registry._collector_to_names):
            labels = set(getattr(collector, "_labelnames", ()))
            for family in getattr(collector, "describe", list)():
                for suffix in _SUFFIXES.get(family.type, ("",)):
                    found[family.name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    return found


def _expressions() -> list[tuple[str, str]]:
    rules = yaml.safe_load((_FOLDER / "alerts.yml").read_text())
    dashboard = json.loads((_FOLDER / "grafana.json").read_text())
    alerts = [(rule["alert"], rule["expr"]) for group in rules["groups"] for rule in group["rules"]]
    return alerts + [(panel["title"], target["expr"]) for panel in dashboard["panels"] for target in panel["targets"]]


def _alerts() -> list[dict[str, Any]]:
    rules: dict[str, Any] = yaml.safe_load((_FOLDER / "alerts.yml").read_text())
    return [rule for group in rules["groups"] for rule in group["rules"]]


@pytest.mark.parametrize(("where", "expression"), _expressions())
def test_every_metric_named_exists_with_its_labels(where: str, expression: str) -> None:
    known = _known()
    assert set(_OWN.findall(expression)) <= known.keys(), where
    for name, labels in _WITH_LABELS.findall(expression):
        assert set(re.findall(r"(\w+)=", labels)) <= known[name], where
    assert expression.count("(") == expression.count(")")


@pytest.mark.parametrize("rule", _alerts(), ids=lambda rule: str(rule["alert"]))
def test_every_alert_says_what_it_means_and_has_a_runbook(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"]
    runbook = ROOT / rule["annotations"]["runbook"]
    assert rule["alert"] in runbook.read_text() or runbook.name == "backup.md"


def test_panels_do_not_overlap() -> None:
    panels = json.loads((_FOLDER / "grafana.json").read_text())["panels"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len(places) > 10
