"""From parameters to a network, by kind; what is expensive is built once.

Scenarios that differ in what a builder does not read (the order cutoff of warehouses, dwell times,
when couriers leave; promise, risks, days) share one built network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache, reduce
from operator import attrgetter
from typing import Annotated, Any, Union

from pydantic import Field, PlainValidator, SerializeAsAny, TypeAdapter

from networks.builders.fulfillment_center import FulfillmentCenters
from networks.builders.kinds import (
    BUILDERS,
    NetworkParameters,
    load_installed_builders,
    register_builder,
)
from networks.builders.platform_fulfilled import PlatformFulfilled
from networks.builders.seller_direct import SellerDirect
from networks.builders.sizing import DemandShape
from networks.schema import Graph, Network

for _model in (FulfillmentCenters, SellerDirect, PlatformFulfilled):
    register_builder(_model)


def _chosen(value: object) -> NetworkParameters:
    """Return the parameters of a network from data, by their `kind`."""
    if isinstance(value, Mapping) and str(value.get("kind")) not in BUILDERS:
        load_installed_builders()
    return _union(tuple(BUILDERS.values())).validate_python(value)


@lru_cache(maxsize=1)
def _union(models: tuple[type[NetworkParameters], ...]) -> TypeAdapter[NetworkParameters]:
    union: Any = Annotated[Union[models], Field(discriminator="kind")]  # noqa: UP007
    return TypeAdapter(union)


AnyNetwork = Annotated[NetworkParameters, PlainValidator(_chosen), SerializeAsAny()]
"""A field that takes the parameters of every kind that is known when they are read."""


@dataclass(frozen=True)
class BuildKey:
    """What a builder reads: networks are the same where `model` and `text` are."""

    model: type[NetworkParameters]
    text: str
    parameters: NetworkParameters = field(compare=False, repr=False)
    shape: DemandShape = field(compare=False, repr=False)


def build_key(parameters: NetworkParameters, shape: DemandShape) -> BuildKey:
    """Return what tells a built network from others: all that is not set after that."""
    if not parameters.has_sellers:
        shape = replace(shape, orders_per_day=None)
    without: dict[str, Any] = {}
    for one in parameters.finish:
        *groups, name = one.field.split(".")
        reduce(lambda inner, group: inner.setdefault(group, {}), groups, without)[name] = True
    text = f"{parameters.model_dump_json(exclude=without)} {shape}"
    return BuildKey(type(parameters), text, parameters, shape)


def built(parameters: NetworkParameters, shape: DemandShape) -> Network:
    """Return the network of some parameters at its design volume, its graph yours to change."""
    if parameters.in_files:
        return parameters.build(shape)
    network = full_size(build_key(parameters, shape))
    graph: Graph = network.graph.copy()
    for one in parameters.finish:
        value = attrgetter(one.field)(parameters)
        if isinstance(value, timedelta):  # in the unit of the attribute's name
            value = value.total_seconds() / (3600 if one.attribute.endswith("_hours") else 60)
        for _, attributes in graph.nodes(data=True):
            if attributes["kind"] in one.kinds:
                attributes[one.attribute] = value
    return replace(network, graph=graph)


@lru_cache(maxsize=4)
def full_size(key: BuildKey) -> Network:
    """Return a network before it is finished; `full_size.cache_info()` counts what was built."""
    return key.parameters.build(key.shape)
