import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The local stack whose API, simulated carrier and clock are used while the console is developed. */
const STACK = process.env.CARILLON_URL ?? 'http://localhost:8400';

/** Whoever gets the letters gets their licence. */
const licenceOfInter: Plugin = {
  name: 'licence-of-inter',
  generateBundle() {
    const source = readFileSync(here('../../node_modules/@fontsource-variable/inter/LICENSE'), 'utf8');
    this.emitFile({ type: 'asset', fileName: 'assets/inter-licence.txt', source });
  },
};

/**
 * The console as files: `npm run console:build`, and `npm start` when they are stale. `npm run console:dev` serves it with
 * changes as they are saved, beside a local stack (CARILLON_URL, default http://localhost:8400).
 */
export default defineConfig({
  root: here('.'),
  base: '/console/',
  cacheDir: here('../../node_modules/.cache/carillon/vite'),
  plugins: [react(), licenceOfInter],
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    manifest: true,
    // Nothing of it would be allowed by the content security policy that it is served under.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
    target: 'es2023',
  },
  server: {
    port: 8490,
    strictPort: true,
    proxy: Object.fromEntries(
      ['/v1', '/simulator', '/clock'].map((path) => [
        path,
        { target: STACK, changeOrigin: true, headers: { origin: STACK } },
      ]),
    ),
  },
});
