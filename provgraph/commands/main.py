"""``provgraph``: the table of the commands (docs/contract.md, Commands).

Each command stands in the module of its family, which is imported when the command is called:
`provgraph --help` answers in a tenth of the time (bench/startup.py).
"""

import click

from provgraph import __version__
from provgraph.commands.running import LaterCommand, common_options

#: Command → the module that holds the command, and the first paragraph of the command's help.
COMMANDS = {
    "backup": ("copying", "Write all that STORE holds into FILE, while others may load."),
    "common": ("relating", "Show what led to each of several files, the nearest first."),
    "copy": ("copying", "Copy all that the store FROM holds into the empty store TO, of any kind."),
    "demo": (
        "demo",
        "Load the real sample provenance shipped with provgraph and ask what produced its DL3 "
        "file.",
    ),
    "describe": ("describing", "Say what tools are and what their parameters mean."),
    "diff": ("comparing", "Show what differs between what led to A and what led to B."),
    "digest": ("showing", "Print one SHA-256 over all provenance content."),
    "export": (
        "exchanging",
        "Write everything, or the records ID with their relations, as a standard document that "
        "provgraph reads back.",
    ),
    "forget": ("correcting", "Take a load back, by its id or the beginning of it."),
    "impact": ("asking", "Show everything that was made from FILE."),
    "invalidate": ("correcting", "Mark a file or run as deleted or no longer valid."),
    "jobs": (
        "jobs",
        "Say which jobs `provgraph serve` runs: descriptions with a script, once they are "
        "approved.",
    ),
    "lineage": ("asking", "Show what led to a record, what was made from it, or both."),
    "load": (
        "loading",
        "Load files (also .gz), folders, - (standard input) or databases (postgresql://…).",
    ),
    "loads": (
        "correcting",
        "List what was loaded: when, from where, by which version, with how many problems.",
    ),
    "neo4j": (
        "neo4j_kit",
        "Make Neo4j Browser and Bloom ready: indexes, a style, saved questions.",
    ),
    "path": (
        "relating",
        "Show the shortest way from A to B, whichever of them led to the other.",
    ),
    "report": ("reporting", "Sum up the last day, or another span of time, on one page."),
    "rerun": ("remaking", "Write the commands that make FILE again."),
    "restore": ("copying", "Make the empty store STORE, of any kind, out of the backup FILE."),
    "schema": ("serving", "Print the GraphQL schema as SDL."),
    "search": ("searching", "Find files, runs and agents, the newest first."),
    "serve": ("serving", "Answer GraphQL at /graphql, and /healthz, /readyz and /metrics."),
    "show": ("showing", "Show one record."),
    "stats": ("showing", "Count what the store holds."),
    "sync": (
        "mirroring",
        "Make a PostgreSQL database equal to the store, in the tables of CTADIRAC's provenance "
        "prototype.",
    ),
    "tainted": (
        "recalling",
        "List the delivered products that were made from invalid records, the newest first.",
    ),
    "tokens": ("tokens", "Say who may come to `provgraph serve`: add, list and revoke tokens."),
    "validate": (
        "checking",
        "Check files, folders or - against PROV-CONSTRAINTS without loading them.",
    ),
    "versions": ("showing", "List all files that stood at PATH, the oldest first."),
    "watch": (
        "watching",
        "Load what is dropped into DIR or a folder in it, and deliver what was put aside there.",
    ),
    "what-produced": ("asking", "Show everything that led to FILE."),
}

main = click.Group(
    "main",
    [LaterCommand(name, module, summary) for name, (module, summary) in COMMANDS.items()],
    help="What produced this file? Load the provenance that ctapipe runs leave behind, and ask.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
click.version_option(__version__, prog_name="provgraph")(main)
common_options(main)

if __name__ == "__main__":
    main()
