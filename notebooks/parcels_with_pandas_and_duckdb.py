# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The table of parcels, with pandas and with DuckDB
#
# A run keeps every parcel. Its tables are pandas data frames; written as Parquet they are read by
# DuckDB (or Polars, Spark, Excel's Power Query) without loading them whole.

# %%
import tempfile
from pathlib import Path

import duckdb

import logistics

# %%
scenario = logistics.load_scenario("tiktok-seller-direct")
run = logistics.simulate(
    scenario, seed=1, orders_per_day=15_000, days=2, warm_up_days=3, later_order_days=12
)
run.parcels.head(3).T

# %% [markdown]
# ## pandas: how long, by carrier zone
#
# Only measured orders count: those of the warm-up and later days keep the network busy. A parcel
# that was not delivered has no delivery time: it is missing, not zero, and a percentile over all
# parcels has to count it as never.

# %%
parcels = run.parcels.copy()
parcels["days"] = parcels["delivery_days"].fillna(float("inf"))
by_zone = parcels.groupby("zone")["days"]
table = by_zone.quantile([0.5, 0.95]).unstack().set_axis(["median_days", "p95_days"], axis=1)
table["parcels"] = by_zone.size()
table.round(1)

# %% [markdown]
# ## DuckDB: the same in SQL, from the file
#
# `logistics run` and `logistics compare` write these tables into their folder; here we write one.

# %%
folder = Path(tempfile.mkdtemp())
run.parcels.to_parquet(folder / "parcels.parquet")
run.departures.to_parquet(folder / "departures.parquet")
run.legs.to_parquet(folder / "legs.parquet")

sql = duckdb.connect()
sql.sql("SET TimeZone = 'UTC'")
days = f"""
    SELECT zone, count(*) AS parcels,
           quantile_cont(coalesce(epoch(delivered_utc - ordered_utc) / 86400, 'inf'::DOUBLE), 0.5)
               AS median_days
    FROM '{folder}/parcels.parquet' WHERE measured GROUP BY zone ORDER BY zone
"""
in_sql = sql.sql(days).df().set_index("zone")
in_sql.round(1)

# %%
assert (in_sql["parcels"] == table["parcels"]).all()
assert (in_sql["median_days"] - table["median_days"]).abs().max() < 1e-9

# %% [markdown]
# ## Which departures rolled volume?

# %%
full = sql.sql(f"""
    SELECT split_part(lane, ' by ', 2) AS mode, count(*) AS departures,
           sum(left_behind) AS parcels_left_behind,
           round(100.0 * avg((left_behind > 0)::INT), 1) AS percent_of_departures
    FROM '{folder}/departures.parquet' GROUP BY mode ORDER BY parcels_left_behind DESC
""").df()
full

# %% [markdown]
# ## A parcel's legs, next to each other
#
# A window function gives the hours each leg's parcels waited at the place before.

# %%
sql.sql(f"""
    WITH waits AS (
        SELECT split_part(lane, ' by ', 2) AS mode,
               epoch(departed_utc - ready_utc) / 3600 AS waited_hours
        FROM '{folder}/legs.parquet' WHERE departed_utc IS NOT NULL
    )
    SELECT mode, count(*) AS legs, round(avg(waited_hours), 1) AS mean_hours,
           round(quantile_cont(waited_hours, 0.95), 1) AS p95_hours
    FROM waits GROUP BY mode ORDER BY mean_hours DESC
""").df()
