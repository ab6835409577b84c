"""Where parcels can go: networks as graphs, without a clock."""
