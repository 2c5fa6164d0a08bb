"""Compare the walking fly's responses to a pulse of odour with an independent transcription of the model.

    python walking_fly.py consistent|published SAMPLES_PER_SECOND traces.csv     to 1e-9, the same samples
    python walking_fly.py same-course reference.csv other.csv                    within 2 %, at common times

The model is Álvarez-Salvado et al. (2018), eLife 7:e37815; its numbers are given there in samples at 50 Hz. Arrays are
indexed by sample as in the authors' program: what has index i is known when sample i is due. "consistent" is the paper's
equations in explicit Euler steps at 50 Hz, and only that rate is transcribed; "published" has the authors' indices, in
which the OFF response is two samples late, and their rescaled time constants at any rate.
"""

import sys

import numpy as np

COLUMNS = ["on", "off", "speed_m_s", "turns_per_s"]
# Adaptation of ON and OFF, ON, OFF fast and slow: time constants in samples at 50 Hz.
TAU = np.array([490.0, 504.0, 36.0, 31.0, 242.0])
BETA = 0.01


def pulse(rate_hz):
    time = np.arange(70 * rate_hz) / rate_hz
    return ((time >= 30 - 1e-9) & (time < 40 - 1e-9)).astype(float)


def transcription(form, rate_hz):
    """The traces by the model's equations."""
    if form == "consistent" and rate_hz != 50:
        raise SystemExit("the consistent form is transcribed at 50 Hz only")
    tau_a_on, tau_a_off, tau_on, tau_fast, tau_slow = TAU * rate_hz / 50
    odour = pulse(rate_hz)
    n = len(odour)
    a_on, a_off, on, fast, slow, off = (np.zeros(n + 1) for _ in range(6))
    c_off = np.zeros(n + 1)
    for i in range(n):
        a_on[i + 1] = a_on[i] + (odour[i] - a_on[i]) / tau_a_on
        a_off[i + 1] = a_off[i] + (odour[i] - a_off[i]) / tau_a_off
        c_on = odour[i] / (odour[i] + BETA + a_on[i])
        on[i + 1] = on[i] + (c_on - on[i]) / tau_on
        if form == "published":
            c_off[i + 1] = odour[i] / (odour[i] + BETA + a_off[i])
            into = c_off[i]
        else:
            into = odour[i] / (odour[i] + BETA + a_off[i])
        fast[i + 1] = fast[i] + (into - fast[i]) / tau_fast
        slow[i + 1] = slow[i] + (into - slow[i]) / tau_slow
        off[i + 1] = max(0.0, slow[i] - fast[i] if form == "published" else slow[i + 1] - fast[i + 1])
    on, off = on[:n], off[:n]
    speed = 6e-3 * np.maximum(0.0, 1 + 0.45 * on - 0.8 * off)
    turns = 50 * (0.12 - 0.03 * on + 0.75 * off)
    return {"on": on, "off": off, "speed_m_s": speed, "turns_per_s": turns}


def read(path):
    table = np.genfromtxt(path, delimiter=",", names=True)
    return table["time_s"], {name: table[name] for name in COLUMNS}


def report(deviations, limit):
    for name, deviation in deviations.items():
        print(f"{name} {deviation:.3g}")
    if not all(deviation <= limit for deviation in deviations.values()):
        raise SystemExit(f"a deviation is above {limit}")


if sys.argv[1] == "same-course":
    (time, reference), (other_time, other) = read(sys.argv[2]), read(sys.argv[3])
    # Samples of both that have the same time, to the rounding of a division.
    _, here, there = np.intersect1d(np.round(time, 9), np.round(other_time, 9), return_indices=True)
    if len(here) < 300:
        raise SystemExit(f"only {len(here)} common times")
    difference = {name: np.max(np.abs(reference[name][here] - other[name][there])) for name in COLUMNS}
    report({name: difference[name] / np.max(reference[name]) for name in COLUMNS}, 0.02)
else:
    form, rate_hz = sys.argv[1], int(sys.argv[2])
    _, found = read(sys.argv[3])
    expected = transcription(form, rate_hz)
    assert np.max(expected["on"]) > 0.7 and np.max(expected["off"]) > 0.3
    report({name: np.max(np.abs(found[name] - expected[name])) for name in COLUMNS}, 1e-9)
