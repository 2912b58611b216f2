"""Reading one file: pictures of its pages and its words. Runs confined, see `kernel.sandbox`."""
