"""The GraphQL texts that a client sends; what differs from call to call is a variable."""

from typing import Final

_RECORD: Final = """
fragment record on Node {
  id name kind distance more masked attributes tainted invalidation { time reason by }
  ... on Entity {
    type location locations identifiers generatedAtTime invalidatedAtTime dataLevel
  }
  ... on Activity { version status startTime endTime host }
  ... on Agent { type }
}
"""
_ANSWER: Final = (
    _RECORD
    + """
fragment answer on Lineage {
  root { ...record } direction depth truncated nodes { ...record }
  edges { relation source target role time location inferred }
  summary {
    complete ends { id why } failed invalid versions rewritten suspected { run path id }
  }
}
"""
)
LINEAGE: Final = (
    """query($id: String!, $direction: Direction!, $depth: Int, $relations: [RelationType!],
  $asOf: DateTime, $at: DateTime) {
  answer: lineage(id: $id, direction: $direction, depth: $depth, relations: $relations,
    asOf: $asOf, at: $at) { ...answer }
}"""
    + _ANSWER
)
IMPACT: Final = (
    """query($file: String!, $depth: Int, $asOf: DateTime, $at: DateTime) {
  answer: impact(file: $file, depth: $depth, asOf: $asOf, at: $at) { ...answer }
}"""
    + _ANSWER
)
IMPACT_OF_TOOL: Final = (
    """query($tool: String!, $version: String!, $depth: Int, $asOf: DateTime) {
  answer: impactOfTool(tool: $tool, version: $version, depth: $depth, asOf: $asOf) { ...answer }
}"""
    + _ANSWER
)
IMPACT_OF_USES: Final = (
    """query($path: String!, $since: DateTime, $until: DateTime, $depth: Int, $asOf: DateTime) {
  answer: impactOfUses(path: $path, since: $since, until: $until, depth: $depth, asOf: $asOf) {
    ...answer
  }
}"""
    + _ANSWER
)
PATH: Final = (
    """query($source: String!, $target: String!, $all: Boolean!, $asOf: DateTime, $at: DateTime) {
  answer: path(source: $source, target: $target, all: $all, asOf: $asOf, at: $at) { ...answer }
}"""
    + _ANSWER
)
COMMON: Final = (
    """query($ids: [String!]!, $limit: Int!, $asOf: DateTime, $at: DateTime) {
  answer: commonAncestors(ids: $ids, limit: $limit, asOf: $asOf, at: $at) {
    found { node { ...record } distances isNearest }
  }
}"""
    + _RECORD
)
DIFF: Final = """query($a: String!, $b: String!, $asOf: DateTime, $at: DateTime) {
  answer: diff(a: $a, b: $b, asOf: $asOf, at: $at) {
    a b alike truncated
    runs {
      tool change a b version
      parameters { name a b } packages { name a b } inputs { role a b }
    }
  }
}"""
RERUN: Final = """query($file: String!, $asOf: DateTime, $at: DateTime) {
  answer: rerun(file: $file, asOf: $asOf, at: $at) { target script workflow gaps { what id } }
}"""
VERSIONS: Final = (
    """query($path: String!, $asOf: DateTime) {
  answer: versions(path: $path, asOf: $asOf) { ...record }
}"""
    + _RECORD
)
SHOW: Final = (
    """query($id: String!, $relations: [RelationType!], $asOf: DateTime, $at: DateTime) {
  answer: lineage(id: $id, direction: BOTH, depth: 1, relations: $relations, asOf: $asOf, at: $at) {
    root {
      ...record
      ... on Activity {
        configFiles parameters { name value } packages { name version }
      }
    }
    nodes { ...record }
    edges { relation source target role time location inferred }
  }
}"""
    + _RECORD
)
#: Kind of record → the query for a page of them.
PAGES: Final = {
    kind: f"""query($filter: {kind}Filter, $first: Int!, $after: String, $asOf: DateTime) {{
  answer: {field}(filter: $filter, first: $first, after: $after, asOf: $asOf) {{
    nodes {{ ...record }} pageInfo {{ hasNextPage endCursor }}
  }}
}}{_RECORD}"""
    for kind, field in (("Entity", "entities"), ("Activity", "activities"))
}
AGENTS: Final = (
    """query($first: Int!, $after: String, $asOf: DateTime) {
  answer: agents(first: $first, after: $after, asOf: $asOf) {
    nodes { ...record } pageInfo { hasNextPage endCursor }
  }
}"""
    + _RECORD
)
SEARCH: Final = (
    """query($text: String!, $first: Int!, $after: String, $asOf: DateTime) {
  answer: search(text: $text, first: $first, after: $after, asOf: $asOf) {
    nodes { ...record } pageInfo { hasNextPage endCursor }
  }
}"""
    + _RECORD
)
TAINTED: Final = (
    """query($since: DateTime, $first: Int!, $after: String, $asOf: DateTime) {
  answer: tainted(since: $since, first: $first, after: $after, asOf: $asOf) {
    nodes { ...record } pageInfo { hasNextPage endCursor }
  }
}"""
    + _RECORD
)
_LOAD: Final = """
fragment load on Load {
  id source format namespace sha256 time version status counts agent problems { where what }
}
"""
LOADS: Final = (
    """query($first: Int!, $after: String) {
  answer: loads(first: $first, after: $after) {
    nodes { ...load } pageInfo { hasNextPage endCursor }
  }
}"""
    + _LOAD
)
INVALIDATE: Final = (
    """mutation($target: Target!, $reason: String!, $at: DateTime) {
  answer: invalidate(target: $target, reason: $reason, at: $at) { loads { ...load } }
}"""
    + _LOAD
)
TAKE_BACK: Final = (
    """mutation($target: Target!) {
  answer: takeBack(target: $target) { loads { ...load } }
}"""
    + _LOAD
)
DESCRIBE: Final = """mutation($descriptions: JSON!) {
  answer: describe(descriptions: $descriptions) { id revision }
}"""
APPROVE: Final = """mutation($tool: String!, $version: String) {
  answer: approve(tool: $tool, version: $version) { revision }
}"""
STATS: Final = """query($asOf: DateTime) {
  answer: stats(asOf: $asOf) {
    activities entities agents descriptions settings loads relations { relation count }
  }
}"""
