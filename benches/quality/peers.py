"""The programs that are compared, each called as its own manual says for speech at another speed with its pitch kept."""

import csv
import shutil
from pathlib import Path

import numpy as np

import textbook
from voices import run


def earmark(program):
    def render(source, speed, to):
        to_map = to.with_suffix(".csv")
        # What an earlier run left is in the way: earmark writes over nothing unasked.
        [path.unlink(missing_ok=True) for path in (to, to_map)]
        run([program, "render", source, "--speed", f"{speed:g}", "--no-loudness", "--out", to, "--map", to_map])
        with open(to_map, newline="") as file:
            rows = list(csv.reader(file))[1:]
        return np.array(rows, dtype=float)

    return render


def command(*parts):
    """A peer by its command line; {in}, {out}, {speed} and {percent} are filled in."""

    def render(source, speed, to):
        values = {"in": source, "out": to, "speed": f"{speed:g}", "percent": f"{(speed - 1) * 100:g}"}
        run([part.format(**values) for part in parts])

    return render


# At most 2 for each atempo, as its manual advises: beyond it leaves samples out.
def atempo(source, speed, to):
    chain = f"atempo={speed:g}" if speed <= 2 else f"atempo={speed**0.5:.9g},atempo={speed**0.5:.9g}"
    run(["ffmpeg", "-v", "error", "-y", "-i", source, "-af", chain, "-c:a", "pcm_s16le", to])


PEERS = {
    "scaletempo2": ("mpv", command(
        "mpv", "--no-config", "--really-quiet", "--no-video", "--ao=pcm", "--ao-pcm-file={out}", "--speed={speed}",
        "--af=scaletempo2=max-speed=8.0", "{in}")),
    "atempo": ("ffmpeg", atempo),
    "SoundTouch": ("soundstretch", command("soundstretch", "{in}", "{out}", "-tempo={percent}", "-speech")),
    "sonic": ("sonic", command("sonic", "-q", "-s", "{speed}", "{in}", "{out}")),
    "Rubber Band R3": ("rubberband", command("rubberband", "-q", "-3", "-T", "{speed}", "{in}", "{out}")),
}


def available():
    """The textbook's algorithm and every installed peer as (name, render), and the names of those that are not installed."""
    there = [("textbook WSOLA", textbook.render)]
    there += [(name, render) for name, (program, render) in PEERS.items() if shutil.which(program)]
    missing = [f"{name} ({program})" for name, (program, _) in PEERS.items() if not shutil.which(program)]
    return there, missing


def version_key(program):
    """Changes when the program does, so that kept results of an old one are not used."""
    path = Path(shutil.which(str(program)) or program)
    return f"{path.stat().st_mtime_ns:x}-{path.stat().st_size:x}" if path.exists() else "none"
