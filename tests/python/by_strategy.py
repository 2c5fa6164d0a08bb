"""Success by strategy, and collisions with the smallest and the largest discs, of the shipped study of crowds.

    python by_strategy.py crowd.h5
"""

import sys

import xarray as xr

episodes = xr.open_dataset(sys.argv[1], group="episodes", engine="h5netcdf").load().set_coords("strategy")
by_strategy = episodes.where(episodes.strategy >= 0).groupby("strategy").mean(...)
per_unit = xr.concat([episodes.success.where(episodes.strategy == k).mean("agent") for k in (0, 1)], "group")
means = per_unit.mean()
assert abs(float(by_strategy.success.mean()) - float(means)) < 0.2, (by_strategy.success, means)
collisions = episodes.collisions.mean([name for name in episodes.collisions.dims if name != "collision_radius_m"])
print(*by_strategy.success.values, float(collisions[0]), float(collisions[-1]))
