"""What can be asked of a store: which record bears a name, and what is known of a record.

May import the rooms from `errors` to `ingest`; writing an answer down is not its job.
"""
