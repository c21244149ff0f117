"""The Helm chart, rendered by Helm's own library: what Kubernetes' schemas say of it, and what it lets whom do."""

from __future__ import annotations

import json
import re
from typing import Any

import kubernetes_validate
import pytest
import yaml
from pydantic import SecretStr
from uvicorn.middleware.proxy_headers import _TrustedHosts

from cli.processes import kind_of, processes
from core.settings import ROOT, Settings
from core.settings.validators import former_variables, variable_of

helm = pytest.importorskip("helm_python", reason="Helm's library has no build for this machine")

_CHART = ROOT / "deploy" / "helm" / "guichet"
_KUBERNETES = ("1.27", "1.37")  # the oldest that Chart.yaml allows, and the newest whose schemas are here
_OURS = Settings.model_validate(
    {**dict.fromkeys(("secret_key", "internal_secret", "address_key"), "x" * 32), "_env_file": None}
)

type Object = dict[str, Any]


def _rendered(**values: Any) -> list[Object]:
    with helm.Chart.load(_CHART) as chart:
        written = chart.render(values, name="guichet", namespace="guichet")
    return [one for file in written.values() for one in yaml.safe_load_all(file) if one]


def _named(objects: list[Object], kind: str) -> dict[str, Object]:
    return {one["metadata"]["name"].removeprefix("guichet-"): one for one in objects if one["kind"] == kind}


def _pods(objects: list[Object]) -> dict[str, Object]:
    kinds = _named(objects, "Deployment") | _named(objects, "Job")
    return {name: one["spec"]["template"] for name, one in kinds.items()}


def _environment(container: Object) -> dict[str, Any]:
    return {one["name"]: one.get("value", one.get("valueFrom")) for one in container["env"]}


def test_helm_has_nothing_to_say() -> None:
    found = helm.lint(_CHART, strict=True)["messages"]
    assert [one for one in found if one["severity"] > 1] == []


@pytest.mark.parametrize("mode", ["none", "external", "keda"])
@pytest.mark.parametrize("version", _KUBERNETES)
def test_kubernetes_knows_every_field(mode: str, version: str) -> None:
    values = {
        "autoscaling": {"mode": mode},
        "ingress": {"className": "nginx"},
        "image": {"pullSecrets": [{"name": "registry"}]},
    }
    objects = _rendered(**values)
    for one in objects:
        if one["kind"] != "ScaledObject":  # KEDA's own, of which there is no schema here
            kubernetes_validate.validate(one, version, strict=True)
    scaled = {"none": (), "external": ("HorizontalPodAutoscaler",), "keda": ("HorizontalPodAutoscaler", "ScaledObject")}[mode]
    found = {one["kind"]: one for one in objects}
    assert {"HorizontalPodAutoscaler", "ScaledObject"} & set(found) == set(scaled)
    grown = {one["spec"]["scaleTargetRef"]["name"] for one in objects if one["kind"] in scaled}
    assert grown == ({f"guichet-{part}" for part in ("gateway", "worker", "rasa", "actions")} if scaled else set())
    for name, one in _named(objects, "Deployment").items():
        assert ("replicas" in one["spec"]) == (name == "publisher" or not scaled)


def test_the_gateway_believes_the_ingress_controller_s_pods_and_nobody_outside() -> None:
    (container,) = _pods(_rendered())["gateway"]["spec"]["containers"]
    trusted = _TrustedHosts(_environment(container)["GUICHET_PROXIES"])
    assert "10.42.3.7" in trusted
    assert "203.0.113.9" not in trusted


def test_a_mode_that_there_is_not_is_refused() -> None:
    with pytest.raises(helm.HelmRenderError, match="none, external or keda"):
        _rendered(autoscaling={"mode": "cpu"})


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"gatway": {"replicas": 3}}, "gatway"),
        ({"gateway": {"replicas": "two"}}, "/gateway/replicas"),
        ({"worker": {"replicas": 0}}, "/worker/replicas"),
        ({"publisher": {"replicas": 2}}, "/publisher"),  # two would build the same index
        ({"settings": {"GUICHET_PUBLC_URL": "https://x.fr"}}, "GUICHET_PUBLC_URL"),
        ({"settings": {"GUICHET_SECRET_KEY": "in the clear"}}, "GUICHET_SECRET_KEY"),
        ({"settings": {"GUICHET_PORT": "9000"}}, "GUICHET_PORT"),  # the chart's own, which would win without a word
        ({"settings": {"GUICHET_OPENING_HOURS": ["Mo"]}}, "/settings/GUICHET_OPENING_HOURS"),
        ({"secret": ""}, "/secret"),
        ({"state": {"claim": ""}}, "/state/claim"),
        ({"image": {"repository": ""}}, "/image/repository"),
        ({"ingress": {"host": "https://guichet.ville.fr/"}}, "/ingress/host"),
        ({"network": {"postgresql": {"port": "five"}}}, "/network/postgresql/port"),
        ({"autoscaling": {"mode": "keda", "keda": {"prometheus": "prometheus:9090"}}}, "/autoscaling/keda/prometheus"),
        ({"autoscaling": {"mode": "external", "minReplicas": 9}}, "autoscaling.minReplicas"),
    ],
)
def test_a_value_that_is_wrong_is_refused_and_named(values: dict[str, Any], where: str) -> None:
    with pytest.raises((helm.HelmValuesError, helm.HelmRenderError)) as refused:
        _rendered(**values)
    assert where in str(refused.value)
    assert "in the clear" not in str(refused.value)


def test_the_schema_knows_every_setting_that_is_no_secret_and_not_the_charts_own() -> None:
    schema = json.loads((_CHART / "values.schema.json").read_text())
    named = set(schema["properties"]["settings"]["propertyNames"]["enum"])
    public = {variable_of(name, field) for name, field in Settings.model_fields.items() if field.annotation is not SecretStr}
    own = {"GUICHET_HOST", "GUICHET_PORT", "GUICHET_INNER_HOST"}
    own |= {f"GUICHET_{part}_{what}" for part in ("RASA", "ACTIONS") for what in ("HOST", "PORT")}
    public |= set(former_variables(Settings.model_fields))
    elsewhere = {"DATABASE_URL", "REDIS_URL", "GUICHET_HOME", "GUICHET_REDIS_PORT"}  # the secret, the image, no pod
    assert named == public - own - elsewhere


def test_every_process_has_its_pods_and_knows_its_settings() -> None:
    pods = _pods(_rendered())
    ours = {kind_of(one.name) for one in processes(_OURS)} - {"redis", "indexer"}
    assert set(pods) == ours | {"prepare"}
    for name, pod in pods.items():
        (container,) = pod["spec"]["containers"]
        assert container["args"] == (["prepare"] if name == "prepare" else ["run", name])
        assert set(_environment(container)) - {"DATABASE_URL"} <= set(_OURS.as_environment())
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert "memory" in container["resources"]["limits"]
        assert pod["spec"]["automountServiceAccountToken"] is pod["spec"]["enableServiceLinks"] is False
        assert {mount["name"] for mount in container["volumeMounts"]} == {one["name"] for one in pod["spec"]["volumes"]}
    assert _environment(pods["worker"]["spec"]["containers"][0])["GUICHET_RASA_HOST"] == "guichet-rasa"


def test_selectors_find_their_pods_and_probes_their_ports() -> None:
    objects = _rendered()
    pods = _pods(objects)
    for name, service in _named(objects, "Service").items():
        assert service["spec"]["selector"].items() <= pods[name]["metadata"]["labels"].items()
    for kind in ("PodDisruptionBudget", "Deployment"):
        for name, one in _named(objects, kind).items():
            assert one["spec"]["selector"]["matchLabels"].items() <= pods[name]["metadata"]["labels"].items()
    for name, address in {"gateway": "/health/live", "rasa": "/webhooks/guichet/health", "actions": "/health"}.items():
        (container,) = pods[name]["spec"]["containers"]
        (port,) = (one["containerPort"] for one in container["ports"])
        assert _environment(container)[f"GUICHET_{name.upper()}_PORT".replace("GATEWAY_", "")] == str(port)
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            code = container[probe]["exec"]["command"][2]
            compile(code, probe, "exec")
            path = "/health/live" if name == "actions" and probe != "readinessProbe" else address
            assert re.findall(r"http://127\.0\.0\.1:(\d+)([^\"]*)", code) == [(str(port), path)]


def test_rasa_is_confined() -> None:
    objects = _rendered(network={"otlp": {"enabled": True}})
    (container,) = _pods(objects)["rasa"]["spec"]["containers"]
    assert "envFrom" not in container
    secret = {name for name, value in _environment(container).items() if isinstance(value, dict)}
    assert secret == {"DATABASE_URL", "GUICHET_INTERNAL_SECRET", "GUICHET_INTERNAL_SECRET_ALSO", "GUICHET_MODEL_KEY"}
    assert [one["readOnly"] for one in container["volumeMounts"] if one["name"] == "state"] == [True]
    allowed = _named(objects, "NetworkPolicy")
    assert _ways_in(allowed["rasa"]) == {(5005, "gateway"), (5005, "worker")}
    assert _ways_out(allowed["rasa"]) == {(53, ""), (5055, "actions"), (5432, "")}
    assert _ways_out(allowed["actions"]) == {(53, ""), (4318, "")}
    assert _ways_in(allowed["worker"]) == _ways_in(allowed["publisher"]) == set()


def test_sentinels_are_let_through_beside_redis() -> None:
    allowed = _named(_rendered(network={"redis": {"alsoPorts": [26379]}}), "NetworkPolicy")
    for part in ("gateway", "worker"):
        assert {(6379, ""), (26379, "")} <= _ways_out(allowed[part])
    assert (26379, "") not in _ways_out(allowed["rasa"])


def test_nobody_else_comes_in_or_goes_out() -> None:
    objects = _rendered()
    policies = _named(objects, "NetworkPolicy")
    nothing = policies.pop("nothing")["spec"]
    assert nothing["policyTypes"] == ["Ingress", "Egress"]
    assert not {"ingress", "egress"} & set(nothing)
    pods = _pods(objects)
    assert set(policies) == set(pods)
    for name, pod in pods.items():
        for policy in (nothing, policies[name]["spec"]):
            assert policy["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
        for port, called in _ways_out(policies[name]):
            if called:  # whoever may call is let in there
                assert (port, name) in _ways_in(policies[called])


def _ways(rules: list[Object], peers: str) -> set[tuple[int, str]]:
    found = set()
    for rule in rules:
        parts = [peer["podSelector"]["matchLabels"] for peer in rule[peers] if "podSelector" in peer]
        names = [labels["app.kubernetes.io/component"] for labels in parts] or [""]
        found |= {(port["port"], name) for port in rule["ports"] for name in names}
    return found


def _ways_in(policy: Object) -> set[tuple[int, str]]:
    return _ways(policy["spec"].get("ingress", []), "from")


def _ways_out(policy: Object) -> set[tuple[int, str]]:
    return _ways(policy["spec"]["egress"], "to")
