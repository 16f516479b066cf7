import { cpus, loadavg, totalmem } from 'node:os';
import type { CDPSession, Page } from 'playwright-core';
import { FAST, System } from '../driver/system.ts';
import { startChromium } from './chromium.ts';
import { settled } from './world.ts';

/**
 * How smoothly the list of contacts scrolls when there are many: in a system of its own, with contacts that are written into
 * its database:
 *
 *   node test/browser/frames.ts [100000]
 *
 * Prints how soon the first rows are there, in the middle of five visits, and for each depth to which the list was read on: times of frames
 * while it is scrolled by a quarter of the screen in each, rows in the document, and what the page keeps. A frame of 16.7 ms is one
 * of a screen that is drawn 60 times a second.
 */
const CONTACTS = Number(process.argv[2] ?? 100_000);
const VISITS = 5;
const FRAMES = 600;
/** Rows that were read on before it is scrolled. The last is all. */
const DEPTHS = [200, 2_000, 20_000, CONTACTS].filter(
  (depth, at, all) => depth <= CONTACTS && all.indexOf(depth) === at,
);
const QUANTILE = 0.95;

/** When the first row stands in the document, and the frame after it is drawn. Set before anything of the page runs. */
const WATCH = `
  new MutationObserver((_, watch) => {
    if (document.querySelector('tr[data-row]') === null) return;
    watch.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { globalThis.firstRows = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
`;

/** Scrolls there and back within what is read, and says how long each frame took, in ms. */
const SCROLL = `
  new Promise((done) => {
    const table = document.querySelector('section[aria-label="Contacts"]');
    const most = table.scrollHeight - table.clientHeight;
    const step = table.clientHeight / 4;
    const times = [];
    let by = step;
    let before;
    const frame = (now) => {
      if (before !== undefined) times.push(now - before);
      before = now;
      if (times.length === ${FRAMES}) return done(times);
      if (table.scrollTop + by > most || table.scrollTop + by < 0) by = -by;
      table.scrollTop += by;
      requestAnimationFrame(frame);
    };
    table.scrollTop = 0;
    requestAnimationFrame(frame);
  })
`;

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
const quantile = (values: readonly number[], share: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
const ms = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`;

/** Numbers of a country whose plan has as many as are needed, in an area that is given to nobody. */
async function insertContacts(system: System): Promise<void> {
  await system.database.query(
    `INSERT INTO contact (contact_id, phone_number, name, language, time_zone, state, tags, created_at, updated_at)
     SELECT gen_random_uuid(), '+1555' || lpad(n::text, 7, '0'), 'Person ' || lpad(n::text, 6, '0'),
            (ARRAY['en', 'es'])[1 + n % 2], 'America/Chicago', 'IL', ARRAY['tag ' || n % 10], now(), now()
       FROM generate_series(1, $1::int) AS n`,
    [CONTACTS],
  );
  await system.database.query('ANALYZE contact');
}

/** Reads on until so many rows are there. */
async function readTo(page: Page, depth: number): Promise<void> {
  const words =
    depth >= CONTACTS
      ? `${CONTACTS.toLocaleString('en')} rows`
      : `The first ${depth.toLocaleString('en')} rows`;
  const there = page.getByRole('status').getByText(words, { exact: true });
  const table = page.getByRole('region', { name: 'Contacts' });
  while ((await there.count()) === 0) {
    await table.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await page.locator('[data-reading]').waitFor({ state: 'detached' });
  }
}

async function kept(session: CDPSession): Promise<{ heapMb: number; nodes: number }> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (wanted: string): number => metrics.find(({ name }) => name === wanted)?.value ?? 0;
  return { heapMb: of('JSHeapUsedSize') / 1e6, nodes: of('Nodes') };
}

const system = await System.start({ ...FAST, api: { API_RATE_PER_MINUTE: '1000000' } });
const browser = await startChromium();
try {
  await insertContacts(system);
  const address = `http://localhost:${new URL(system.url).port}/console/contacts`;
  const open = async (): Promise<Page> => {
    const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    await page.addInitScript(WATCH);
    await page.goto(address);
    await page.locator('tr[data-row]').first().waitFor();
    await settled(page);
    return page;
  };
  const first: number[] = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    const page = await open();
    first.push(await page.evaluate<number>('globalThis.firstRows'));
    await page.context().close();
  }
  const gib = Math.round(totalmem() / 2 ** 30);
  console.log(
    `Chromium ${browser.version()}, ${cpus().length} × ${cpus()[0]?.model}, ${gib} GiB, load ${loadavg()[0]?.toFixed(1)}`,
  );
  console.log(
    `${CONTACTS.toLocaleString('en')} contacts; first rows after ${ms(quantile(first, 0.5))}, at most ${ms(Math.max(...first))}`,
  );
  console.log(
    '| rows read | frame, median | frame, p95 | longest | over 50 ms | rows drawn | nodes | heap |\n|---|---|---|---|---|---|---|---|',
  );
  const page = await open();
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  for (const depth of DEPTHS) {
    await readTo(page, depth);
    const frames = await page.evaluate<number[]>(SCROLL);
    const rows = await page.locator('tr[data-row]').count();
    const { heapMb, nodes } = await kept(session);
    const slow = frames.filter((each) => each > 50).length;
    console.log(
      `| ${depth.toLocaleString('en')} | ${ms(quantile(frames, 0.5))} | ${ms(quantile(frames, QUANTILE))} | ${ms(Math.max(...frames))} | ${slow} of ${FRAMES} | ${rows} | ${nodes.toLocaleString('en')} | ${heapMb.toFixed(0)} MB |`,
    );
  }
  console.log(`load afterwards ${loadavg()[0]?.toFixed(1)}`);
} finally {
  await browser.close();
  await system.end();
}
