"""The living demo: schematic outlines and an invented quarter, so that it runs without internet."""
