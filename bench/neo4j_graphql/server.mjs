// `node server.mjs PORT`: what somebody who has the graph in Neo4j would write instead of
// provgraph: @neo4j/graphql with Apollo, and one hand-written Cypher query.
// NEO4J_URL, NEO4J_USER and NEO4J_PASSWORD say where the graph is.

import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { Neo4jGraphQL } from "@neo4j/graphql";
import neo4j from "neo4j-driver";

const ORIGIN =
  "USED|WAS_GENERATED_BY|WAS_DERIVED_FROM|WAS_INFORMED_BY|WAS_STARTED_BY|WAS_INFLUENCED_BY|" +
  "SPECIALIZATION_OF|HAD_MEMBER";
const AGENTS = "WAS_ASSOCIATED_WITH|WAS_ATTRIBUTED_TO";

const typeDefs = `#graphql
  type Record { id: ID! name: String }
  type Relation { relation: String! source: ID! target: ID! }
  type Lineage { nodes: [Record!]! edges: [Relation!]! }

  type Query {
    whatProduced(file: String!): Lineage
      @cypher(
        statement: """
          MATCH (file:Entity {location: $file})
          WITH file ORDER BY file.generatedAtTime DESC LIMIT 1
          MATCH (file)-[:${ORIGIN}*0..]->(n)
          WITH collect(DISTINCT n) AS reached
          WITH reached, COLLECT {
            UNWIND reached AS n MATCH (n)-[:${AGENTS}]->(agent:Agent) RETURN DISTINCT agent
          } AS agents
          WITH reached + agents AS nodes
          RETURN {
            nodes: [n IN nodes | {id: n.id, name: n.name}],
            edges: COLLECT {
              UNWIND nodes AS n
              MATCH (n)-[r:${ORIGIN}|${AGENTS}]->(m) WHERE m IN nodes
              RETURN DISTINCT {relation: type(r), source: n.id, target: m.id, role: r.role}
            }
          } AS lineage
        """
        columnName: "lineage"
      )
  }
`;

const { NEO4J_URL, NEO4J_USER, NEO4J_PASSWORD } = process.env;
const driver = neo4j.driver(NEO4J_URL, neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD));
const schema = await new Neo4jGraphQL({ typeDefs, driver }).getSchema();
await startStandaloneServer(new ApolloServer({ schema }), {
  context: async () => ({ sessionConfig: { defaultAccessMode: "READ" } }),
  listen: { host: "127.0.0.1", port: Number(process.argv[2]), path: "/graphql" },
});
