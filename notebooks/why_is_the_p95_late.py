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
# # A first comparison

# %% [markdown]
# # Why is the P95 late?
#
# Half of the parcels of sellers who ship themselves arrive within a few days, but one in twenty
# takes far longer. What do these parcels wait for, and where?

# %%
import numpy as np
import pandas as pd

import logistics
from logistics.experiments.added_capacity import added_capacity
from logistics.report.pictures import plot_hours_by_cause

# %% [markdown]
# ## The slowest 5%, compared with all
#
# The run keeps every departure, so each parcel's hours can be split by cause.
# They add up to its delivery time, to the tick.

# %%
scenario = logistics.load_scenario("tiktok-seller-direct").replace(
    orders={"orders_per_day": 15_000},
    days={"days": 2, "warm_up_days": 4, "later_order_days": 14},
)
run = logistics.simulate(scenario, seed=1)
parcels = run.parcels
hours = run.hours_by_cause.loc[parcels.index].filter(like="_hours")
delivered = (parcels["status"] == "delivered").to_numpy()
days = parcels["delivery_days"]
assert np.allclose(hours[delivered].sum(axis=1), 24 * days[delivered])

# %%
slow = delivered & (days > days[delivered].quantile(0.95)).to_numpy()
table = pd.DataFrame({"all": hours[delivered].mean(), "slowest 5%": hours[slow].mean()})
table["more"] = table["slowest 5%"] - table["all"]
table.sort_values("more", ascending=False).round(1)

# %% [markdown]
# The same as a chart, with three runs together; below, the slowest 5%:

# %%
result = logistics.compare([scenario], replications=3, workers=1)
plot_hours_by_cause(result)

# %% [markdown]
# ## Who are they?
#
# A weekend, a distant market, a slow seller? The share of each group that is among the slowest (5% if
# the group made no difference):

# %%
groups = {
    "ordered on": parcels["order_date"].dt.day_name(),
    "carrier zone": parcels["zone"],
    "attempts at the door": parcels["attempts"],
}
for name, group in groups.items():
    share = pd.Series(slow[delivered]).groupby(group[delivered].to_numpy()).agg(["mean", "size"])
    print(f"\n{name}")
    print(share.set_axis(["share among the slowest", "parcels"], axis=1).round(3).to_string())

# %% [markdown]
# ## Where do parcels wait for capacity?
#
# Bottlenecks: the facilities and lanes that make parcels wait because workers are busy or a departure
# is full, worst first. Waiting for the next departure is due to the timetable, and not counted here.

# %%
places = result.places["tiktok-seller-direct"]
pd.DataFrame(places.bottlenecks(8)).round(4)

# %% [markdown]
# Would one more vehicle or worker help? The same orders again, with a little more at one place:

# %%
for one in added_capacity(scenario.replace(runs={"replications": 2}), most=2):
    where, more, saved = one.bottleneck, one.addition, one.saved_hours.estimate
    print(f"{where.place}: {more.what} {more.sample} (in the sample) saves {saved:.2f} hours")
    print(f"  for each of the {one.parcels_per_day:,.0f} parcels a day that pass there")
