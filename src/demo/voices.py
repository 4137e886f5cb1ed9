"""Two speech synthesizers that say when each word is spoken: espeak-ng and flite, through their C libraries.

`say(text)` of either gives (samples, rate, times): mono 16-bit samples, and for each white-space
separated word of the text its (start, end) in seconds.
"""

import array
import ctypes

POINTER, TEXT = ctypes.c_void_p, ctypes.c_char_p


def shared(name):
    return ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)


def word_offsets(text):
    """The (start, end) of each word of the text, in characters."""
    at, offsets = 0, []
    for word in text.split():
        at = text.index(word, at)
        offsets.append((at, at + len(word)))
        at += len(word)
    return offsets


class EspeakEvent(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("unique", ctypes.c_uint), ("text_position", ctypes.c_int), ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int), ("sample", ctypes.c_int), ("user_data", ctypes.c_void_p), ("id", ctypes.c_char * 8),
    ]


class Espeak:
    """espeak-ng: formant synthesis, with many variants of a voice. A word starts at its word event and ends at the next
    one, or where the pause before that begins."""

    SYNCHRONOUS, PHONEME_EVENTS, UTF8 = 2, 1, 1
    WORD, PHONEME, RATE, PITCH = 1, 7, 1, 3

    library = None

    def __init__(self, name, speed=165, pitch=50):
        if Espeak.library is None:
            Espeak.library = shared("libespeak-ng.so.1")
            Espeak.rate = Espeak.library.espeak_Initialize(self.SYNCHRONOUS, 0, None, self.PHONEME_EVENTS)
        self.settings = (name, speed, pitch)

    def say(self, text):
        library, (name, speed, pitch) = Espeak.library, self.settings
        assert library.espeak_SetVoiceByName(name.encode()) == 0, f"espeak-ng has no voice {name}"
        library.espeak_SetParameter(self.RATE, speed, 0)
        library.espeak_SetParameter(self.PITCH, pitch, 0)
        samples, events = array.array("h"), []

        @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(EspeakEvent))
        def hear(wave, count, event):
            if wave and count:
                samples.extend(wave[:count])
            i = 0
            while event[i].type:
                events.append((event[i].type, event[i].text_position - 1, event[i].sample / self.rate, event[i].id))
                i += 1
            return 0

        library.espeak_SetSynthCallback(hear)
        data = text.encode()
        library.espeak_Synth(data, len(data) + 1, 0, 1, 0, self.UTF8, None, None)
        library.espeak_Synchronize()
        return samples, self.rate, self.times(text, events, len(samples) / self.rate)

    def times(self, text, events, length):
        offsets = word_offsets(text)
        starts = [None] * len(offsets)
        for kind, position, at, _ in events:
            if kind == self.WORD:
                word = next(i for i, (_, end) in enumerate(offsets) if position < end)
                starts[word] = at if starts[word] is None else starts[word]
        pauses = [at for kind, _, at, phoneme in events if kind == self.PHONEME and phoneme.startswith(b"_")]
        times = []
        for i, start in enumerate(starts):
            if start is None:
                continue
            # "out of" and "in the" come as one event: they share its time by their letters.
            run = [i] + [k for k in range(i + 1, len(starts)) if all(s is None for s in starts[i + 1:k + 1])]
            after = next((s for s in starts[run[-1] + 1:] if s is not None), length)
            end = min([p for p in pauses if p > start + 0.02] + [after])
            end = min(end, after)
            letters = [offsets[k][1] - offsets[k][0] for k in run]
            at = start
            for count in letters:
                upto = at + (end - start) * count / sum(letters)
                times.append((at, upto))
                at = upto
        assert len(times) == len(offsets), f"no time for a word of: {text}"
        return times


class FliteWave(ctypes.Structure):
    _fields_ = [
        ("type", TEXT), ("rate", ctypes.c_int), ("count", ctypes.c_int), ("channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    ]


class FliteVoice(ctypes.Structure):
    _fields_ = [("name", TEXT), ("features", POINTER)]


class Flite:
    """flite: recorded or statistical American and Scottish voices. A word lasts from its first segment to its last.
    `stretch` slows it down, `shift` raises it like a tape that runs faster."""

    library = None

    def __init__(self, name, stretch=1.0, shift=1.0):
        if Flite.library is None:
            Flite.library = shared("libflite.so.1")
            shared("libflite_usenglish.so.1")
            shared("libflite_cmulex.so.1")
            Flite.library.flite_init()
        register = getattr(shared(f"libflite_cmu_us_{name}.so.1"), f"register_cmu_us_{name}")
        register.restype, register.argtypes = POINTER, [TEXT]
        self.voice, self.shift = register(None), shift
        features = ctypes.cast(self.voice, ctypes.POINTER(FliteVoice)).contents.features
        self.call("flite_feat_set_float", None, (POINTER, features), (TEXT, b"duration_stretch"), (ctypes.c_float, stretch))

    def call(self, name, result, *arguments):
        function = getattr(Flite.library, name)
        function.restype, function.argtypes = result, [kind for kind, _ in arguments]
        return function(*[value for _, value in arguments])

    def walk(self, item):
        while item:
            yield item
            item = self.call("item_next", POINTER, (POINTER, item))

    def feature(self, item, path):
        return self.call("flite_ffeature_float", ctypes.c_float, (POINTER, item), (TEXT, path))

    def say(self, text):
        utterance = self.call("flite_synth_text", POINTER, (TEXT, text.encode()), (POINTER, self.voice))
        wave = ctypes.cast(self.call("utt_wave", POINTER, (POINTER, utterance)), ctypes.POINTER(FliteWave)).contents
        samples = array.array("h", wave.samples[:wave.count])
        tokens = self.call("utt_relation", POINTER, (POINTER, utterance), (TEXT, b"Token"))
        times = []
        for token in self.walk(self.call("relation_head", POINTER, (POINTER, tokens))):
            words = list(self.walk(self.call("item_daughter", POINTER, (POINTER, token))))
            start = self.feature(words[0], b"R:SylStructure.daughter1.daughter1.R:Segment.p.end")
            end = self.feature(words[-1], b"R:SylStructure.daughtern.daughtern.R:Segment.end")
            times.append((start / self.shift, end / self.shift))
        assert len(times) == len(text.split()), f"flite reads other words in: {text}"
        rate = round(wave.rate * self.shift)
        self.call("delete_utterance", None, (POINTER, utterance))
        return samples, rate, times


def voice(settings):
    """The voice that a [candidate] of script.toml asks for."""
    kinds = {"espeak": Espeak, "flite": Flite}
    return kinds[settings["engine"]](**{key: value for key, value in settings.items() if key != "engine"})
