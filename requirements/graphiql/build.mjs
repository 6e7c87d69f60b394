// Joins GraphiQL and all that it needs into one script and one style sheet, with their licences.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const FOLDER = "../../provgraph/web/static/";

// The fonts in the style sheet are large and have licences of their own: the reader's own do.
const withoutFonts = {
  name: "without-fonts",
  setup: ({ onLoad }) =>
    onLoad({ filter: /style\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(/@font-face\s*\{[^}]*\}/g, ""),
      loader: "css",
    })),
};

const { metafile } = await build({
  entryPoints: { graphiql: "page.jsx" },
  outdir: FOLDER,
  bundle: true,
  minify: true,
  metafile: true,
  target: "es2020",
  legalComments: "none",
  jsx: "transform",
  // It would write a style into the page, which the page's Content-Security-Policy forbids, to keep
  // a page from scrolling that fills the window anyway.
  alias: { "react-style-singleton": "./no-style.js" },
  plugins: [withoutFonts],
  define: { "process.env.NODE_ENV": '"production"' },
});

// The folder of a package, such as node_modules/@graphiql/react.
const packages = new Set(
  Object.keys(metafile.inputs).flatMap(
    (file) => file.match(/^.*node_modules\/(@[^/]+\/)?[^/]+(?=\/)/)?.[0] ?? [],
  ),
);
const notices = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json")));
  const text = readdirSync(folder).find((file) => /^(licen[cs]e|copying)/i.test(file));
  if (!license || /GPL/.test(license)) throw new Error(`${name} has the licence ${license}`);
  const body = text ? readFileSync(join(folder, text), "utf8") : `Licence: ${license}\n`;
  return `${name} ${version} (${license})\n\n${body.trim()}\n`;
});
writeFileSync(
  join(FOLDER, "graphiql.LICENSES.txt"),
  notices.join(`\n${"-".repeat(80)}\n\n`).replaceAll("\r\n", "\n"),
);
