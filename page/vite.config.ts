import { defineConfig, type Plugin } from 'vite';

// `src/start.ts` runs as soon as it is there: it waits for no style and no other script.
const startsFirst: Plugin = {
  name: 'starts-first',
  transformIndexHtml: () => [{
    tag: 'script',
    attrs: { type: 'module', async: true, fetchpriority: 'high', src: './assets/start.js' },
    injectTo: 'head',
  }],
};

// Names without hashes: what is built twice from the same sources is the same folder, which a test
// compares. The server answers each file with an ETag, so a browser never keeps an old one.
export default defineConfig({
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  plugins: [startsFirst],
  build: {
    outDir: '../provgraph/web/bundle',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rollupOptions: {
      input: { page: 'index.html', start: 'src/start.ts' },
      output: {
        entryFileNames: 'assets/[name].js',
        chunkFileNames: 'assets/[name].js',
        assetFileNames: 'assets/[name][extname]',
      },
    },
  },
});
