"""What a running Mercury leaves in its run folder."""

from pathlib import Path

from ari_app.ops.running import Running, forget_running, read_running, write_running

RUNNING = Running(
    pid=42,
    api_url="http://127.0.0.1:8080",
    token_file=Path("/run/mercury/secrets/api-token"),
    sip_udp="127.0.0.1:5060",
    sip_tcp="127.0.0.1:5060",
    sip_tls="127.0.0.1:5061",
    ari_url="http://127.0.0.1:8088",
)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_running(tmp_path) is None
    write_running(tmp_path, RUNNING)
    assert read_running(tmp_path) == RUNNING
    assert [file.name for file in tmp_path.iterdir()] == ["running.json"]


def test_it_is_forgotten_once_or_twice(tmp_path: Path) -> None:
    write_running(tmp_path, RUNNING)
    forget_running(tmp_path)
    forget_running(tmp_path)
    assert read_running(tmp_path) is None
