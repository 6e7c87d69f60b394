// What Relay's compiler has to make sense of: connections, a fragment that is fetched again by
// `node(id:)`, and a mutation.
import { graphql } from 'relay-runtime';

export const list = graphql`
  query FilesListQuery($first: Int!, $after: String, $file: String!) {
    entities(filter: { dataLevel: ["DL3"] }, first: $first, after: $after)
      @connection(key: "Files_entities") {
      edges { cursor node { id ...Files_file } }
      totalCount
    }
    whatProduced(file: $file) { nodes { id name } summary { complete } }
  }
`;

export const file = graphql`
  fragment Files_file on Entity @refetchable(queryName: "FilesFileQuery") {
    name location tainted invalidation { reason }
  }
`;

export const search = graphql`
  fragment Files_search on Query
    @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" })
    @refetchable(queryName: "FilesSearchQuery") {
    search(text: "dl3", first: $first, after: $after) @connection(key: "Files_search") {
      edges { node { id name } }
    }
  }
`;

export const mark = graphql`
  mutation FilesMarkMutation($record: String!, $reason: String!) {
    invalidate(target: { record: $record }, reason: $reason) {
      record { id invalidation { reason } }
    }
  }
`;
