"""Which function simulates which case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.known_answers import (
    attempts,
    calendars,
    daily_capacity,
    damage,
    departures,
    networks,
    queues,
    relations,
    replay,
    statistics,
)
from benchmarks.known_answers.answers import SKIPPED, Answer

Simulation = Callable[[Answer, int], Mapping[str, Any]]

_BY_GROUP: dict[str, Simulation] = {
    "queues: M/M/c": queues.steady_queue,
    "queues: M/D/c": queues.steady_queue,
    "queues: D/M/c": queues.steady_queue,
    "queues: M/G/1": queues.steady_queue,
    "queues: workers change by the hour": queues.changing_staff,
    "queues: a truck at a time": queues.unloading,
    "departures: limited size": departures.of_limited_size,
    "departures: any size": departures.of_any_size,
    "a wave a day": daily_capacity.one_capacity,
    "attempts at the door": attempts.until_the_third,
    "networks: queues in line": networks.in_line,
    "networks: by timetable": networks.two_centers_two_stations,
    "networks: on the road": networks.legs_on_the_road,
    "calendars: by when to ship": calendars.dates_of_a_rule,
    "calendars: keeping to the dates": calendars.seller_with_a_carrier,
    "statistics: batch means": statistics.batch_means_of_a_queue,
    "statistics: coverage": statistics.t_coverage,
    "statistics: picking the best": statistics.constants,
    "statistics: quantiles": statistics.ranks,
    "statistics: warm-up": statistics.where_to_cut,
    "other simulators": replay.workers,
    "damage: intervals": damage.share_intervals,
}

_BY_ID: dict[str, Simulation] = {
    "bulk_two_departures_dev": departures.two_a_day,
    "window_pack_cutoff_dev": departures.packed_before,
    "weekly_capacity_dev": daily_capacity.by_weekday,
    "attempts_calendar_mon_sat": attempts.but_not_on_sunday,
    "mmc_then_truck_K20_dev": networks.packed_then_sent,
    "truck_then_wave_K20_dev": networks.sent_then_delivered,
    "damage_5_touches": damage.one_way,
    "damage_inflated_hazards": damage.one_way,
    "damage_poisson_touches": damage.ways_of_different_length,
    "damage_geometric_resort": damage.ways_of_different_length,
    "damage_geometric_resort2": damage.ways_of_different_length,
    "damage_grades_loss": damage.lost_or_damaged,
    "damage_reattempt_dev": damage.touched_again,
    "coverage_wilson_n100_p0.02": damage.interval_coverage,
    "coverage_wilson_n1000_p0.005": damage.interval_coverage,
    "coverage_wilson_n500_p0.1": damage.interval_coverage,
    "coverage_wilson_n150_p0.2": damage.interval_coverage,
    "newcombe_diff_56_70_48_80": damage.share_difference,
    "holidays_2025": calendars.holidays_of_a_year,
    "holidays_2026": calendars.holidays_of_a_year,
    "tiktok_ldr_worked_example": calendars.late_share,
    "jaamsim_sample_statistics": statistics.sample,
    "ar1_phi0.9_n1000_k10": statistics.batch_means_of_a_series,
    "ar1_phi0.5_n400_k20": statistics.batch_means_of_a_series,
    "law_bank_10reps_ci": statistics.runs_to_make,
    "law_inventory_paired_welch": statistics.two_designs,
    "crn_timetable_4_3": statistics.same_parcels_other_trucks,
    "crn_lognormal_10_9": statistics.same_luck_other_roads,
    "ocba_gauss_1_to_10_max": statistics.shares_of_runs,
    "ocba_five_designs_min": statistics.shares_of_runs,
    "mm1_first25_delay": statistics.first_customers,
    "ciw_slotted": replay.trucks,
    "ciw_slotted_offset": replay.trucks,
    "ciw_slotted_overrun": replay.trucks,
    "ciw_slotted_capacitated_False": replay.trucks,
    "ciw_mm1_practice": queues.steady_queue,
    "meta_conservation": relations.conservation,
    "meta_little_pathwise": relations.little,
    "meta_time_unit": relations.time_unit,
    "meta_zero_hazard": relations.zero_hazard,
    "meta_capacity_monotone": relations.larger_truck,
    "meta_capacity_infinite": relations.no_limit,
    "meta_relabel": relations.other_names,
    "meta_replication_independence": relations.alone_or_together,
    "meta_fifo": relations.first_come,
    "meta_pooling": relations.pooled,
}


def simulation_of(answer: Answer) -> Simulation | None:
    """Return what simulates a case; None for one that is skipped.

    Raises KeyError for a case that nobody simulates and nobody skips.
    """
    if answer.way == SKIPPED:
        return None
    return _BY_ID.get(answer.id) or _BY_GROUP[answer.group]
