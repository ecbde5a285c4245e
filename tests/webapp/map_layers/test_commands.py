"""The command line, and fetching from a publisher: only from hosts on the list, going on if cut."""

from dataclasses import replace

import pytest
import requests

from layers.catalogue import CATALOGUE
from layers.sources.http import SourceUnavailable
from layers.sources.services import HostRefusedError
from layers.sources.vector_files import FileRefusedError
from tests.layers.made_files import good_file, wrong_file
from webapp.map_layers import sources
from webapp.map_layers.queries import editions

PET = CATALOGUE["pet"]


@pytest.fixture
def run(app):
    def command(*words):
        return app.test_cli_runner().invoke(args=["layers", *map(str, words)])

    return command


def test_import_list_statistics_and_remove(areas, run, tmp_path):
    done = run("import", "pet", good_file(PET, tmp_path), "--edition", "2022", "--synthetic")
    assert done.exit_code == 0, done.output
    assert "1600 cells in, 1599 loaded" in done.output
    made = editions("pet")[0]
    listed = run("list").output
    assert f"[{made.id}] edition 2022, SYNTHETIC" in listed
    assert "EPSG:28992" in listed
    counted = run("statistics", made.id)
    assert (counted.exit_code, "figures" in counted.output) == (0, True)
    assert run("remove", made.id).exit_code == 0
    assert editions("pet") == []
    assert run("remove", made.id).exit_code == 1


def test_the_same_file_twice_is_told_and_no_error(areas, run, tmp_path):
    path = good_file(PET, tmp_path)
    run("import", "pet", path, "--edition", "2022")
    again = run("import", "pet", path, "--edition", "2022")
    assert again.exit_code == 0
    assert "already loaded as edition 2022; nothing has changed" in again.output


def test_a_refusal_is_a_plain_reason_and_status_1(areas, run, tmp_path):
    refused = run("import", "pet", wrong_file(PET, tmp_path), "--edition", "2022")
    assert refused.exit_code == 1
    assert "nothing has changed" in refused.output
    assert "does not say in which CRS" in refused.output
    told = run(
        "import", "pet", wrong_file(PET, tmp_path), "--edition", "2022", "--crs", "EPSG:28992"
    )
    assert told.exit_code == 0, told.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere", __file__), "no layer 'nowhere'"),
        (("own_picture", __file__), "picture of another server"),
        (("pet", "--download"), "no address to fetch it from"),
    ],
)
def test_what_cannot_be_imported_says_why(run, words, said):
    answer = run("import", *words)
    assert answer.exit_code == 1
    assert said in answer.output


def test_a_path_or_a_download_not_both(run):
    assert run("import", "pet").exit_code == 2
    assert run("import", "pet", __file__, "--download").exit_code == 2


class Answer:
    """One answer of a publisher's server."""

    def __init__(self, status, body=b"", location=None, promised=None):
        self.status_code, self.body = status, body
        self.headers = {"Content-Length": str(len(body) if promised is None else promised)}
        if location:
            self.headers["Location"] = location
        self.is_redirect = location is not None

    def iter_content(self, _size):
        yield self.body

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Server:
    """Gives its answers one by one and remembers what was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def get(self, address, headers, **_):
        self.asked.append((address, headers))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def fetched(server, download="https://data.example/pet_2022.tif", hosts=("data.example",)):
    layer = replace(PET, download=download)
    return sources.download(layer, hosts, lambda *_: None, server)


def test_a_download_that_was_cut_goes_on_where_it_stopped(app):
    with pytest.raises(SourceUnavailable, match="half-way"):
        fetched(Server(Answer(200, b"first ", promised=12)))
    server = Server(Answer(206, b"second"))
    path = fetched(server)
    assert server.asked[0][1] == {"Range": "bytes=6-"}
    assert (path.name, path.read_bytes()) == ("pet_2022.tif", b"first second")


def test_a_server_that_cannot_go_on_starts_again(app):
    with pytest.raises(SourceUnavailable):
        fetched(Server(Answer(200, b"old", promised=9)))
    assert fetched(Server(Answer(200, b"whole file"))).read_bytes() == b"whole file"


@pytest.mark.parametrize(
    ("download", "answers"),
    [
        ("https://elsewhere.example/x.tif", []),
        ("http://data.example/x.tif", []),
        ("file:///etc/passwd", []),
        ("https://data.example/x.tif", [Answer(302, location="https://elsewhere.example/x.tif")]),
        ("https://data.example/x.tif", [Answer(302, location="http://127.0.0.1/x.tif")]),
    ],
)
def test_no_other_host_is_asked(app, download, answers):
    server = Server(*answers)
    with pytest.raises(HostRefusedError):
        fetched(server, download)
    assert all(address.startswith("https://data.example") for address, _ in server.asked)


def test_a_server_that_fails_is_named(app):
    with pytest.raises(SourceUnavailable, match="answered 404"):
        fetched(Server(Answer(404)))
    with pytest.raises(SourceUnavailable, match="could not be reached"):
        fetched(Server(requests.ConnectionError()))
    with pytest.raises(FileRefusedError, match="no address"):
        fetched(Server(), download=None)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\a b.tif", "a_b.tif"),
        ("...", "file"),
        ("é.tif", "tif"),
    ],
)
def test_a_name_stays_in_its_folder(name, safe):
    assert sources.safe_name(name) == safe
