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
#
# The same orders go through two networks: how much longer does the slower one take, how precise is
# that estimate, and what are the hours made of?

# %%
import logistics
from logistics.report.pictures import plot_delivery_times

# %% [markdown]
# A scenario says who orders what, through which network, on which days. Two are compared here on a
# small sample, so that this notebook runs in half a minute: leave the numbers out for a full
# comparison.

# %%
result = logistics.compare(
    ["amazon-fulfillment", "tiktok-seller-direct"],
    orders_per_day=15_000,
    days=2,
    warm_up_days=3,
    later_order_days=12,
    replications=3,
    workers=1,
)
result

# %% [markdown]
# Every metric has a 95% confidence interval: where it would settle if the scenario were run forever.
# As a table:

# %%
figures = result.table()
figures[figures["figure"].isin(["delivery_days.p50", "delivery_days.p95", "damage_rate"])]

# %% [markdown]
# The chart of delivery times. The dashed line is what customers were promised.

# %%
plot_delivery_times(result)

# %% [markdown]
# The same orders went through both networks, so they can be compared one by one:

# %%
for first, second, pair in result.pairs():
    days = pair["difference_days.mean"]
    print(f"{second} takes {days.estimate:.2f} days longer than {first}")
    print(f"({days.low:.2f} to {days.high:.2f}; {pair['faster.first'].estimate:.0%} of the orders")
    print("come sooner through the first)")
