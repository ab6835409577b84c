"""What damages and loses parcels."""

from __future__ import annotations

from networks.inputs.models import Parameters
from networks.inputs.provenance import parameter
from networks.inputs.units import Factor, Share


class Touches(Parameters):
    """Probability that one handling damages an ordinary product in good packaging."""

    conveyor: Share = parameter("0.015%", assumed=("0.005%", "0.05%"), lt=0.5)
    hub_sorter: Share = parameter("0.03%", assumed=("0.01%", "0.1%"), lt=0.5)
    manual_load: Share = parameter("0.04%", assumed=("0.01%", "0.1%"), lt=0.5)
    door_step: Share = parameter("0.05%", assumed=("0.01%", "0.2%"), lt=0.5)
    round: Share = parameter("0.02%", assumed=("0.005%", "0.1%"), lt=0.5)
    """Each delivery route."""
    road: Share = parameter("0.02%", assumed=("0.005%", "0.1%"), lt=0.5)
    """Each 1000 km on the road."""


class Grades(Parameters):
    """Multiplier of every probability of damage, by packaging grade."""

    excellent: Factor = parameter(0.6, assumed=(0.4, 0.9), ge=0.001, le=50)
    good: Factor = parameter(1.0, source="the reference", ge=0.001, le=50)
    fair: Factor = parameter(1.8, assumed=(1.2, 3.0), ge=0.001, le=50)
    poor: Factor = parameter(3.5, assumed=(2.0, 6.0), ge=0.001, le=50)


class Loss(Parameters):
    """Probability that a parcel is lost in the network, or stolen at the door."""

    facility: Share = parameter("0.02%", assumed=("0.005%", "0.05%"), lt=0.5)
    """Each facility."""
    road: Share = parameter("0.01%", assumed=("0%", "0.05%"), lt=0.5)
    """Each 1000 km."""
    round: Share = parameter("0.02%", assumed=("0%", "0.05%"), lt=0.5)
    """Each delivery route."""
    theft: Share = parameter("0.2%", assumed=("0.05%", "0.5%"), lt=0.5)
    """Taken from the door step."""


class Risks(Parameters):
    """What breaks parcels, loses them, or keeps them from being delivered."""

    touches: Touches = Touches()
    packaging: Grades = Grades()
    loss: Loss = Loss()
    failed_attempt: Share = parameter("5%", assumed=("2.8%", "30%"), lt=1)
    """Probability that a delivery attempt fails; the third failure returns the parcel."""
