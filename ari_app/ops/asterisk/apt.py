"""An apt-get with folders of its own: it needs no root, and the machine's packages stay as they are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ari_app.ops.asterisk.errors import AsteriskError

NEEDS = "a Debian machine's apt-get and dpkg, debian-archive-keyring, the network, and 1 GB of free disk space"
SUITE = "forky"
"""The Debian release with Asterisk 22 (Debian 12 and 13 have none)."""
_KEYRINGS = ("/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp")
_HOOKS = ("APT::Update::Post-Invoke", "APT::Update::Post-Invoke-Success", "DPkg::Post-Invoke", "DPkg::Pre-Install-Pkgs")
_LIMIT_S = 1800
_CANDIDATE = re.compile(r"Candidate: (?:\d+:)?(\d+)\.(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class Release:
    """What packages are taken from. `sources` are in apt's one-line form; "" stands for the machine's."""

    name: str
    sources: str = ""


MACHINES_OWN = Release("own")


def debian(mirror: str) -> Release:
    """Debian forky, from a mirror; "" finds it in the machine's sources. Raises `AsteriskError`."""
    keyring = next((path for path in _KEYRINGS if Path(path).exists()), None)
    if keyring is None:
        raise AsteriskError(f"debian-archive-keyring is not installed, so packages can't be verified; {needed()}")
    if not mirror:
        form = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
        mirror = choose_mirror(
            run(["apt-get", "indextargets", "--format", form, "Identifier: Packages"], "reading apt's sources")
        )
    return Release(SUITE, f"deb [signed-by={keyring}] {mirror} {SUITE} main\n")


def choose_mirror(listed: str) -> str:
    """The Debian mirror among lines of `<uri> <release> <component>`: of main, and no security or updates archive.

    Raises `AsteriskError` when there is none.
    """
    for line in listed.splitlines():
        uri, release, component = [*line.split(), "", "", ""][:3]
        if component == "main" and release.isalpha() and uri.rstrip("/").endswith("/debian"):
            return uri
    raise AsteriskError(f"apt's sources name no Debian mirror: set asterisk.mirror to one; or {needed()}")


def candidate() -> tuple[int, int, int] | None:
    """The version of Asterisk that the machine's package manager has; None when it has none, or there is none."""
    if not shutil.which("apt-cache"):
        return None
    found = _CANDIDATE.search(run(["apt-cache", "policy", "asterisk"], "asking apt for Asterisk"))
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def private_apt(folder: Path, release: Release) -> list[str]:
    """The command line of an apt-get that knows no installed package and writes into `folder` alone.

    Proxies and credentials are the machine's, and so are its sources for its own release.
    """
    for name in ("lists/partial", "archives/partial", "empty"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    (folder / "sources.list").write_text(release.sources, encoding="utf-8")
    (folder / "apt.conf").write_text("\n".join(_configuration(folder, release)) + "\n", encoding="utf-8")
    return ["apt-get", "-c", str(folder / "apt.conf"), "-q"]


def _configuration(folder: Path, release: Release) -> list[str]:
    places = {
        "Dir::State": folder,
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::State::extended_states": folder / "extended_states",
        "Dir::Cache": folder,
        "Dir::Cache::archives": folder / "archives",
        "Dir::Log": folder,
    }
    if release.sources:
        places |= {
            "Dir::Etc::sourcelist": folder / "sources.list",
            "Dir::Etc::sourceparts": folder / "empty",
            "Dir::Etc::preferences": folder / "preferences",
            "Dir::Etc::preferencesparts": folder / "empty",
        }
    lines = [f'{key} "{place}";' for key, place in places.items()]
    lines += ['APT::Sandbox::User "";', "APT::Install-Recommends false;", "APT::Keep-Downloaded-Packages true;"]
    lines += ["Acquire::Languages none;", "Acquire::Retries 3;"]
    return lines + [f"#clear {hook};" for hook in _HOOKS]


def needed() -> str:
    """What fetching needs, and the way round it."""
    return f"install Asterisk 22.10.1 or newer yourself (asterisk.program), or provide what fetching needs: {NEEDS}"


def run(command: list[str], doing: str) -> str:
    """What a command of the package manager prints. Raises `AsteriskError` with what it complained of."""
    environment = os.environ | {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        answer = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise AsteriskError(f"{doing} took more than {_LIMIT_S} s; starting again goes on where it was") from error
    if answer.returncode:
        said = (answer.stderr or answer.stdout).strip()[-800:]
        raise AsteriskError(f"{doing} failed ({command[0]}):\n{said}\nNeeded: {NEEDS}")
    return answer.stdout
