"""All measurements, one after the other: python -m bench [NAME …] [--list]. Figures as JSON in build/bench."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ari_app.models.wheel import SMART_TURN
from ari_app.ops.asterisk import ensure_asterisk
from ari_app.ops.settings import Settings

OUT = Path("build/bench")
Arguments = Callable[[], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Bench:
    """One module of this package, with arguments that make it short."""

    name: str
    what: str
    arguments: Arguments = tuple
    module: str = ""
    """Where it is, if not in the module of that name."""


def _recordings() -> Sequence[str]:
    """Asterisk's human recordings, and what they say."""
    settings = Settings()
    installation = ensure_asterisk(settings.cache_dir, settings.asterisk, print)
    texts = (installation.root or Path("/")) / "usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz"
    return ("--sounds", str(installation.sounds_dir), "--texts", str(texts))


def _with_model() -> Sequence[str]:
    """The same, and smart-turn where it was fetched."""
    model = SMART_TURN.path(Settings().cache_dir)
    return (*_recordings(), *(("--model", str(model)) if model.is_file() else ()))


def _sounds() -> Sequence[str]:
    """Asterisk's human recordings."""
    settings = Settings()
    installation = ensure_asterisk(settings.cache_dir, settings.asterisk, print)
    return ("--sounds", str(installation.sounds_dir), "--json", str(OUT / "sound.json"))


def _recording() -> Sequence[str]:
    """The same, for recordings of calls."""
    return (*_sounds()[:2], "--json", str(OUT / "recording.json"))


BENCHES = (
    Bench("flows", "a step of the flow interpreter, loading flows"),
    Bench("intents", "learning and deciding of the intent classifier"),
    Bench("matching", "how well recognisers' text is matched to closed lists"),
    Bench("store", "commits, and results at the backend", lambda: ("--json", str(OUT / "store.json"))),
    Bench("asr_closed_list", "how well closed lists are heard", lambda: (*_recordings(), "--every", "8")),
    Bench("embedded", "first audio and hearing of the embedded engines, and how soon cancelling ends them"),
    Bench("engine_layer", "what chains, health and time-outs of engines add to a turn"),
    Bench("remote_ears", "what recognisers behind a network cost beside network and model"),
    Bench("remote_minds", "what minds behind a network cost beside network and model"),
    Bench("remote_voices", "what voices behind a network cost beside network and model"),
    Bench("kokoro", "what Mercury adds to Kokoro, how soon cancelling ends it, the 20 ms beat beside it"),
    Bench("parler", "what the layer and the worker process add to Parler (by .venv-parler's interpreter)"),
    Bench("invented_text", "whether what people said is taken for invented", _recordings),
    Bench("languages", "how well a text tells its language"),
    Bench("vad", "what Silero's voice activity costs and tells (where faster-whisper is installed)"),
    Bench("codecs", "what each codec costs a frame"),
    Bench("sound", "loudness, peaks, band and joins of what is said", _sounds),
    Bench("turn_taking", "cut-ins, delays and barge-ins on scenes of human recordings", _with_model),
    Bench("machine", "who is taken for a machine, how soon, and where its beep is", _recordings),
    Bench("asr_beside_ticker", "the 20 ms beat beside the recogniser"),
    Bench("whisper", "what Mercury adds to Whisper, how soon cancelling ends it, the 20 ms beat beside it"),
    Bench("llama", "what Mercury adds to llama.cpp, how soon leaving ends it, its cache of prompts, the 20 ms beat"),
    Bench(
        "true_sizes",
        "models of true shape and random weights, held together (a tenth of their size here; --scale 1 by itself)",
        lambda: ("--scale", "0.1"),
    ),
    Bench(
        "media_load",
        "cost and beat of the media loop at 400 calls that talk, are idle, interrupt",
        lambda: ("400", "--cycle", "talk", "idle", "agent", "--seconds", "10", "--json", str(OUT / "media_load.json")),
    ),
    Bench(
        "media_beside",
        "the beat at 50 calls beside a thread that never rests, of Python and of native code",
        lambda: ("50", "--beside", "python", "native", "--seconds", "10", "--json", str(OUT / "media_beside.json")),
        module="media_load",
    ),
    Bench(
        "flight",
        "bytes and CPU of a call's flight log",
        lambda: ("--minutes", "5", "--json", str(OUT / "flight.json")),
    ),
    Bench("recording", "CPU and bytes of a call's recording, by format", _recording),
    Bench("transports", "what RTP and the websocket cost a frame on its way through a real Asterisk"),
    Bench("wire", "latencies of real calls through a real Asterisk, over RTP", lambda: ("--ladder", "2,10")),
    Bench(
        "wire",
        "the same over the websocket, with engines that take a known time",
        lambda: ("--transport", "websocket", "--engines", "timed", "--ladder", "1,10"),
    ),
)


def main() -> int:
    """The command: 0 only if every bench exits with 0."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which ones; all unless given")
    parser.add_argument("--list", action="store_true", help="say what there is")
    options = parser.parse_args()
    if unknown := sorted(set(options.names) - {bench.name for bench in BENCHES}):
        parser.error(f"no bench is called {', '.join(unknown)}; there are {', '.join(bench.name for bench in BENCHES)}")
    chosen = [bench for bench in BENCHES if bench.name in options.names or not options.names]
    if options.list:
        for bench in chosen:
            print(f"{bench.name:<20}{bench.what}")
        return 0
    OUT.mkdir(parents=True, exist_ok=True)
    failed = [bench.name for bench in chosen if not _run(bench)]
    print(
        f"\n{len(chosen) - len(failed)} of {len(chosen)} within their budgets" + "".join(f"; NOT {n}" for n in failed)
    )
    return bool(failed)


def _run(bench: Bench) -> bool:
    print(f"\n── {bench.name}: {bench.what}", flush=True)
    command = [sys.executable, "-m", f"bench.{bench.module or bench.name}", *bench.arguments()]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
