import { readFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from './chromium.ts';
import { settled } from './world.ts';

/**
 * What each area's first screen weighs and how soon it is there, in a browser that has nothing yet, with the system that
 * `npm start` runs:
 *
 *   node test/browser/weigh.ts [http://localhost:8400]
 *
 * Prints a table: bytes of script packed with gzip, first and largest contentful paint in ms, in the middle of five visits.
 */
const base = process.argv[2] ?? 'http://localhost:8400';
const VISITS = 5;
const areas = ['/', '/campaigns', '/inbox', '/drills', '/contacts', '/system', '/phones'] as const;

/** Painted from then on, as the browser counts it. Set before anything of the page runs. */
const WATCH = `
  globalThis.largest = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) globalThis.largest = entry.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
`;

interface Visit {
  scripts: string[];
  first: number;
  largest: number;
}

async function visit(browser: Browser, path: string): Promise<Visit> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(WATCH);
    await page.goto(`${base}/console${path}`);
    await settled(page);
    // What is painted is told a moment later.
    await page.waitForFunction(`performance.getEntriesByName('first-contentful-paint').length > 0`);
    return await read(page);
  } finally {
    await context.close();
  }
}

const read = (page: Page): Promise<Visit> =>
  page.evaluate<Visit>(`({
    scripts: performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /\\.js$/.test(name)),
    first: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    largest: globalThis.largest,
  })`);

const packed = new Map<string, number>();
/** Bytes of a file as it comes packed with gzip; asked for once. */
async function gzipBytes(address: string): Promise<number> {
  const known = packed.get(address);
  if (known !== undefined) return known;
  const response = await fetch(address, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
  const bytes = Number(response.headers.get('content-length'));
  packed.set(address, bytes);
  return bytes;
}

const middle = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const version = await readFile(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8');
const browser = await startChromium();
console.log(
  `Carillon ${JSON.parse(version).version}, Chromium ${browser.version()}, ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`,
);
console.log('| screen | script, gzip | first paint | largest paint |\n|---|---|---|---|');
for (const path of areas) {
  const visits: Visit[] = [];
  for (let n = 0; n < VISITS; n += 1) visits.push(await visit(browser, path));
  const sizes = await Promise.all([...new Set(visits[0]?.scripts ?? [])].map(gzipBytes));
  const kb = sizes.reduce((sum, bytes) => sum + bytes, 0) / 1_000;
  const [first, largest] = [visits.map((each) => each.first), visits.map((each) => each.largest)].map(middle);
  console.log(`| ${path} | ${kb.toFixed(0)} kB | ${first?.toFixed(0)} ms | ${largest?.toFixed(0)} ms |`);
}
console.log(`load afterwards ${loadavg()[0]?.toFixed(1)}`);
await browser.close();
