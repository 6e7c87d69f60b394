"""What stands on the pages of docs/reference/ beside what the code says."""

from typing import Final

MADE: Final = "This page is made from the code by `make docs`; change it there.\n"

COMMANDS: Final = """
Results go to stdout, progress and messages to stderr. What scripts may rely on stands in
[the contract](../contract.md#commands), which also says
[what a file may be called](../contract.md#names-of-files).

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | some of the work was refused, or a check failed |
| 2 | wrong usage, nothing found, or ambiguous (the candidates are listed) |
| 3 | the store or a server can't be reached |

## Options of every command

These stand before or behind the name of the command.
"""

#: Where a command is explained at length.
GUIDES: Final = {
    "load": "how-to/loading.md",
    "loads": "how-to/loading.md",
    "forget": "how-to/loading.md",
    "invalidate": "how-to/recalling.md",
    "search": "how-to/loading.md",
    "watch": "how-to/collecting.md",
    "what-produced": "how-to/pictures.md",
    "impact": "how-to/pictures.md",
    "lineage": "how-to/pictures.md",
    "describe": "how-to/describing.md",
    "jobs": "how-to/jobs.md",
    "diff": "explanation/comparison.md",
    "neo4j": "how-to/neo4j-browser.md",
    "report": "how-to/report.md",
    "rerun": "how-to/rerunning.md",
    "export": "explanation/interchange.md",
    "show": "explanation/identity.md",
    "tainted": "how-to/recalling.md",
    "versions": "explanation/identity.md",
    "validate": "how-to/validation.md",
    "sync": "how-to/mirror.md",
    "serve": "how-to/serving.md",
    "schema": "how-to/graphql.md",
    "demo": "tutorial/first-hour.md",
}

ACCESS: Final = (
    "A request to `provgraph serve` needs a right, and a role has rights. Who asks is told by a\n"
    "token or a login ([how](../how-to/serving.md#who-may-ask)).\n"
)
SETTINGS: Final = """
provgraph has no configuration file. Options of a command go before these environment variables.
No password is ever shown in a message or a log.
"""

GRAPHQL: Final = """
`provgraph serve` answers at `/graphql` ([how to ask](../how-to/graphql.md)). `provgraph schema`
prints all of this as SDL. Which names stay as they are is said in
[the contract](../contract.md#graphql).
"""

FIELDS: Final = """
Every face says the same of a record and of a relation, under the same names: `--format json`,
`--format csv`, `show --json`, GraphQL, and the attributes of nodes and edges in
`to_networkx()`.

- JSON has every field of every record: a field that a record can't have is null or an empty list.
- CSV has a column a field and a row a record. `invalidation` has three columns, such as
  `invalidation.reason`; the items of a list are separated by `; `; `attributes` is one cell with a
  JSON object.
- GraphQL has the fields of a kind in the type of this kind. It spells `relation` in capitals
  (`WAS_GENERATED_BY`).

`invalidation` and `invalidatedAtTime` are two facts: somebody says that a file is bad, or another
file was written in its place.
"""

PYTHON: Final = """
What Python programs may use: [how to](../how-to/python.md), with a
[notebook](../how-to/notebook.ipynb). Errors are on [a page of their own](errors.md).
"""

ERRORS: Final = """
Every error that provgraph raises on purpose is a `provgraph.errors.ProvGraphError`. Its message
names what went wrong, where, and what to do. The code stands in answers of GraphQL
(`extensions.code`); a command ends with the exit code. GraphQL has some codes more
([how to ask](../how-to/graphql.md#errors)).
"""

#: What to do about each error.
ADVICE: Final = {
    "ProvGraphError": "Catch this one to catch all.",
    "SettingsError": "Change the option, the variable or the URL that the message names.",
    "MissingExtraError": "Install the extra that the message names.",
    "LoadError": "Look at the place in the source that the message names.",
    "UnknownFormatError": (
        "Check that this is the file you mean; the message lists what was looked for."
    ),
    "ReaderEndedError": "Load the source again; if memory was short, make room first.",
    "HiddenError": "Ask by a token or login whose role may see all records "
    "([how](../how-to/hiding.md)).",
    "JobRefusedError": "Change the name, the value or the file that the message is about.",
    "SpoolError": "Check the rights and the room in the folder of the spool.",
    "LookupFailedError": "Ask with another name.",
    "NoMakerError": "Load the log of the run that made it, or ask for a file that was made.",
    "NothingFoundError": "Give fewer conditions, or the beginnings of words.",
    "NotFoundError": (
        "Check the name and the store; `provgraph stats` shows what the store holds."
    ),
    "AmbiguousError": "Ask again with one of `candidates`, which are ids.",
    "MirrorError": "See [when it fails](../how-to/mirror.md#when-it-fails).",
    "StoreError": "The message says what the store refused; the log of a server may say more.",
    "LoginError": "Check the user, and the places that the message names for the password.",
    "NoStoreError": "Check `--store` and `PROVGRAPH_STORE` for a typing error, or load something.",
    "NewerStoreError": "Install the version of provgraph that made the store, or a newer one; a "
    "store is never taken back to an older form.",
    "UnfinishedCopyError": "Go on with the copy by the command that the message shows, or, while "
    "another process copies, wait; to give up, delete the file or the database.",
    "OverdueError": "Ask for less, such as a smaller depth, or raise `PROVGRAPH_LIMIT_SECONDS`.",
    "BusyError": "Come again after the seconds that the answer names.",
    "UnreachableError": (
        "Start the server, check host, user and password; then make the same call again."
    ),
}

FORMATS: Final = """
`provgraph load` recognises a source by its content; `--format NAME` reads every source as one
format. Answers and documents are written with `--format NAME` of the commands named below. What
each format of PROV keeps: [conformance.md](conformance.md).
"""
