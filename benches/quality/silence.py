#!/usr/bin/env python3
"""What skipping silence saves and what it costs: synthesized answers whose every pause is known, in seven kinds of noise.

    python benches/quality/silence.py --earmark target/release/earmark

The best possible ("oracle") knows where speech is and leaves 0.4 s of each pause.
"""

import argparse
import csv
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from scipy.io import wavfile
from scipy.signal import butter, lfilter

import voices
from voices import RATE, run

SENTENCES = [
    "I was the only person on the team who had ever seen that part of the system.",
    "So I stopped the deployment, and told support what customers would notice.",
    "It turned out to be a cache.",
    "After that, we took the problem apart, one piece at a time, until only the network was left.",
    "I would check the fish first, because fresh fish shows whether a supplier can be trusted.",
    "My manager asked for a plan; I asked for two days, and for someone who knew the old code.",
]
KEPT = 0.4
"""Seconds of a pause that the best possible leaves."""
WORTH = 0.15
"""Seconds under which cutting is not worth it."""
FRAME = 0.01


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--earmark", default="target/release/earmark")
    parser.add_argument("--work", default="target/quality/silence", type=Path)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    answers = [answer(voice, seed, options.work) for seed, voice in enumerate(voices.SYNTHESIZED)]
    tasks = [(options, name, seed, answers) for name in NOISES for seed in range(len(answers))]
    with ProcessPoolExecutor() as pool:
        results = list(pool.map(judge, tasks))
    table = {name: np.sum([result for task, result in zip(tasks, results) if task[1] == name], axis=0) for name in NOISES}
    print(f"{'':<12}{'length':>9}{'saved':>9}{'oracle':>9}{'of it':>8}{'speech cut':>12}{'worst place':>13}")
    for name, (length, saved, best, spoken, cut, _) in table.items():
        worst = max(result[5] for task, result in zip(tasks, results) if task[1] == name)
        print(f"{name:<12}{length:>7.0f} s{100 * saved / length:>8.1f}%{100 * best / length:>8.1f}%{100 * saved / best:>7.0f}%"
              f"{100 * cut / spoken:>11.2f}%{1000 * worst:>10.0f} ms")
    return verdict(table)


def verdict(table):
    faults = []
    for name in ("clean", "fan 10", "hum 10", "keyboard 10"):
        _, saved, best, *_ = table[name]
        if saved < 0.9 * best:
            faults.append(f"{name}: {100 * saved / best:.0f}% of the oracle's saving, not 90%")
    for name, (_, _, _, spoken, cut, _) in table.items():
        if cut > 0.005 * spoken:
            faults.append(f"{name}: {100 * cut / spoken:.2f}% of speech is cut, more than 0.5%")
    if table["babble 10"][1] > 0:
        faults.append(f"babble 10: {table['babble 10'][1]:.1f} s are cut")
    for fault in faults:
        print(f"not met: {fault}")
    if not faults:
        print("met: every aim")
    return 1 if faults else 0


def answer(voice, seed, folder):
    """An answer with pauses, and for each frame whether someone speaks in it."""
    chance = np.random.default_rng(seed)
    pieces, spoken = [np.zeros(60 * int(RATE * FRAME))], [np.zeros(60, bool)]
    for number, sentence in enumerate(SENTENCES):
        raw, wav = folder / f"{voice}-{number}.raw.wav", folder / f"{voice}-{number}.wav"
        if not wav.exists():
            voices.say(voice, sentence, raw)
            voices.as_input(raw, wav)
        speech = wavfile.read(wav)[1] / 32768.0
        frames = len(speech) // int(RATE * FRAME)
        speech = speech[:frames * int(RATE * FRAME)]
        speech = speech * (0.06 / np.sqrt((speech[np.abs(speech) > 0.01] ** 2).mean()))
        # Pauses such as people make: most are short, some are long.
        pause = round(float(np.clip(chance.gamma(2.0, 0.45), 0.15, 4.0)), 2)
        pieces += [speech, np.zeros(int(round(pause / FRAME)) * int(RATE * FRAME))]
        spoken += [labels(speech), np.zeros(len(pieces[-1]) // int(RATE * FRAME), bool)]
    return np.concatenate(pieces), np.concatenate(spoken)


def labels(speech):
    """Speech is what lies within 40 dB of its loud parts; gaps inside a word, up to 100 ms, belong to it."""
    level = np.sqrt((speech.reshape(-1, int(RATE * FRAME)) ** 2).mean(axis=1))
    on = np.flatnonzero(level > 0.01 * np.percentile(level, 95))
    mask = np.zeros(len(level), bool)
    for a, b in zip(on[:-1], on[1:]):
        if b - a <= 10:
            mask[a:b + 1] = True
    return mask


def runs(mask):
    """Where a mask is true, as (first, after the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return edges.reshape(-1, 2)


def fan(count, chance, _):
    return lfilter(*butter(1, 400 / (RATE / 2)), chance.standard_normal(count))


def hum(count, chance, _):
    time = np.arange(count) / RATE
    return sum(np.sin(2 * np.pi * 50 * k * time + chance.uniform(0, 6)) / k for k in (1, 2, 3, 5, 7))


def keyboard(count, chance, _):
    noise = np.zeros(count)
    at = 0.3
    while at < count / RATE - 0.2:
        for offset, level in ((0, 1.0), (chance.uniform(0.07, 0.11), 0.5)):
            length = int(RATE * 0.03)
            burst = chance.standard_normal(length) * np.exp(-np.arange(length) / (RATE * 0.004)) * level * chance.uniform(0.5, 1)
            start = int((at + offset) * RATE)
            noise[start:start + length] += burst[:count - start]
        at += chance.gamma(4, 0.05)
    return noise


def babble(count, chance, answers):
    noise = np.zeros(count)
    for _ in range(12):
        voice = answers[chance.integers(len(answers))][0]
        voice = voice[np.abs(voice) > 0.0005]
        noise += np.roll(np.resize(voice, count), chance.integers(count))
    return noise


NOISES = {
    "clean": (None, 0), "fan 20": (fan, 20), "fan 10": (fan, 10), "fan 5": (fan, 5),
    "hum 10": (hum, 10), "keyboard 10": (keyboard, 10), "babble 10": (babble, 10),
}


def judge(task):
    """Seconds in all, saved, saved at best, spoken, and cut from speech, of one answer in one noise; and the longest single cut."""
    options, name, seed, answers = task
    speech, spoken = answers[seed]
    chance = np.random.default_rng(1000 + seed)
    make, ratio = NOISES[name]
    sound = speech + 1e-4 * chance.standard_normal(len(speech))
    if make:
        noise = make(len(speech), chance, answers)
        power = (speech[np.repeat(spoken, int(RATE * FRAME))[:len(speech)]] ** 2).mean()
        sound = sound + noise * np.sqrt(power / (noise**2).mean() / 10 ** (ratio / 10))
    stem = options.work / f"{seed}-{name.replace(' ', '-')}"
    source, out, to_map = (stem.with_suffix(suffix) for suffix in (".wav", ".out.wav", ".csv"))
    wavfile.write(source, RATE, (np.clip(sound, -1, 1) * 32767).astype(np.int16))
    [path.unlink(missing_ok=True) for path in (out, to_map)]
    run([options.earmark, "render", source, "--skip-silence", "--no-loudness", "--out", out, "--map", to_map])
    left_out = cuts(to_map, len(spoken))
    lost = spoken & left_out
    pauses = [(b - a) * FRAME for a, b in runs(~spoken)]
    best = sum(pause - KEPT for pause in pauses if pause >= KEPT + WORTH)
    worst = max([(b - a) * FRAME for a, b in runs(lost)], default=0)
    return np.array([len(spoken) * FRAME, left_out.sum() * FRAME, best, spoken.sum() * FRAME, lost.sum() * FRAME, worst])


def cuts(path, frames):
    """Which frames were left out, by the position map: where it jumps."""
    with open(path, newline="") as file:
        rows = np.array(list(csv.reader(file))[1:], dtype=float)
    mask = np.zeros(frames, bool)
    for (output, source), (output_after, source_after) in zip(rows[:-1], rows[1:]):
        played = output_after - output
        if source_after - source > played + 0.02:
            mask[int(np.ceil(source / FRAME)):int(np.floor((source_after - played) / FRAME))] = True
    return mask


if __name__ == "__main__":
    sys.exit(main())
