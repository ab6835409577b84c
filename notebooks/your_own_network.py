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
# # Your own network, from a workbook
#
# A network is a few tables: facilities, lanes, departures, delivery routes. Here one is
# written to a workbook, changed, read back, and run.

# %%
import tempfile
from pathlib import Path

import networkx as nx
import openpyxl
import pandas as pd

import logistics
from networks.files import EXAMPLES, read_network, write_network

folder = Path(tempfile.mkdtemp())
book = folder / "mine.xlsx"

# %% [markdown]
# ## Export
#
# The worked example: one seller near Los Angeles, one warehouse, three markets. From the command line:
# `logistics network export small-seller mine.xlsx`.

# %%
example = read_network(EXAMPLES["small-seller"]).network
write_network(example, book, based_on="tiktok-seller-direct")
pd.read_excel(book, sheet_name="lanes")

# %% [markdown]
# ## A change, as a planner makes it in Excel
#
# The trailer to New York becomes a flight: 14 hours instead of 73.

# %%
workbook = openpyxl.load_workbook(book)
lanes = workbook["lanes"]
headings = {cell.value: cell.column for cell in lanes[1]}
for row in range(2, lanes.max_row + 1):
    if lanes.cell(row, headings["destination"]).value == "ST-NYC":
        lanes.cell(row, headings["transit_hours"]).value = 14
workbook["settings"]["B2"] = "by-air"
workbook.save(folder / "by-air.xlsx")

# %% [markdown]
# ## Read it back
#
# All faults are reported at once, with sheet, row and column:

# %%
lanes.cell(2, headings["destination"]).value = "ST-CHICAGO"
lanes.cell(3, headings["capacity_parcels"]).value = "forty"
workbook.save(folder / "slips.xlsx")
try:
    logistics.load_scenario(folder / "slips.xlsx")
except logistics.InputError as error:
    print(str(error).replace(f"{folder}/", ""))

# %% [markdown]
# The graph is a plain NetworkX `MultiDiGraph`, so everything NetworkX knows works on it:

# %%
graph = read_network(folder / "by-air.xlsx").network.graph
way = nx.shortest_path(graph, "WH-LA", "Z100")
print(" > ".join(way))
print({v: graph.edges["WH-LA", v, "linehaul"]["transit_hours"] for v in graph.successors("WH-LA")})

# %% [markdown]
# ## The same orders through both

# %%
result = logistics.compare([book, folder / "by-air.xlsx"], days=28, replications=5, workers=1)
for first, second, pair in result.pairs():
    days = pair["difference_days.mean"]
    print(
        f"{second} against {first}: {days.estimate:+.2f} days ({days.low:+.2f} to {days.high:+.2f})"
    )

# %%
result.table().query("figure in ['delivery_days.p50', 'delivery_days.p95', 'within_dates.3']")
