"""Side-by-side measurements of what the product promises about speed and memory; see `python -m benchmarks --help`."""
