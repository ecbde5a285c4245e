"""`balanskaart serve`: refuses early, watches its children and stops them all."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from webapp import serve

FOREVER = [sys.executable, "-c", "import time; time.sleep(60)"]
ANSWERS = """
import http.server, os
class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()
    def log_message(self, *words):
        pass
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Healthy).serve_forever()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def own_signals() -> None:
    """Serving changes what Ctrl-C does; the tests get their own back."""
    before = {number: signal.getsignal(number) for number in serve.STOP_SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_taken_port_is_said_with_the_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(serve.ServeError, match=rf"Port {port} is taken.*PORT=\d+ make run"):
            serve.check_port("127.0.0.1", port)


def test_a_free_port_is_fine() -> None:
    serve.check_port("127.0.0.1", free_port())


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_number_that_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(serve.ServeError, match="from 1 to 65535"):
        serve.check_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(serve.ServeError, match="not an address of this machine"):
        serve.check_port("192.0.2.1", 8000)


@pytest.mark.parametrize(
    ("host", "reached"), [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("127.0.0.1", "127.0.0.1")]
)
def test_a_server_on_every_address_is_reached_here(host: str, reached: str) -> None:
    assert serve.reachable_host(host) == reached


def test_a_child_that_stops_by_itself_is_named() -> None:
    short = {"The worker": [sys.executable, "-c", "raise SystemExit(3)"]}
    with serve.running_children(short, os.environ) as children:
        children["The worker"].wait(10)
        with pytest.raises(serve.ServeError, match=r"The worker stopped by itself \(code 3"):
            serve._watch(children, None)


def test_every_child_and_what_it_started_is_ended(tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    family = f"""
import pathlib, subprocess
grandchild = subprocess.Popen({FOREVER!r})
pathlib.Path({str(note)!r}).write_text(str(grandchild.pid))
grandchild.wait()
"""
    with serve.running_children({"a": [sys.executable, "-c", family]}, os.environ) as children:
        end = time.monotonic() + 20
        while not (note.exists() and note.read_text()) and time.monotonic() < end:
            time.sleep(0.05)
    assert children["a"].poll() is not None
    grandchild = Path(f"/proc/{note.read_text()}/stat")
    end = time.monotonic() + 5
    while grandchild.exists() and " Z " not in grandchild.read_text() and time.monotonic() < end:
        time.sleep(0.05)
    assert not grandchild.exists() or " Z " in grandchild.read_text()


def test_it_serves_until_asked_to_stop(
    database_url: str, monkeypatch, capsys, own_signals: None
) -> None:
    """The whole course, with a stand-in for the web server and the real preparation."""
    port = free_port()
    for name, value in {"DATABASE_URL": database_url, "PORT": str(port), "DEMO": "0"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(serve, "secret_key", lambda: "a secret for tests only, long enough")
    programs = {"The web server": [sys.executable, "-c", ANSWERS], "The worker": FOREVER}
    monkeypatch.setattr(serve, "commands", lambda settings: programs)
    monkeypatch.setattr(serve, "_watch", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    started = time.monotonic()
    assert serve.serve() == 0
    assert time.monotonic() - started < 60
    told = capsys.readouterr().out
    assert f"Balanskaart is at http://127.0.0.1:{port}" in told
    assert told.endswith("Stopped.\n")


def test_a_database_that_cannot_be_prepared_ends_with_a_sentence(
    monkeypatch, capsys, own_signals: None
) -> None:
    unreachable = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    monkeypatch.setenv("DATABASE_URL", unreachable)
    monkeypatch.setenv("PORT", str(free_port()))
    monkeypatch.setattr(serve, "secret_key", lambda: "a secret for tests only, long enough")
    assert serve.serve() == 1
    assert "could not be brought up to date" in capsys.readouterr().err


def test_a_database_out_of_reach_is_told_without_a_traceback() -> None:
    unreachable = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    done = subprocess.run(
        [sys.executable, "-m", "webapp.serve"],
        env={**os.environ, "DATABASE_URL": unreachable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Check DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_web_server_is_granian_with_the_given_address() -> None:
    programs = serve.commands({"HOST": "127.0.0.1", "PORT": 8001})
    web = programs["The web server"]
    assert web[web.index("--port") + 1] == "8001"
    assert web[web.index("--host") + 1] == "127.0.0.1"
    done = subprocess.run(
        [*web[:3], "--help"], capture_output=True, text=True, check=False, cwd=Path.cwd()
    )
    for option in (word for word in web if word.startswith("--")):
        assert option in done.stdout or option.replace("--no-", "--") in done.stdout, option
