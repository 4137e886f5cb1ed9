"""The voices: ten by which the settings were chosen and ten that were held out; some synthesized here, some real ones from a folder
beside the repository."""

import subprocess
from pathlib import Path

RATE = 48_000
SECONDS = 16

TEXT = (
    "When the first alarm came in, I was the only person on the team who had ever seen that part of the system. "
    "I stopped the deployment, told support what customers would notice, and then took the problem apart: was it the data, "
    "the network, or the change we had made that afternoon? It turned out to be a cache that kept every key twice. "
    "We fixed it in forty minutes, and I wrote down what I would check first next time."
)

SYNTHESIZED = {
    "espeak-low": ["espeak-ng", "-v", "en-us", "-p", "30", "-s", "165"],
    "espeak-high": ["espeak-ng", "-v", "en-gb+f3", "-p", "60", "-s", "175"],
    "flite-slt": ["flite", "-voice", "slt"],
    "flite-rms": ["flite", "-voice", "rms"],
    "flite-awb": ["flite", "-voice", "awb"],
}

CORPUS = Path(__file__).resolve().parents[3] / "shared/corpus/media/speech"

REAL = {
    "real-woman-en": "asterisk/allison_en_q2.flac",
    "real-man-it": "asterisk/carlo_it_q2.flac",
    "real-man-en": "jfk/jfk.flac",
    "real-reader-16k": "librispeech-train-clean/2416-152137-0000.flac",
    "real-reader-44k": "librivox/sonnet001.mp3",
}


# Voices that no setting was chosen by: other synthesizers' voices, other people, other texts.
HELD_OUT_SYNTHESIZED = {
    "espeak-us-man": ["espeak-ng", "-v", "en-us+m3", "-p", "45", "-s", "155"],
    "espeak-scot-woman": ["espeak-ng", "-v", "en-gb-scotland+f2", "-p", "70", "-s", "185"],
    "flite-kal16": ["flite", "-voice", "kal16"],
}
READERS = ["1235-135883", "3857-180923", "446-123501", "5022-29405", "5322-7678", "6000-55211", "8014-112586"]
HELD_OUT_REAL = {f"reader-{name}": f"librispeech-train-clean/{name}-0000.flac" for name in READERS}


def run(command, **more):
    """Runs a program quietly; its own words are told when it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, stdin=subprocess.DEVNULL, **more)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.decode(errors='replace')[-400:]}")


def say(voice, text, to):
    """A synthesized voice says `text` into the WAV file `to`, at the voice's own rate."""
    command = (SYNTHESIZED | HELD_OUT_SYNTHESIZED)[voice]
    run(command + (["-w", to, text] if command[0] == "espeak-ng" else ["-t", text, "-o", to]))


def as_input(source, to, seconds=SECONDS):
    """Mono, 48 kHz, 16 bit: what every program gets, so that none is judged by its resampler."""
    # Bit-exact leaves out the chunk with ffmpeg's name, which not every peer can skip.
    form = ["-ac", 1, "-ar", RATE, "-c:a", "pcm_s16le", "-fflags", "+bitexact", "-flags", "+bitexact"]
    run(["ffmpeg", "-v", "error", "-y", "-i", source, "-t", seconds, "-af", "volume=-3dB", *form, to])


def gather(folder, held_out=False):
    """All voices of a set that are there as (name, WAV file), and what is missing."""
    synthesized, real = (HELD_OUT_SYNTHESIZED, HELD_OUT_REAL) if held_out else (SYNTHESIZED, REAL)
    found, missing = [], []
    for name in synthesized:
        to = folder / f"{name}.wav"
        if not to.exists():
            raw = folder / f"{name}.raw.wav"
            say(name, TEXT, raw)
            as_input(raw, to)
        found.append((name, to))
    for name, file in real.items():
        to = folder / f"{name}.wav"
        if not (CORPUS / file).exists():
            missing.append(f"{name}: {CORPUS / file} is not there")
            continue
        if not to.exists():
            as_input(CORPUS / file, to)
        found.append((name, to))
    return found, missing
