"""Kustomizations, resolved: by kubectl where there is one, and by as much of kustomize as these use."""

import shutil
import subprocess

import yaml

KNOWN = {"apiVersion", "kind", "namespace", "labels", "resources", "patches", "configMapGenerator", "images"}


def by_kubectl(folder):
    done = subprocess.run([shutil.which("kubectl"), "kustomize", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def by_hand(folder):
    """Names of generated maps get no hash, and labels stay out."""
    own = yaml.safe_load((folder / "kustomization.yaml").read_text())
    assert set(own) <= KNOWN, f"{folder}: a test has to learn {set(own) - KNOWN}"
    objects = []
    for name in own.get("resources", []):
        path = folder / name
        objects += by_hand(path) if path.is_dir() else list(yaml.safe_load_all(path.read_text()))
    for patch in own.get("patches", []):
        change = yaml.safe_load((folder / patch["path"]).read_text())
        target, = [each for each in objects if _identity(each) == _identity(change)]
        _merge(target, change)
    for entry in own.get("configMapGenerator", []):
        data = {name: (folder / name).read_text() for name in entry["files"]}
        made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": entry["name"]}, "data": data}
        before = [each for each in objects if _identity(each) == _identity(made)]
        assert (entry.get("behavior", "create") == "replace") == bool(before)
        objects = [each for each in objects if each not in before] + [made]
    for each in objects:
        if "namespace" in own and each["kind"] != "Namespace":
            each["metadata"]["namespace"] = own["namespace"]
    return objects


def _identity(each):
    return each["kind"], each["metadata"]["name"]


def _merge(target, change):
    """A strategic merge, for mappings and lists of things with names."""
    for key, value in change.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        elif isinstance(value, list) and all(isinstance(each, dict) and "name" in each for each in value):
            for each in value:
                same, = [other for other in target[key] if other["name"] == each["name"]]
                _merge(same, each)
        else:
            target[key] = _without_nulls(value)


def _without_nulls(value):
    return {key: _without_nulls(each) for key, each in value.items() if each is not None} if isinstance(value, dict) else value
