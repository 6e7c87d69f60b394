// GraphiQL on the page that provgraph serves. It talks to the address of that page alone.
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import React from "react";
import "graphiql/style.css";
import "./page.css";

const FIRST_QUESTION = `# What produced this file? Write its name, and press the button above.
{
  whatProduced(file: "/data/ctao/dl3/run02001.dl3.fits") {
    truncated
    nodes { id name distance }
    edges { relation source target role }
  }
}
`;

async function fetcher(question, { headers } = {}) {
  const response = await fetch(window.location.pathname, {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json, application/json;q=0.9",
      "content-type": "application/json",
      ...headers,
    },
    body: JSON.stringify(question),
  });
  return response.json();
}

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL fetcher={fetcher} defaultQuery={FIRST_QUESTION} defaultEditorToolsVisibility="headers" />,
);
