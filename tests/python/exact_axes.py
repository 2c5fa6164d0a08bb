"""Hold evenly spaced axes against exact fractions of the decimals that were typed.

    python exact_axes.py results.h5 KEY START STOP COUNT

Exits with a message at the first value that isn't the double nearest to the exact one.
"""

import sys
from decimal import Decimal
from fractions import Fraction

import h5py


def main():
    path, name, start, stop, count = sys.argv[1:]
    start, stop, steps = Fraction(Decimal(start)), Fraction(Decimal(stop)), int(count) - 1
    # A fraction as a float is rounded once.
    expected = [float(start + (stop - start) * i / steps) for i in range(steps + 1)]
    with h5py.File(path) as file:
        for group in ["episodes", "units", "summary"]:
            found = file[group][name][...].tolist()
            if found != expected:
                sys.exit(f"/{group}/{name} is {found}, not {expected}")
    print(f"{count} values from {sys.argv[3]} to {sys.argv[4]}, of them {sum(len(str(v)) < 8 for v in expected)} short")


if __name__ == "__main__":
    main()
