"""One installed Asterisk: the machine's own, or Debian's packages unpacked into a folder.

An unpacked folder's programs are run by its own loader with its own libraries, so they need neither chroot nor root.
"""

from __future__ import annotations

import gzip
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ari_app.ops.asterisk.errors import AsteriskError

MINIMUM = (22, 10, 1)
"""Earlier releases let ARI reach FILE(), SHELL() and CURL() even with live_dangerously=no."""

_TRIPLETS = {"x86_64": "x86_64-linux-gnu", "aarch64": "aarch64-linux-gnu"}
_PROGRAMS = {"asterisk": "usr/sbin/asterisk", "sipp": "usr/bin/sipp", "baresip": "usr/bin/baresip"}
_VERSION = re.compile(r"Asterisk (?:certified[/-])?(\d+)\.(\d+)(?:\.(\d+))?")
_ASK_S = 10


@dataclass(frozen=True)
class Installation:
    """Where Asterisk and test phones are. `root` holds unpacked packages; `program` is the machine's own Asterisk."""

    root: Path | None = None
    program: Path | None = None

    def command(self, program: str) -> list[str]:
        """The command line, without arguments, that starts "asterisk", "sipp" or "baresip".

        Raises `AsteriskError` when it isn't there.
        """
        if program == "asterisk" and self.program:
            return [str(self.program)]
        if self.root and (path := self.root / _PROGRAMS.get(program, f"usr/bin/{program}")).exists():
            return [str(self._loader), "--library-path", str(self.root / "usr/lib" / _triplet()), str(path)]
        if found := shutil.which(program):
            return [found]
        raise AsteriskError(
            f"{program} is neither in {self.root or 'a fetched Asterisk'} nor on PATH: run make asterisk"
        )

    @cached_property
    def version(self) -> str:
        """As Asterisk itself says, e.g. "22.10.1"."""
        return ".".join(map(str, read_version(self.command("asterisk"))))

    @cached_property
    def modules_dir(self) -> Path:
        """Asterisk's loadable modules."""
        return _first(
            "modules",
            *(self._prefix / "lib" / _triplet() / "asterisk/modules", self._prefix / "lib/asterisk/modules"),
            self._prefix / "lib64/asterisk/modules",
        )

    @cached_property
    def data_dir(self) -> Path:
        """What Asterisk only reads: sounds, music on hold, documentation, the REST interface's description."""
        return _first("rest-api folder", *(base / "rest-api" for base in self._data_candidates)).parent

    @property
    def rest_api_dir(self) -> Path:
        """ARI's Swagger files."""
        return self.data_dir / "rest-api"

    @cached_property
    def sounds_dir(self) -> Path:
        """The core sounds in English: 8 kHz recordings of a person. Debian names the folder after the voice."""
        sounds = self.data_dir / "sounds"
        for folder in (sounds / "en", *sorted(sounds.glob("en*"))):
            if (folder / "goodbye.wav").exists():
                return folder
        raise AsteriskError(f"{sounds} has no English core sounds: install asterisk-core-sounds-en-wav")

    def core_sounds_texts(self) -> dict[str, str]:
        """What is said in each recording of `sounds_dir`, by its name without ending."""
        base = self.root or Path("/")
        path = base / "usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz"
        if path.exists():
            text = gzip.decompress(path.read_bytes()).decode("utf-8", errors="replace")
        else:
            text = _first("text of the core sounds", self.sounds_dir / "core-sounds-en.txt").read_text("utf-8")
        pairs = (line.partition(":") for line in text.splitlines() if not line.startswith(";") and ":" in line)
        return {name.strip(): said.strip() for name, _, said in pairs}

    @property
    def baresip_modules_dir(self) -> Path:
        """Where baresip's `module_path` must point."""
        return (self.root or Path("/")) / "usr/lib/baresip/modules"

    @property
    def _prefix(self) -> Path:
        if self.program:
            return self.program.resolve().parent.parent
        if self.root:
            return self.root / "usr"
        raise AsteriskError("an installation needs a root folder or a program")

    @property
    def _data_candidates(self) -> tuple[Path, ...]:
        return self._prefix / "share/asterisk", Path("/var/lib/asterisk"), Path("/usr/share/asterisk")

    @property
    def _loader(self) -> Path:
        if self.root is None:
            raise AsteriskError("only an unpacked Asterisk has a loader of its own")
        for folder in (f"usr/lib/{_triplet()}", "usr/lib64", "usr/lib"):
            if found := sorted((self.root / folder).glob("ld-linux-*.so.*")):
                return found[0]
        raise AsteriskError(f"{self.root} has no loader for {platform.machine()}: remove it and run make asterisk")


def read_version(command: list[str]) -> tuple[int, int, int]:
    """The version of an Asterisk, by asking it. Raises `AsteriskError` when it does not say."""
    try:
        answer = subprocess.run([*command, "-V"], capture_output=True, text=True, timeout=_ASK_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AsteriskError(f"{command[-1]} does not run: {error}") from error
    return parse_version(answer.stdout + answer.stderr)


def parse_version(text: str) -> tuple[int, int, int]:
    """`Asterisk 22.10.1+dfsg…` → (22, 10, 1). Raises `AsteriskError` for anything else."""
    if found := _VERSION.search(text):
        return int(found[1]), int(found[2]), int(found[3] or 0)
    raise AsteriskError(f"expected `Asterisk <version>`, got {text.strip()[:200]!r}")


def _triplet() -> str:
    machine = platform.machine()
    if machine not in _TRIPLETS:
        raise AsteriskError(f"no Asterisk can be unpacked for {machine}: install Asterisk 22.10.1 or newer yourself")
    return _TRIPLETS[machine]


def _first(what: str, *candidates: Path) -> Path:
    for path in candidates:
        if path.exists():
            return path
    raise AsteriskError(f"Asterisk's {what} not found in {', '.join(map(str, candidates))}")
