"""deploy/kubernetes: what the kustomizations come to fits together, and with the program."""

import json
import shutil
import subprocess

import pytest
import yaml

from ground import kustomization, program
from ground.places import DEPLOY

FOLDER = DEPLOY / "kubernetes"
KUSTOMIZATIONS = ["base", "multus"]
# Debian has no kubectl; where there is one, it has to come to the same.
RESOLVERS = {"by hand": kustomization.by_hand} | ({"kubectl": kustomization.by_kubectl} if shutil.which("kubectl") else {})


@pytest.fixture(params=[(name, how) for name in KUSTOMIZATIONS for how in RESOLVERS], ids=" ".join)
def objects(request):
    name, how = request.param
    return RESOLVERS[how](FOLDER / name)


def only(objects, kind):
    found, = [each for each in objects if each["kind"] == kind]
    return found


def pod(objects):
    return only(objects, "DaemonSet")["spec"]["template"]["spec"]


def container(objects):
    found, = pod(objects)["containers"]
    return found


def configuration(objects):
    return yaml.safe_load(only(objects, "ConfigMap")["data"]["thence.yaml"])


def test_yaml_is_clean():
    done = subprocess.run(["yamllint", "--strict", "-c", FOLDER.parent / ".yamllint.yaml", FOLDER], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_file_is_left_out():
    """Each file is named by its kustomization."""
    for name in KUSTOMIZATIONS:
        own = (FOLDER / name / "kustomization.yaml").read_text()
        for file in (FOLDER / name).glob("*"):
            assert file.name == "kustomization.yaml" or f"- {file.name}" in own or f"path: {file.name}" in own, file


def test_all_is_in_one_namespace(objects):
    name = only(objects, "Namespace")["metadata"]["name"]
    for each in objects:
        if each["kind"] != "Namespace":
            assert each["metadata"]["namespace"] == name


def test_references(objects):
    """The volume is of the map that is there, and is mounted where the program is told to read."""
    volumes = {each["name"]: each for each in pod(objects)["volumes"]}
    mounted = {each["mountPath"]: volumes[each["name"]]["configMap"]["name"] for each in container(objects)["volumeMounts"]}
    assert mounted == {"/etc/thence": only(objects, "ConfigMap")["metadata"]["name"]}
    assert container(objects)["args"] == ["serve", "-c", "/etc/thence/thence.yaml"]


def test_the_configuration_is_good(objects, tmp_path):
    assert program.mistakes(tmp_path, only(objects, "ConfigMap")["data"]["thence.yaml"]) == []


def test_ports(objects):
    listeners = configuration(objects)["listeners"]
    served = {(each["port"], transport) for each in listeners for transport in ("UDP", "TCP")}
    assert {(each["containerPort"], each["protocol"]) for each in container(objects)["ports"]} == served
    policy = only(objects, "NetworkPolicy")["spec"]
    assert {(each["port"], each["protocol"]) for rule in policy["ingress"] for each in rule["ports"]} == served


def test_probes(objects):
    address, _, port = configuration(objects)["admin"]["listen"].rpartition(":")
    paths = {"startupProbe": "/health/live", "livenessProbe": "/health/live", "readinessProbe": "/health/ready"}
    for name, path in paths.items():
        probe = container(objects)[name]
        if pod(objects).get("hostNetwork"):
            # The kubelet stands where the program does.
            assert probe["httpGet"] == {"host": address, "port": int(port), "path": path} and "exec" not in probe
        else:
            assert "httpGet" not in probe
            assert probe["exec"]["command"] == ["/usr/bin/thence", "health", "-c", "/etc/thence/thence.yaml"]


def test_the_program_knows_the_probe():
    assert ("health",) in dict(program.subcommands())


def test_privileges(objects):
    assert pod(objects)["securityContext"]["runAsNonRoot"] is True
    assert pod(objects)["securityContext"]["runAsUser"] > 0
    assert pod(objects)["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod(objects)["automountServiceAccountToken"] is False
    context = container(objects)["securityContext"]
    assert context["capabilities"] == {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}
    assert context["readOnlyRootFilesystem"] is True and context["allowPrivilegeEscalation"] is False


def test_the_end_leaves_time_to_drain(objects):
    drain = int(configuration(objects).get("drain", "5s").removesuffix("s"))
    assert pod(objects)["terminationGracePeriodSeconds"] > drain


@pytest.mark.parametrize("resolve", RESOLVERS)
def test_multus_networks(resolve):
    """The pod asks for networks that are there, and the configuration names the interfaces that come of it."""
    objects = RESOLVERS[resolve](FOLDER / "multus")
    networks = {each["metadata"]["name"]: json.loads(each["spec"]["config"]) for each in objects
                if each["kind"] == "NetworkAttachmentDefinition"}
    assert len(networks) == 2
    annotations = only(objects, "DaemonSet")["spec"]["template"]["metadata"]["annotations"]
    asked = json.loads(annotations["k8s.v1.cni.cncf.io/networks"])
    assert {each["name"] for each in asked} == set(networks)
    for each in asked:
        assert networks[each["name"]]["ipam"]["type"] == "static" and networks[each["name"]]["capabilities"]["ips"]
        assert {":" in address for address in each["ips"]} == {True, False}  # both families
    interfaces = {each["interface"] for each in asked}
    assert {name for each in configuration(objects)["listeners"] for name in each["interfaces"]} == interfaces
    views = configuration(objects)["dns"]["views"]
    assert {name for view in views for name in view["match"]["interfaces"]} == interfaces
    assert not pod(objects).get("hostNetwork")
