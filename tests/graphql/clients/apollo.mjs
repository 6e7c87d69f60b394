// Reads all files page by page, then a lineage, through the cache of Apollo Client.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';

const [uri, file] = process.argv.slice(2);
const cache = new InMemoryCache({
  possibleTypes: { Node: ['Entity', 'Activity', 'Agent'] },
  typePolicies: { Query: { fields: { entities: relayStylePagination() } } },
});
const client = new ApolloClient({ link: new HttpLink({ uri }), cache });
const query = gql`
  query Files($after: String) {
    entities(first: 20, after: $after) {
      edges { cursor node { id name } }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`;
const watched = client.watchQuery({ query });
let { data } = await watched.refetch();
while (data.entities.pageInfo.hasNextPage) {
  await watched.fetchMore({ variables: { after: data.entities.pageInfo.endCursor } });
  data = client.readQuery({ query });
}
const { data: made } = await client.query({
  query: gql`
    query Made($file: String!) {
      whatProduced(file: $file) { root { id } nodes { id name ... on Entity { location } } }
    }
  `,
  variables: { file },
});
const { id } = made.whatProduced.root;
const one = client.readFragment({
  id: `Entity:${id}`,
  fragment: gql`fragment One on Entity { id name location }`,
});
console.log(
  JSON.stringify({
    total: data.entities.totalCount,
    ids: data.entities.edges.map(({ node }) => node.id),
    nodes: made.whatProduced.nodes.length,
    location: one.location,
  }),
);
client.stop();
