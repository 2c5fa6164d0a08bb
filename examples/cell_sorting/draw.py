"""Draws the figures of docs/reference/models/cell_sorting.md with h5py, numpy and matplotlib.

    python draw.py time RESULTS.rows.h5 PICTURE.png      cells by their type, over time, of the first unit with frames
    python draw.py map RESULTS.h5 PICTURE.png            sorting quality over two swept keys

Frames need `record.frames = true` and `record.cells = true` (types and numbers of cells).
"""

import sys

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

MOMENTS = 6


def draw_time(rows, picture):
    with h5py.File(rows) as file:
        frames, cells = file["frames"], file["cells"]
        length = int(frames["row_size"][0])
        steps, labels = frames["step"][:length], frames["cell"][:length]
        known = slice(0, int(cells["row_size"][0]))
        types = np.zeros(cells["cell"][known].max() + 1, dtype=int)
        types[cells["cell"][known]] = cells["type"][known]
    moments = np.unique(steps)
    chosen = moments[np.unique(np.linspace(0, len(moments) - 1, MOMENTS).round().astype(int))]
    figure, axes = plt.subplots(1, len(chosen), figsize=(2.2 * len(chosen), 2.5), layout="constrained")
    for axis, step in zip(axes, chosen):
        frame = labels[steps == step]
        side = int(np.sqrt(len(frame)))
        if side * side != len(frame):
            sys.exit(f"{rows}: {len(frame)} sites are no square")
        frame = frame.reshape(side, side)
        image = types[frame].astype(float)
        # Boundaries between cells, so that single cells can be told apart.
        edge = (frame != np.roll(frame, 1, 0)) | (frame != np.roll(frame, 1, 1))
        image[edge & (frame > 0)] = 3
        axis.imshow(image, cmap=ListedColormap(["white", "#0072b2", "#f0c96b", "#333333"]), vmin=0, vmax=3, interpolation="nearest")
        axis.set_title(f"step {step}", fontsize=9)
        axis.set_axis_off()
    figure.savefig(picture, dpi=110)


def draw_map(results, picture):
    with h5py.File(results) as file:
        quality = np.nanmean(file["episodes/sorting_quality"][...], axis=(2, 3))
        values = [file[f"episodes/{name}"][...] for name in ("adhesion_dark_light", "course_temperature")]
    figure, axis = plt.subplots(figsize=(5, 3.6), layout="constrained")
    image = axis.imshow(quality.T, origin="lower", cmap="RdBu", vmin=-1, vmax=1, aspect="auto")
    axis.set_xticks(range(quality.shape[0]), [f"{value:g}" for value in values[0]])
    axis.set_yticks(range(quality.shape[1]), [f"{value:g}" for value in values[1]])
    for place in np.ndindex(quality.shape):
        axis.text(*place, f"{quality[place]:.2f}", ha="center", va="center", fontsize=8)
    axis.set_xlabel("J of dark and light")
    axis.set_ylabel("temperature T")
    figure.colorbar(image, label="sorting quality Q")
    figure.savefig(picture, dpi=110)


if __name__ == "__main__":
    kind, source, picture = sys.argv[1:]
    {"time": draw_time, "map": draw_map}[kind](source, picture)
