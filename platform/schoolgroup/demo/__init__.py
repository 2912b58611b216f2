"""The demo group: its roster, its lesson, its exam, and the driver that lives a day with them."""
