"""A map guessed from a file: known exports, headings in any words, and cells alone."""

from __future__ import annotations

import pytest
from export_files import export, typed

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
    ("Invoice Number,Invoice Date,Due Date,Ship To Zip", "013"),
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


def test_a_guess_is_a_whole_map() -> None:
    found = guess(export("shopify")).order_map
    assert OrderMap.model_validate(found.model_dump(mode="json")) == found


def test_the_clearest_role_of_a_heading() -> None:
    assert role_of("Ship To - Postal Code") == "market"
    assert role_of("Item Zip Code") == ""
    assert role_of("Order Item Id") == ""
    assert role_of("requires_shipping") == "ships"
