"""The American English acoustic model and dictionary in pocketsphinx's wheel, as arrays. Reads its files; no search.

Format: Sphinx-3 parameter files ("s3", byte order, shape, 32-bit floats), `mdef` (BMDF) and `sendump` (8-bit mixture
weights), each of which tells its layout in its own header. Three streams (cepstra, their change, its change) of 13
numbers; 128 Gaussians for each phone, shared by all its senones.
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

INSTALL = "pocketsphinx is not installed; install it with: pip install pocketsphinx"
STREAMS, CEPSTRA, GAUSSIANS, STATES = 3, 13, 128, 3
FILTERS, LOWEST_HZ, HIGHEST_HZ, LIFTER = 25, 130.0, 6800.0, 22
"""How the model's cepstra were made (its feat.params), from audio of 16 kHz."""
SILENCE = "SIL"
_FILLERS = frozenset({"+NSN+", "+SPN+", SILENCE})
_ORDER = 0x11223344
_LOG_STEP = 1024 * float(np.log(1.0001))
"""One step of a mixture weight, in nats."""

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Phones:
    """Names of the phones, the senones of each by itself and between others."""

    number: Mapping[str, int]
    alone: Ints
    """Senones of each phone without context: phones x states."""
    speech: Ints
    """Numbers of those phones that are speech."""
    keys: NDArray[np.int64]
    """Sorted: place in the word, phone, phone before, phone after, six bits each."""
    rows: Ints
    """For each key, its row in `sequences`."""
    sequences: Ints
    """Senones of each distinct sequence: sequences x states."""
    owner: Ints
    """For each senone, the phone whose Gaussians it weighs."""

    def senones(self, phone: int) -> Ints:
        """All that weigh this phone's Gaussians."""
        return np.flatnonzero(self.owner == phone).astype(np.int32)

    def between(self, phone: int, before: int, after: int, place: int) -> Ints:
        """Senones of a phone in its context; those of a like context, or of none, where the model has not that one."""
        silence = self.number[SILENCE]
        for left, right in ((before, after), (silence, after), (before, silence), (silence, silence)):
            for where in (place, *range(4)):
                key = ((where * 64 + phone) * 64 + left) * 64 + right
                at = int(np.searchsorted(self.keys, key))
                if at < len(self.keys) and self.keys[at] == key:
                    found: Ints = self.sequences[self.rows[at]]
                    return found
        alone: Ints = self.alone[phone]
        return alone


@dataclass(frozen=True, slots=True)
class AcousticModel:
    """What the files hold. Means and variances: streams x phones x Gaussians x 13."""

    phones: Phones
    means: Floats
    variances: Floats
    mixtures: NDArray[np.uint8]
    """Streams x Gaussians x senones, each the negative log of a weight in steps."""
    moves: Floats
    """Log probability to stay in a state, and to leave it: phones x states x 2."""

    def weights(self, senones: Ints) -> Floats:
        """Mixture weights of these senones: streams x Gaussians x senones."""
        weights: Floats = np.exp(-_LOG_STEP * self.mixtures[:, :, senones].astype(np.float32))
        return weights

    def spread_of_cepstra(self) -> tuple[Floats, Floats]:
        """Mean and covariance of the cepstra of speech, all its phones alike."""
        weights = np.stack(
            [self.weights(self.phones.senones(phone))[0].mean(axis=1) for phone in self.phones.speech.tolist()]
        ).reshape(-1)
        weights /= weights.sum()
        means = self.means[0][self.phones.speech].reshape(-1, CEPSTRA)
        mean = weights @ means
        away = means - mean
        inside = weights @ self.variances[0][self.phones.speech].reshape(-1, CEPSTRA)
        return mean, (away * weights[:, None]).T @ away + np.diag(inside)


def model_folder() -> Path:
    """Where the installed wheel keeps its English model. Raises `RuntimeError` with the remedy where there is none."""
    found = importlib.util.find_spec("pocketsphinx")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError(INSTALL)
    folder = Path(found.submodule_search_locations[0]) / "model" / "en-us"
    if not (folder / "en-us" / "mdef").is_file():
        raise RuntimeError(f"expected pocketsphinx's English model in {folder}; {INSTALL.partition('; ')[2]}")
    return folder


def read_model(folder: Path) -> AcousticModel:
    """The model in this folder (`mdef`, `means`, …). Raises `RuntimeError` for one of another layout."""
    phones = _phones((folder / "mdef").read_bytes())
    names = len(phones.number)
    means, variances = (_floats(folder / name, (names, STREAMS, GAUSSIANS), STREAMS) for name in ("means", "variances"))
    shape = (STREAMS, names, GAUSSIANS, CEPSTRA)
    counts = _floats(folder / "transition_matrices", (names, STATES, STATES + 1), 0)
    likely = counts.reshape(names, STATES, STATES + 1)
    likely = likely / likely.sum(axis=2, keepdims=True)
    at = np.arange(STATES)
    moves = np.log(np.maximum(np.stack([likely[:, at, at], likely[:, at, at + 1]], axis=2), 1e-10))
    return AcousticModel(
        phones,
        means.reshape(names, STREAMS, GAUSSIANS, CEPSTRA).transpose(1, 0, 2, 3).reshape(shape),
        np.maximum(variances.reshape(names, STREAMS, GAUSSIANS, CEPSTRA).transpose(1, 0, 2, 3), 1e-4),
        _mixtures((folder / "sendump").read_bytes(), len(phones.owner)),
        moves.astype(np.float32),
    )


def _floats(path: Path, shape: tuple[int, int, int], lengths: int) -> Floats:
    data = path.read_bytes()
    at = data.index(b"endhdr\n") + len(b"endhdr\n")
    order, *found = struct.unpack_from("<I3i", data, at)
    if order != _ORDER or tuple(found) != shape:
        raise RuntimeError(f"{path} is of another model: expected {shape}, found {tuple(found)}")
    at += 16 + 4 * lengths
    (count,) = struct.unpack_from("<i", data, at)
    return np.frombuffer(data, "<f4", count, at + 4).astype(np.float32)


def _mixtures(data: bytes, senones: int) -> NDArray[np.uint8]:
    at = 0
    while length := struct.unpack_from("<i", data, at)[0]:
        at += 4 + length
    found = struct.unpack_from("<2i", data, at + 4)
    if found != (GAUSSIANS, senones):
        raise RuntimeError(f"sendump is of another model: expected {(GAUSSIANS, senones)}, found {found}")
    return np.frombuffer(data, np.uint8, STREAMS * GAUSSIANS * senones, at + 12).reshape(STREAMS, GAUSSIANS, senones)


def _phones(data: bytes) -> Phones:
    magic, _version, told = struct.unpack_from("<4s2i", data)
    at = 12 + told
    names, all_phones, states, _, senones, _, sequences, _, tree, _ = struct.unpack_from("<10i", data, at)
    if magic != b"BMDF" or states != STATES:
        raise RuntimeError(f"mdef is of another layout: expected BMDF of {STATES} states, found {magic!r} of {states}")
    at += 40
    number: dict[str, int] = {}
    start = at
    for place in range(names):
        end = data.index(0, at)
        number[data[at:end].decode()] = place
        at = end + 1
    at += -(at - start) % 4 + 8 * tree
    entry = np.dtype([("sequence", "<i4"), ("moves", "<i4"), ("place", "i1"), ("context", "i1", 3)])
    entries = np.frombuffer(data, entry, all_phones, at)
    at += entry.itemsize * all_phones + 4
    of = np.frombuffer(data, "<i2", sequences * STATES, at).reshape(sequences, STATES).astype(np.int32)
    return _indexed(number, entries, of, senones)


def _indexed(number: dict[str, int], entries: NDArray[np.void], sequences: Ints, senones: int) -> Phones:
    names = len(number)
    alone = sequences[entries["sequence"][:names]]
    context = entries[names:]
    parts = context["context"].astype(np.int64)
    keys = ((context["place"].astype(np.int64) * 64 + parts[:, 0]) * 64 + parts[:, 1]) * 64 + parts[:, 2]
    order = np.argsort(keys)
    owner = np.zeros(senones, np.int32)
    owner[alone] = np.arange(names)[:, None]
    owner[sequences[context["sequence"]]] = parts[:, 0, None]
    speech = np.array([place for name, place in number.items() if name not in _FILLERS], np.int32)
    rows = context["sequence"][order].astype(np.int32)
    return Phones(number, alone, speech, keys[order], rows, sequences, owner)
