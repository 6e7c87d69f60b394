"""What is known of database servers, once for all that talk to one: URLs, settings, errors.

May import `errors`, `settings`, `model` and `prov`; nothing of it needs a driver to be imported.
"""
