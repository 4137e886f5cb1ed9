#!/usr/bin/env python3
"""How speech sounds faster: the same voices, ten in each of two sets, through earmark and its peers, measured alike, printed as tables.

    make bench-speech                      builds what it needs and runs this
    python benches/quality/speech.py --earmark target/release/earmark

What is better elsewhere is printed as such.
"""

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path

# Every core has a voice of its own to work on; threads within one would only be in the way.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from scipy.io import wavfile

import peers
import voices
from measures import MEASURES, compare, hear, pitch_by_map

SPEEDS = [1.5, 2.0, 3.0]
OURS = "earmark"
FLOOR = "textbook WSOLA"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--earmark", default="target/release/earmark", help="the program to judge")
    parser.add_argument("--work", default="target/quality", type=Path, help="where sounds and results are kept")
    parser.add_argument("--out", type=Path, help="also writes all figures as JSON")
    parser.add_argument("--each", action="store_true", help="also prints our figures for each voice")
    parser.add_argument("--held-out", action="store_true", help="judges by the voices that no setting was chosen by")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    found, missing = voices.gather(options.work, options.held_out)
    others, absent = peers.available()
    for what in missing:
        print(f"left out: {what}")
    for what in absent:
        print(f"not installed: {what}")
    how = peers.version_key(Path(__file__).with_name("measures.py"))
    programs = [(OURS, how + peers.version_key(options.earmark))] + [(name, how) for name, _ in others]
    tasks = [(options.earmark, options.work, *voice, program, speed) for speed in SPEEDS for program in programs for voice in found]
    with ProcessPoolExecutor() as pool:
        results = list(pool.map(judge, tasks))
    table = {}
    for (_, _, voice, _, (program, _), speed), result in zip(tasks, results):
        table.setdefault(speed, {}).setdefault(program, {})[voice] = result
    for speed, rows in table.items():
        print_speed(speed, rows, options.each)
    worst = max(rows[OURS][voice]["map"] for rows in table.values() for voice in rows[OURS])
    print(f"\nposition map: at every row of it, the sound is the recording's to {worst:.1e} of full scale")
    if options.out:
        options.out.write_text(json.dumps(table, indent=1))
    return verdict(table)


def judge(task):
    """One voice through one program at one speed: kept results are used again."""
    earmark, work, voice, source, (program, version), speed = task
    stem = f"{voice}-{program.replace(' ', '-')}-{speed:g}"
    kept = work / f"{stem}.json"
    if kept.exists():
        before = json.loads(kept.read_text())
        if before["version"] == version:
            return before["result"]
    original, pitch_range = heard_before(source)
    to = work / f"{stem}.wav"
    if program == OURS:
        rows = peers.earmark(earmark)(source, speed, to)
    else:
        dict(peers.available()[0])[program](source, speed, to)
    stretched = hear(to, pitch_range)[0]
    result = compare(original, stretched, speed)
    if program == OURS:
        result["pitch"] = pitch_by_map(original, stretched, rows)
        result["map"] = map_error(source, to, rows)
    kept.write_text(json.dumps({"version": version, "result": result}))
    return result


@lru_cache(maxsize=10)
def heard_before(source):
    return hear(source)


def map_error(source, to, rows):
    """The largest difference between the sound at a row of the map and the recording at the row's place."""
    original, stretched = (wavfile.read(path)[1] / 32768.0 for path in (source, to))
    rate = voices.RATE
    rows = np.round(rows * rate).astype(int)
    rows = rows[(rows[:, 0] < len(stretched) - rate // 20) & (rows[:, 0] > rate // 20) & (rows[:, 1] < len(original))]
    return float(np.abs(stretched[rows[:, 0]] - original[rows[:, 1]]).max())


def better(rows, peer, measure):
    """Whether a peer beats us in a measure beyond noise: over the voices in pairs, and by more than what matters."""
    _, _, more, matters = MEASURES[measure]
    gains = np.array([rows[peer][voice][measure] - rows[OURS][voice][measure] for voice in rows[OURS]]) * (1 if more else -1)
    error = gains.std(ddof=1) / np.sqrt(len(gains))
    return gains.mean() > matters and gains.mean() > 2.26 * error


def print_speed(speed, rows, each):
    print(f"\n{speed:g}x" + " " * 18 + "".join(f"{name + (' ' + unit if unit else ''):>12}" for name, (unit, *_) in MEASURES.items()) + "   better than earmark in")
    for program, results in rows.items():
        mean = {name: np.mean([result[name] for result in results.values()]) for name in MEASURES}
        cells = "".join(f"{mean[name]:>12.{digits}f}" for name, (_, digits, _, _) in MEASURES.items())
        wins = [name for name in MEASURES if program != OURS and better(rows, program, name)]
        print(f"{program:<21}{cells}   {', '.join(wins)}")
    if each:
        for voice, result in rows[OURS].items():
            print(f"  {voice:<19}" + "".join(f"{result[name]:>12.{digits}f}" for name, (_, digits, _, _) in MEASURES.items()))


def verdict(table):
    """Whether the aims are met; each that is not is named."""
    faults = []
    mean = lambda program, name: np.mean([result[name] for rows in table.values() for result in rows[program].values()])
    for speed, rows in table.items():
        for peer in rows:
            wins = [name for name in MEASURES if peer not in (OURS, FLOOR) and better(rows, peer, name)]
            if len(wins) > 2:
                faults.append(f"{peer} is better at {speed:g}x in {', '.join(wins)}")
        for name in ("lost", "HNR", "onset"):
            if better(rows, FLOOR, name):
                faults.append(f"the textbook's {name} is better at {speed:g}x")
    for name in ("lost", "HNR"):
        if mean(OURS, name) >= mean(FLOOR, name):
            faults.append(f"{name} is no better than the textbook's over all speeds")
    pitch = np.mean([result["pitch"] for result in table[2.0][OURS].values()])
    print(f"pitch by the position map at 2x: {pitch:.1f} cents off in the median")
    if pitch > 4:
        faults.append(f"pitch is off by {pitch:.1f} cents at 2x")
    print()
    for fault in faults:
        print(f"not met: {fault}")
    if not faults:
        print("met: every aim")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
