"""What is measured of a stretched voice: each frame of it against the original at the time that it should come from."""

from dataclasses import dataclass

import numpy as np
import parselmouth
from scipy.io import wavfile
from scipy.signal import stft

RATE = 48_000
STEP = 0.005
"""Seconds between two frames."""
WINDOW = 0.025
NEAR = 6
"""Frames within which the best one is looked for: 30 ms."""

# name: (unit, digits, whether more is better, a difference that a listener could care about)
MEASURES = {
    "LSD": ("dB", 2, False, 0.2),
    "LSD avg": ("dB", 2, False, 0.2),
    "f0": ("cents", 1, False, 0.5),
    "lost": ("%", 1, False, 0.5),
    "HNR": ("dB", 2, False, 0.2),
    "onset": ("", 2, True, 0.03),
    "click": ("dB", 1, False, 1.0),
}


def mel_bands(bins, count=40, low=60.0, high=7600.0):
    """Triangles on the mel scale over the spectrum's bins."""
    mel = lambda hz: 2595 * np.log10(1 + hz / 700)
    edges = 700 * (10 ** (np.linspace(mel(low), mel(high), count + 2) / 2595) - 1)
    hz = np.linspace(0, RATE / 2, bins)
    rise = (hz[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - hz[None]) / (edges[2:] - edges[1:-1])[:, None]
    return np.clip(np.minimum(rise, fall), 0, None)


def power(samples, seconds=WINDOW):
    length = int(seconds * RATE)
    _, _, spectrum = stft(samples, RATE, nperseg=length, noverlap=length - int(STEP * RATE), nfft=2048, padded=True)
    return np.abs(spectrum.T) ** 2


@dataclass
class Heard:
    """A voice, analysed once. Frame `i` of everything is at `i * STEP` seconds."""

    mel: np.ndarray
    flux: np.ndarray
    f0: np.ndarray
    pitch: tuple
    hnr: np.ndarray
    total: float
    hiss: float


def hear(path, pitch_range=None):
    """Analyses a WAV file; the range of pitch is the original's, found in a first pass."""
    rate, pcm = wavfile.read(path)
    if rate != RATE:
        raise ValueError(f"{path}: {rate} Hz")
    samples = pcm / 32768.0 if pcm.dtype == np.int16 else pcm.astype(float)
    samples = samples if samples.ndim == 1 else samples.mean(axis=1)
    spectrum = power(samples)
    hz = np.linspace(0, RATE / 2, spectrum.shape[1])
    mel = spectrum @ mel_bands(spectrum.shape[1]).T
    fine = power(samples, 0.008) @ mel_bands(spectrum.shape[1], 24).T
    loud = np.log10(fine + 1e-9)
    flux = np.concatenate([[0], np.clip(np.diff(loud, axis=0), 0, None).sum(axis=1)])
    sound = parselmouth.Sound(samples, RATE)
    low, high = pitch_range or range_of_pitch(sound)
    pitch = sound.to_pitch_ac(time_step=STEP, pitch_floor=low, pitch_ceiling=high)
    harmonic = sound.to_harmonicity_cc(time_step=2 * STEP, minimum_pitch=low)
    frames = len(spectrum)
    f0 = at_frames(pitch.xs(), pitch.selected_array["frequency"], frames)
    hnr = at_frames(harmonic.xs(), harmonic.values[0], frames)
    heard = Heard(mel, flux, f0, (pitch.xs(), pitch.selected_array["frequency"]), hnr, spectrum.mean(0).sum(), spectrum.mean(0)[hz > 13_000].sum())
    return heard, (low, high)


def range_of_pitch(sound):
    """A floor and a ceiling for this voice, by the middle half of a first pass."""
    values = sound.to_pitch_ac(time_step=0.01, pitch_floor=60, pitch_ceiling=500).selected_array["frequency"]
    quarter, three = np.percentile(values[values > 0], [25, 75])
    return max(0.7 * quarter, 55.0), min(1.7 * three, 600.0)


def at_frames(times, values, count):
    """The value of the nearest frame."""
    index = np.clip(np.round((np.arange(count) * STEP - times[0]) / (times[1] - times[0])).astype(int), 0, len(values) - 1)
    return values[index]


def decibels(mel):
    return 10 * np.log10(mel + 1e-9)


def delay_of(original, stretched, speed):
    """By how many of its frames a stretched voice comes late as a whole: some programs start late, and that is no fault of sound."""
    a, b = decibels(original.mel), decibels(stretched.mel)

    def fits(delay):
        rows = np.arange(20, len(b) - 20, 3)
        at = np.round((rows - delay) * speed).astype(int)
        there = (at >= 0) & (at < len(a))
        return -np.abs(b[rows[there]] - a[at[there]]).mean()

    return max(range(-16, 17), key=fits)


def compare(original, stretched, speed):
    """Every measure of a stretched voice."""
    delay = delay_of(original, stretched, speed)
    rows = np.arange(10, len(stretched.mel) - 10)
    at = np.round((rows - delay) * speed).astype(int)
    inside = (at >= NEAR) & (at < len(original.mel) - NEAR)
    rows, at = rows[inside], at[inside]
    level = decibels(original.mel).max(axis=1)
    spoken = level[at] > level.max() - 45
    rows, at = rows[spoken], at[spoken]
    distance, nearest = nearest_frames(original, stretched, rows, at)
    return {
        "LSD": distance,
        "LSD avg": averaged_distance(original, stretched, rows, at, speed),
        **voicing(original, stretched, rows, at, nearest),
        "onset": onsets(original, stretched, speed, delay),
        "click": 10 * np.log10(hiss_ratio(stretched) / hiss_ratio(original)),
    }


def floored(mel, reference):
    """In dB, no deeper than 60 under the loudest: what is deeper nobody hears."""
    return np.maximum(decibels(mel), decibels(reference).max() - 60)


def nearest_frames(original, stretched, rows, at):
    """The mean distance of each frame to the original's most similar one nearby, and which those are."""
    a, b = floored(original.mel, original.mel), floored(stretched.mel, original.mel)[rows]
    distances = [np.sqrt(((b - a[at + near]) ** 2).mean(axis=1)) for near in range(-NEAR, NEAR + 1)]
    return float(np.min(distances, axis=0).mean()), at - NEAR + np.argmin(distances, axis=0)


def averaged_distance(original, stretched, rows, at, speed):
    """Against the mean power of all that a frame has to stand for: what is left out counts."""
    reach = int(round(WINDOW / STEP * (speed - 1) / 2))
    sums = np.cumsum(np.vstack([np.zeros(original.mel.shape[1]), original.mel]), axis=0)
    low, high = np.clip(at - reach, 0, None), np.clip(at + reach + 1, None, len(original.mel))
    averaged = (sums[high] - sums[low]) / (high - low)[:, None]
    a, b = floored(averaged, original.mel), floored(stretched.mel, original.mel)[rows]
    return float(np.sqrt(((b - a) ** 2).mean(axis=1)).mean())


def voicing(original, stretched, rows, at, nearest):
    # Only where it is voiced on both sides too: what happens at the edge of voicing depends on the window alone.
    voiced = np.all([original.f0[at + near] > 0 for near in (-3, 0, 3)], axis=0)
    still = stretched.f0[rows] > 0
    both = voiced & still
    harmonic = both & (original.hnr[at] > -50) & (stretched.hnr[rows] > -50)
    drop = original.hnr[at[harmonic]] - stretched.hnr[rows[harmonic]]
    # Pitch glides: against the frame that is heard there, so that a shift by some ms, within which all wander, is not a wrong pitch.
    same = still & (original.f0[nearest] > 0)
    cents = np.abs(1200 * np.log2(stretched.f0[rows[same]] / original.f0[nearest[same]]))
    return {"f0": float(np.median(cents)), "lost": float(100 * (voiced & ~still).sum() / voiced.sum()), "HNR": float(drop.mean())}


def pitch_by_map(original, stretched, rows):
    """The median error of pitch in cents, where each moment's place in the original is known exactly."""
    (times, there), (heard_at, heard) = original.pitch, stretched.pitch
    place = np.interp(heard_at, rows[:, 0], rows[:, 1])
    before = np.clip(np.searchsorted(times, place) - 1, 0, len(times) - 2)
    voiced = (there[before] > 0) & (there[before + 1] > 0) & (heard > 0)
    expected = np.interp(place, times, there)
    return float(np.median(np.abs(1200 * np.log2(heard[voiced] / expected[voiced]))))


def onsets(original, stretched, speed, delay):
    """How sharp the 60 strongest onsets still are: 1 is as sharp as they were."""
    order, chosen = np.argsort(original.flux)[::-1], []
    for frame in order:
        if all(abs(frame - other) > 10 for other in chosen):
            chosen.append(frame)
        if len(chosen) == 60:
            break
    ratios = []
    for frame in chosen:
        row = int(round(frame / speed + delay))
        near = stretched.flux[max(row - NEAR, 0):row + NEAR + 1]
        if len(near):
            ratios.append(near.max() / original.flux[frame])
    return float(np.median(ratios))


def hiss_ratio(heard):
    """Energy above 13 kHz; what is 70 dB under the voice is heard by nobody."""
    return heard.hiss / heard.total + 1e-7
