"""The report on a span of time, such as the last night: runs, products, marks and loads."""
