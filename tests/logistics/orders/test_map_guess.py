"""A map guessed from a file: known exports, headings in any words, and cells alone."""

from __future__ import annotations

import pytest
from export_files import export, typed

from logistics.orders.canceled_states import canceled_states
from logistics.orders.heading_roles import rank, role_of
from logistics.orders.map_guess import BY_CELLS, BY_NAME, Guess, guess_map
from logistics.orders.order_columns import columns_of
from logistics.orders.order_maps import FORMATS, OrderMap, formats
from logistics.scenario.load import load_scenario
from networks.inputs.faults import InputError
from networks.inputs.tables import Table

PRODUCTS = load_scenario("amazon-fulfillment").orders.products


def guess(table: Table) -> Guess:
    return guess_map(table, PRODUCTS)


def columns(table: Table) -> dict[str, str]:
    return {role: names[0] for role, names in guess(table).order_map.columns.given().items()}


PARCELS = {"own": "row", "tiktok-shop": "package", "amazon-fulfilled-shipments": "package"}


@pytest.mark.parametrize("name", FORMATS)
def test_known_exports_are_recognized(name: str) -> None:
    table, known = export(name), formats()[name]
    found = guess(table)
    assert found.order_map.format == known.format
    assert found.order_map.parcels == PARCELS.get(name, "order")
    assert found.order_map.canceled == known.canceled
    assert set(found.how.values()) == {BY_NAME}
    for role, names in found.order_map.columns.given().items():
        assert len(names) == 1, role  # as the file writes it
        assert names[0] in table.heading
    there = columns_of(known, name, table.heading)
    assert columns_of(found.order_map, name, table.heading) == there


def test_an_export_without_packages_has_one_parcel_an_order() -> None:
    table = typed("Order ID,Created Time,Zipcode,Product Name", "1,9/18/2023 2:05 PM,23220,Brush")
    found = guess(table).order_map
    assert (found.format, found.parcels, found.canceled) == ("tiktok-shop", "order", [])


def test_columns_that_are_not_used_are_listed_with_what_they_could_be() -> None:
    unused = dict(guess(export("shopify")).unused)
    assert unused["Billing Zip"] == "could be market"
    assert unused["Paid at"] == "could be ordered_at"
    assert unused["Notes"] == unused["Email"] == ""
    assert "Shipping Zip" not in unused


def test_dataco_is_read_by_its_words() -> None:
    found = guess(export("dataco"))
    assert columns(export("dataco")) == {
        "order_id": "Order Id",
        "ordered_at": "order date (DateOrders)",
        "market": "Order Zipcode",
        "product": "Product Name",
        "sku": "Product Card Id",
        "price": "Order Item Product Price",
        "state": "Order State",
        "country": "Order Country",
        "status": "Order Status",
    }
    assert found.order_map.format == ""
    assert found.order_map.canceled == [
        *("CANCELED", "SUSPECTED_FRAUD", "cancelled", "voided", "failed", "declined")
    ]
    assert dict(found.unused)["Customer Zipcode"] == "could be market"
    assert dict(found.unused)["shipping date (DateOrders)"] == ""


def test_olist_is_read_by_its_words() -> None:
    assert columns(export("olist")) == {
        "order_id": "order_id",
        "ordered_at": "order_purchase_timestamp",
        "market": "customer_zip_code_prefix",
        "product": "product_category_name",
        "sku": "product_id",
        "price": "price",
        "state": "customer_state",
        "status": "order_status",
    }


LAYOUTS = [
    # as Etsy, Walmart, BigCommerce, Square, EasyPost and others write them
    ("Order ID,Sale Date,Date Shipped,Ship Zipcode,Ship State,Ship Country", "013"),
    ("PO#,Order#,Order Date,Ship By,Delivery Date,Customer Name,State,Zip,Item Description", "127"),
    ("Order ID,Order Status,Order Date,Shipping Zip,Billing Zip,Product Name", "023"),
    ("Order,Order Date,Order Name,Recipient Postal Code,Item Name,Item Price", "013"),
    ("reference,created_at,to_address.zip,from_address.zip,tracking_code", "012"),
    ("Invoice Number,Transaction Date,Invoice Date,Due Date,Ship To Zip", "014"),
    ("Sub Order ID,Parent Order ID,Order Date,Zip", "123"),
    ("Sub Order ID,Order ID,Parent Order ID,Order Date,Zip", "134"),
    ("Sub Order ID,Order Date,Zip", "012"),
    ("No.,Order No,Order Date,Zip", "123"),
    ("Order ID,Order Date,Shipper Zip,Customer Zip", "013"),
    ("Order ID,Order Date,Ship Node Zip,DC Zip,Consignee Zip", "014"),
    ("Order ID,Order Date,Pickup Zip,Store Zip,Shipping Origin Zip,Zip", "015"),
    ("Order ID,Order Date,Ship From Zip,FC Zip,Hub Zip,Return Zip,Delivery Zip", "016"),
    ("Order ID,Order Date,Order Billing Zip,Zip", "013"),
    ("Order ID,Label Created At,Tracking Created,Created,Zip", "034"),
    ("Order ID,Product Created Date,Item Date,Order Placed At,Zip", "034"),
    ("Order ID,Date Received,Arrival Date,Invoice Date,Print Date,Date,Zip", "056"),
    ("Order ID,Created Time,Zip Code,Shipping Zip,Product Name", "013"),
    ("SO Number,created_at,Order Nbr,order_ts,zip_5", "234"),
    ("order-id,order-item-id,purchase-date,payments-date,ship-postal-code", "024"),
    ("orderNumber,orderDate,shipDate,shipToPostalCode,billToPostalCode", "013"),
]


@pytest.mark.parametrize(("heading", "needed"), LAYOUTS)
def test_headings_in_other_words(heading: str, needed: str) -> None:
    names = heading.split(",")
    cells = ["x"] * len(names)
    found = columns(typed(heading, ",".join(cells)))
    expected = [names[int(number)] for number in needed]
    assert [found["order_id"], found["ordered_at"], found["market"]] == expected


@pytest.mark.parametrize(
    "heading",
    [
        *("Ship Date", "Shipped On Date", "delivered_at", "Cancelled at", "Refund Date"),
        *("Estimated Delivery Date", "Ship By Date", "last-updated-date", "Fulfilled at"),
        *("Label Date", "Tracking Created At", "Product Date", "Item Created", "Arrival Date"),
        *("Received at", "Modified Date", "Due Date", "Export Date", "Print Date", "Invoice Date"),
        *("Fecha de envío", "Fecha de entrega", "Versanddatum", "Lieferdatum", "Customer Created"),
    ],
)
def test_other_dates_are_never_when_the_order_was_placed(heading: str) -> None:
    assert rank(heading, "ordered_at") is None
    with pytest.raises(InputError, match="no column says when the order was placed"):
        guess(typed(f"Order ID,{heading},Zip", "1,2023-09-18 09:30,07030"))


def test_the_shipping_address_goes_before_the_billing_address() -> None:
    rows = ["1,2023-09-18 09:30,10001,NY,07030,NJ"]
    found = columns(typed("Order ID,Date,Billing Zip,Billing State,Zip,State", *rows))
    assert (found["market"], found["state"]) == ("Zip", "State")
    shipped = columns(typed("Order ID,Date,Zip,State,Shipping Zip,Shipping State", *rows))
    assert (shipped["market"], shipped["state"]) == ("Shipping Zip", "Shipping State")
    only = columns(typed("Order ID,Date,Billing Zip,Billing State,a,b", *rows))
    assert (only["market"], only["state"]) == ("Billing Zip", "Billing State")


def test_a_state_of_another_address_is_not_taken() -> None:
    found = columns(typed("Order ID,Date,Shipping Zip,Billing State", "1,2023-09-18,07030,NY"))
    assert "state" not in found


def test_an_address_column_without_a_single_cell_comes_last() -> None:
    found = columns(typed("Order ID,Date,Shipping Zip,Zip", "1,2023-09-18,,07030"))
    assert found["market"] == "Zip"


def test_a_package_or_tracking_number_names_the_parcel() -> None:
    rows = ["1,2023-09-18 09:30,07030,940,P1"]
    table = typed("Order ID,Date,Zip,Tracking Number,Package ID", *rows)
    assert columns(table)["parcel_id"] == "Package ID"
    assert guess(table).order_map.parcels == "package"
    tracked = typed("Order ID,Date,Zip,Tracking Number,Notes", *rows)
    assert columns(tracked)["parcel_id"] == "Tracking Number"


PACKED = "Order ID,Date,Zip,Package,Box,Tracking Number"


def packed(*cells: tuple[str, str, str, str]) -> Guess:
    rows = [f"{order},2023-09-18,07030,{','.join(more)}" for order, *more in cells]
    return guess(typed(PACKED, *rows))


def test_boxes_that_many_orders_share_are_sizes_and_no_parcels() -> None:
    sizes = packed(
        ("1", "Small", "S", "N/A"), ("1", "Large", "M", "N/A"), ("2", "Small", "S", "N/A")
    )
    assert (sizes.order_map.parcels, sizes.order_map.columns.parcel_id) == ("order", [])
    assert dict(sizes.unused)["Box"] == "could be parcel_id"
    # numbers of sizes do not count 1, 2 in each order
    codes = packed(("1", "2", "3", ""), ("2", "2", "3", ""), ("3", "1", "3", ""))
    assert codes.order_map.parcels == "order"


def test_boxes_numbered_within_each_order_are_parcels() -> None:
    found = packed(("1", "S", "1", "9"), ("1", "S", "2", "9"), ("2", "S", "1", "9"))
    assert (found.order_map.parcels, found.order_map.columns.parcel_id) == ("package", ["Box"])
    said = packed(("1", "S", "1 of 2", "9"), ("1", "S", "2 of 2", "9"), ("2", "S", "Box 1", "9"))
    assert said.order_map.columns.parcel_id == ["Box"]


def test_tracking_numbers_are_the_last_choice_and_few_may_hold_two_orders() -> None:
    rows = [(str(n // 2), "S", "M", f"9400{n}") for n in range(200)]
    found = packed(*rows, ("7", "S", "M", "94000"))
    assert found.order_map.columns.parcel_id == ["Tracking Number"]
    many = packed(*rows, *((str(n), "S", "M", "94000") for n in range(100, 110)))
    assert many.order_map.parcels == "order"


def test_a_size_that_comes_after_the_first_rows_is_seen() -> None:
    rows = [(str(n), "", f"B{n}", "") for n in range(2100)]
    late = packed(*rows, *((str(n), "", "pallet", "") for n in range(3000, 3100)))
    assert late.order_map.parcels == "order"


def test_cells_tell_where_no_heading_does() -> None:
    found = guess(export("nameless"))
    assert found.order_map.columns.given() == {
        "order_id": ["A"],
        "ordered_at": ["B"],
        "market": ["C"],
        "product": ["D"],
    }
    assert set(found.how.values()) == {BY_CELLS}


def test_of_two_columns_that_look_alike_none_is_taken() -> None:
    rows = ["x-1,2023-09-18 09:30,2023-09-19 10:00,07030", "x-2,2023-09-18 9:31,2023-09-19,07030"]
    with pytest.raises(InputError) as error:
        guess(typed("A,B,C,D", *rows))
    assert str(error.value).splitlines() == [
        "orders.csv: no column says when the order was placed: 'B' or 'C'?",
        "orders.csv: its columns are A, B, C, D (allowed: a map in YAML that names the columns"
        " order_id, ordered_at and market, given with --map)",
    ]


def test_five_digits_that_count_up_are_no_zip_codes() -> None:
    rows = [f"{10001 + n},2023-09-18 09:3{n},0703{n % 2}" for n in range(8)]
    assert columns(typed("A,B,C", *rows))["market"] == "C"


def test_everything_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(InputError) as error:
        guess(typed("Color,Size", "red,L"))
    assert [fault.problem for fault in error.value.faults] == [
        "no column names the order",
        "no column says when the order was placed",
        "no column says where the order goes",
        "its columns are Color, Size",
    ]


def test_a_heading_that_comes_twice_is_not_guessed() -> None:
    with pytest.raises(InputError) as error:
        guess(typed("Order ID,Order Id,Date,Zip", "red,red,2023-09-18,07030"))
    assert "orders.csv: Order ID: 2 columns are called that" in str(error.value)


def test_a_heading_over_two_lines_can_be_named_in_a_map() -> None:
    table = typed("Order\nID,Date,Zip", "1,2023-09-18,07030")
    found = guess(table).order_map
    assert found.columns.order_id == ["Order ID"]
    assert columns_of(found, "o.csv", table.heading)["order_id"] == 0


def test_states_of_the_file_that_mean_canceled_are_taken_and_the_usual_ones() -> None:
    states = ("Cancelled", "Complete", "payment_failed", "wc-trash", "Voided", "Returned")
    rows = [f"{n},2023-09-18,07030,{state}" for n, state in enumerate(states)]
    found = guess(typed("Order ID,Date,Zip,Status", *rows)).order_map
    assert found.canceled[:4] == ["Cancelled", "payment_failed", "wc-trash", "Voided"]
    assert found.canceled[4:] == ["canceled", "failed", "declined", "suspected_fraud"]


def test_canceled_states_of_all_rows_are_taken() -> None:
    rows = [f"{n},2023-09-18,07030,Complete" for n in range(2100)]
    last = "9999,2023-09-18,07030,Order canceled by customer"
    found = guess(typed("Order ID,Date,Zip,Order Status", *rows, last)).order_map
    assert found.canceled[0] == "Order canceled by customer"


@pytest.mark.parametrize(
    "state",
    [
        *("Canceled", "CANCELLED", "Order canceled by customer", "not delivered, canceled", "Void"),
        *("Payment failed", "failed", "Declined", "Suspected fraud", "Abandoned Cart", "wc-trash"),
        *(
            "Cancellation approved",
            "Cancelled - refund pending",
            "storniert",
            "Cancelado",
            "cancel",
        ),
        *("expired", "rejected", "Payment voided", "Cancellation"),
    ],
)
def test_words_of_orders_that_never_ship(state: str) -> None:
    assert canceled_states([state]) == [state]


@pytest.mark.parametrize(
    "state",
    [
        *("Not cancelled", "not yet canceled", "Cancellation requested", "cancel_requested"),
        *("Pending cancellation", "Cancellation rejected", "delivery failed", "Failed delivery"),
        *("Partially canceled", "Return canceled", "Refund request cancelled", "Refund failed"),
        *("Refunded", "Returned", "Label voided", "No fraud", "Fraud check passed", "unavoidable"),
        *("Non-cancelled", "Delivered", "Completed", "Return rejected", "", "Shipment failed"),
    ],
)
def test_words_of_orders_that_ship(state: str) -> None:
    assert canceled_states([state]) == []


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Canceled", ("yes", "no")),
        ("is_cancelled", ("TRUE", "FALSE")),
        ("Order Cancelled?", ("1", "0")),
        ("Canceled", ("2023-09-18 10:00", "N/A")),
        ("canceledDate", ("9/18/2023", "0000-00-00 00:00:00")),
        ("Date Canceled", ("", "")),
    ],
)
def test_flags_and_dates_tell_what_was_canceled(heading: str, cells: tuple[str, str]) -> None:
    rows = [f"{n},2023-09-18,07030,{cell}" for n, cell in enumerate(cells)]
    assert columns(typed(f"Order ID,Date,Zip,{heading}", *rows))["canceled_at"] == heading


def test_a_column_of_canceled_states_or_numbers_is_no_flag() -> None:
    rows = ["1,2023-09-18,07030,Cancelled", "2,2023-09-18,07030,Active"]
    found = guess(typed("Order ID,Date,Zip,Canceled", *rows)).order_map
    assert (found.columns.status, found.columns.canceled_at) == (["Canceled"], [])
    assert found.canceled[0] == "Cancelled"
    counts = ["1,2023-09-18,07030,0", "2,2023-09-18,07030,3"]
    pieces = guess(typed("Order ID,Date,Zip,Canceled", *counts))
    assert pieces.order_map.columns.given().keys() == {"order_id", "ordered_at", "market"}
    assert dict(pieces.unused)["Canceled"] == "could be canceled_at"


def test_refunds_are_no_orders_where_they_are_a_type_of_rows() -> None:
    rows = ["1,2023-09-18,07030,Order,Returned", "2,2023-09-18,07030,Refund,Shipped"]
    for name in ("Order Type", "Transaction Type", "Type"):
        found = guess(typed(f"Order ID,Date,Zip,{name},Status", *rows)).order_map
        assert (found.columns.status, found.canceled[0]) == ([name], "Refund")
    sales = [row.replace("Refund", "Order") for row in rows]
    found = guess(typed("Order ID,Date,Zip,Order Type,Status", *sales)).order_map
    assert found.columns.status == ["Status"]
    assert "Returned" not in found.canceled


@pytest.mark.parametrize(
    ("heading", "zone"),
    [
        ("Ordered At (UTC)", "UTC"),
        ("created_at_utc", "UTC"),
        ("order_date_gmt", "UTC"),
        ("createdAtUTC", "UTC"),
        ("Created at (PST)", "America/Los_Angeles"),
        ("Order Date (Pacific Time)", "America/Los_Angeles"),
        ("Order Date EDT", "America/New_York"),
        ("Order Date (Eastern)", "America/New_York"),
        ("Order Date (CT)", "America/Chicago"),
        ("order_date_mst", "America/Denver"),
        ("Order Date (HST)", "Pacific/Honolulu"),
        ("Order Date (America/Boise)", "America/Boise"),
        ("Order Date (US/Central)", "US/Central"),
        ("Order Date (UTC-05:00)", "Etc/GMT+5"),
        ("Order Date (GMT+8)", "Etc/GMT-8"),
        ("Order Date (UTC+05:30)", "customer"),
        ("Order Date", "customer"),
        ("order date (DateOrders)", "customer"),
    ],
)
def test_a_heading_tells_the_time_zone(heading: str, zone: str) -> None:
    found = guess(typed(f"Order ID,{heading},Zip", "1,2023-09-18 09:30,07030"))
    assert found.order_map.time_zone == zone
    assert found.how["ordered_at"] == (BY_NAME if zone == "customer" else f"by name ({zone})")


def test_of_two_equal_times_the_one_with_a_time_zone_is_taken() -> None:
    found = columns(
        typed("Order ID,date_created,date_created_gmt,Zip", "1,2023-09-18,2023-09-18,07030")
    )
    assert found["ordered_at"] == "date_created_gmt"


def test_the_zone_of_a_heading_counts_in_a_known_export_too() -> None:
    heading = "order_id,ordered_at,market,product,Ordered at UTC"
    found = guess(typed(heading, "1,2023-09-18 09:30,07030,toy,2023-09-18 13:30")).order_map
    assert (found.format, found.time_zone) == ("own", "customer")


GENERIC = "Order Number,Order Date,Postcode (Shipping)"


def test_generic_headings_are_no_known_export() -> None:
    found = guess(
        typed(f"{GENERIC},Country,State,SKU Title", "1,2023-09-18,07030,US,NJ,Ball")
    ).order_map
    assert found.format == ""
    assert found.columns.country == ["Country"]
    assert found.columns.state == ["State"]


def test_what_a_known_export_does_not_name_is_added() -> None:
    heading = "Name,Created at,Shipping Zip,Ship Country,Order Status,Canceled,SKU Name,Box"
    rows = [f"{n},2023-09-18,07030,US,{s},no,Ball,S" for n, s in enumerate(("ok", "Order voided"))]
    found = guess(typed(heading, *rows)).order_map
    assert (found.format, found.parcels) == ("shopify", "order")
    given = {role: names[0] for role, names in found.columns.given().items()}
    assert given == {
        "order_id": "Name",
        "ordered_at": "Created at",
        "market": "Shipping Zip",
        "product": "SKU Name",
        "country": "Ship Country",
        "status": "Order Status",
        "canceled_at": "Canceled",
    }
    assert found.canceled == ["voided", "Order voided"]


def test_a_file_with_own_columns_may_have_more() -> None:
    heading = "order_id,ordered_at,market,product,status,country,canceled_at"
    rows = ["1,2023-09-18 09:30,07030,toy,paid,US,", "2,2023-09-18,07030,toy,Order canceled,DE,"]
    found = guess(typed(heading, *rows)).order_map
    assert (found.format, found.parcels) == ("own", "row")
    assert found.columns.given().keys() >= {"status", "country", "canceled_at"}
    assert found.canceled[0] == "Order canceled"


def test_a_billing_address_is_noted_and_an_empty_shipping_address_goes_before_it() -> None:
    rows = ["1,2023-09-18 09:30,10001,", "2,2023-09-18 09:30,10002,"]
    assert guess(typed("Order ID,Date,Billing Zip,a", *rows)).how["market"] == (
        "by name (billing address)"
    )
    found = guess(typed("Order ID,Date,Billing Zip,Shipping Zip", *rows))
    assert found.order_map.columns.market == ["Shipping Zip"]
    assert found.how["market"] == BY_NAME


def test_a_parent_that_is_not_always_there_is_no_order_id() -> None:
    rows = ["s1,p1,2023-09-18,07030", "s2,,2023-09-18,07030"]
    assert columns(typed("Sub Order ID,Parent Order ID,Date,Zip", *rows))["order_id"] == (
        "Sub Order ID"
    )


def test_numbers_of_rows_are_order_ids_only_where_nothing_else_is() -> None:
    rows = [f"{n},A-{1000 + n},2023-09-18,07030" for n in range(1, 5)]
    assert columns(typed("No.,Reference,Date,Zip", *rows))["order_id"] == "Reference"
    assert columns(typed("No.,Invoice No,Date,Zip", *rows))["order_id"] == "Invoice No"
    assert columns(typed("No.,A,Date,Zip", *rows))["order_id"] == "A"
    alone = [row.replace("A-", "a ") for row in rows]
    assert columns(typed("No.,Street,Date,Zip", *alone))["order_id"] == "No."
    orders = [row.partition("-")[2] + ",x" for row in rows]
    assert columns(typed("ID,Date,Zip,Street", *orders))["order_id"] == "ID"


@pytest.mark.parametrize("first", ["1001,2023-09-18 14:05,23220,toy", "A-1,9/18/2023,23220,5.00"])
def test_a_file_without_a_heading_is_refused(first: str) -> None:
    cells = [cell for cell in first.split(",") if cell not in ("toy", "A-1")]
    with pytest.raises(InputError) as error:
        guess(typed(first, "1002,2023-09-18 14:10,10001,toy"))
    assert str(error.value) == (
        f"orders.csv: has no heading: line 1 holds values ({', '.join(cells)})"
        " (allowed: a first line that names the columns)"
    )


def test_a_guess_is_a_whole_map() -> None:
    found = guess(export("shopify")).order_map
    assert OrderMap.model_validate(found.model_dump(mode="json")) == found


def test_the_clearest_role_of_a_heading() -> None:
    assert role_of("Ship To - Postal Code") == "market"
    assert role_of("Item Zip Code") == ""
    assert role_of("Order Item Id") == ""
    assert role_of("requires_shipping") == "ships"
