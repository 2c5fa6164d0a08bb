"""Print metrics of a results file, every digit of them.

    python print_metrics.py results.h5 metric …
"""

import sys

import h5py

with h5py.File(sys.argv[1]) as file:
    for name in sys.argv[2:]:
        print(name, *(value.hex() for value in file[f"episodes/{name}"][...].ravel().tolist()))
