"""The folder that one Asterisk writes into, with its configuration and a view of the installation's sounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import bcrypt

from ari_app.ops.asterisk.adopting import Started, digest_of, read_started
from ari_app.ops.asterisk.certificate import Certificate, ensure_certificate
from ari_app.ops.asterisk.claim import Claim
from ari_app.ops.asterisk.endpoints import Endpoints, choose_endpoints
from ari_app.ops.asterisk.errors import AsteriskError
from ari_app.ops.asterisk.installation import Installation
from ari_app.ops.asterisk.modules import MEDIA_WEBSOCKET, choose_modules
from ari_app.ops.asterisk.render import Plan, render, write_configuration
from ari_app.ops.paths import private_folder
from ari_app.ops.secrets import Secrets
from ari_app.ops.settings import Settings

_FOLDERS = ("cache", "data/sounds", "keys", "lib", "log", "run", "spool/recording", "spool/tmp")
_LONGEST_SOCKET_PATH = 107
"""sockaddr_un of Linux: Asterisk's control socket must fit in it."""
_BCRYPT_ROUNDS = 4
"""Asterisk hashes the password anew at each ARI request. It is 256 random bits, so the hash need not be slow."""


@dataclass(frozen=True, slots=True)
class PreparedAsterisk:
    """An Asterisk ready to start."""

    installation: Installation
    folder: Path
    endpoints: Endpoints
    certificate: Certificate | None
    modules: tuple[str, ...]
    ari_password_hash: str = field(repr=False)
    digest: str
    """Of its configuration."""
    adoptable: Started | None
    """One that runs already on this very configuration."""
    claim: Claim = field(repr=False, compare=False)
    """On the folder, so that no other Mercury configures or stops this Asterisk; released when it is stopped."""

    @property
    def configuration(self) -> Path:
        """The file that `asterisk -C` is given."""
        return self.folder / "asterisk.conf"

    def command(self, *arguments: str) -> list[str]:
        """The command line of this very Asterisk, e.g. with ("-rx", "core show channels")."""
        return [*self.installation.command("asterisk"), "-C", str(self.configuration), *arguments]


def prepare_asterisk(settings: Settings, secrets: Secrets, installation: Installation) -> PreparedAsterisk:
    """Choose ports, render and write the configuration, into `run_dir/asterisk`. Raises `AsteriskError`.

    Where an earlier run's Asterisk runs on what would be written, it keeps its ports and is to be adopted.
    """
    folder = private_folder((settings.run_dir / "asterisk").absolute())
    claim = Claim(folder)
    claim.take()
    _make_folders(folder)
    _show_installation(folder / "data", installation)
    certificate = ensure_certificate(settings.sip, folder / "keys", installation)
    draft = _Draft(settings, installation, folder, certificate, claim)
    return draft.of_running(secrets.ari_password) or draft.written(secrets.ari_password)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is prepared, but for its endpoints and password."""

    settings: Settings
    installation: Installation
    folder: Path
    certificate: Certificate | None
    claim: Claim

    def of_running(self, ari_password: str) -> PreparedAsterisk | None:
        """As the Asterisk that runs in the folder was started, if these settings come to the same configuration."""
        started = read_started(self.folder)
        if started is None or not started.suits(self.settings, ari_password):
            return None
        plan = self._plan(started.endpoints, started.ari_password_hash)
        same = digest_of(render(plan)) == started.digest
        return self._prepared(plan, started.digest, started) if same else None

    def written(self, ari_password: str) -> PreparedAsterisk:
        """On ports that are free now, its configuration written."""
        plan = self._plan(choose_endpoints(self.settings), hash_password(ari_password))
        texts = render(plan)
        write_configuration(self.folder, texts)
        return self._prepared(plan, digest_of(texts))

    def _plan(self, endpoints: Endpoints, ari_password_hash: str) -> Plan:
        return Plan(
            settings=self.settings,
            endpoints=endpoints,
            folder=self.folder,
            run_folder=self.folder / "run",
            modules_dir=self.installation.modules_dir,
            modules=choose_modules(self.installation.modules_dir, _needed(self.settings)),
            ari_password_hash=ari_password_hash,
            certificate=self.certificate,
        )

    def _prepared(self, plan: Plan, digest: str, adoptable: Started | None = None) -> PreparedAsterisk:
        return PreparedAsterisk(
            installation=self.installation,
            folder=self.folder,
            endpoints=plan.endpoints,
            certificate=self.certificate,
            modules=plan.modules,
            ari_password_hash=plan.ari_password_hash,
            digest=digest,
            adoptable=adoptable,
            claim=self.claim,
        )


def hash_password(password: str) -> str:
    """As crypt(3) of Asterisk's C library checks it (bcrypt, which libxcrypt knows)."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(_BCRYPT_ROUNDS)).decode()


def _make_folders(folder: Path) -> None:
    socket = folder / "run" / "asterisk.ctl"
    if (length := len(str(socket).encode())) > _LONGEST_SOCKET_PATH:
        raise AsteriskError(
            f"{socket} is {length} bytes long, and a socket's path may have {_LONGEST_SOCKET_PATH}: "
            "choose a shorter run_dir"
        )
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)


def _show_installation(data: Path, installation: Installation) -> None:
    """Asterisk looks for sounds/en in its data folder; Debian names that folder otherwise, and sets a link as root."""
    for entry in installation.data_dir.iterdir():
        if entry.name != "sounds":
            _link(data / entry.name, entry)
    _link(data / "sounds" / "en", installation.sounds_dir)


def _link(link: Path, target: Path) -> None:
    if link.is_symlink():
        if link.readlink() == target:
            return
        link.unlink()
    link.symlink_to(target)


def _needed(settings: Settings) -> tuple[str, ...]:
    """Modules that these settings need beyond the usual ones."""
    return (MEDIA_WEBSOCKET,) if settings.media.transport == "websocket" else ()
