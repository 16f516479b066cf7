import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { ApiClient } from '#shared/api-client/client.ts';
import { FAST, System } from '../driver/system.ts';
import { OTHER_NAME, startChromium } from './chromium.ts';
import { looks, noteAxe, savePicture, takeOn } from './looks.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** WCAG 2.2 AA, with all that it includes. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Of these, what looks at colours. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];
/** What browsers say of requests that are refused, and of pages under a name of ours without TLS. */
const USUAL = /^Failed to load resource|Cross-Origin-Opener-Policy header has been ignored/;
/** A number of a person in an address: with its plus, or as people write it. Numbers of ours, and the simulated carrier's phones, are none. */
const NUMBER = /(?:%2B|\+)\d{7,}|\d{3}(?:\+|%20|-)\d{3}(?:\+|%20|-)\d{4}/i;
const OF_OURS = /\/senders\/|\/simulator\/|\/console\/phones/;
/** Longest that something on a page may take, in ms: the machine may be busy with other tests. */
const PATIENCE_MS = 60_000;

/** Where whoever sits before the browser is. */
const PLACE = { locale: 'en-US', timezoneId: 'America/Chicago', reducedMotion: 'reduce' } as const;

/** One system and one browser, for all tests of the console. */
export class World {
  readonly system: System;
  readonly api: ApiClient;
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  readonly #faults: string[] = [];

  private constructor(system: System, api: ApiClient, browser: Browser, context: BrowserContext) {
    this.system = system;
    this.api = api;
    this.#browser = browser;
    this.#context = context;
  }

  static async start(): Promise<World> {
    const [system, browser] = await Promise.all([System.start(FAST), startChromium()]);
    return new World(system, await system.api(), browser, await browser.newContext(PLACE));
  }

  async end(): Promise<void> {
    await this.#browser.close();
    await this.system.end();
  }

  /** A number of ours that texts may go from. */
  async sender(senderNumber: string): Promise<{ senderNumber: string }> {
    const { error } = await this.api.POST('/v1/senders', {
      body: {
        senderNumber,
        type: 'long_code',
        registration: 'registered',
        segmentsPerSecond: 3,
        segmentsPerDay: 2_000,
      },
    });
    if (error) throw new Error(error.detail);
    return { senderNumber };
  }

  get #port(): string {
    return new URL(this.system.url).port;
  }

  /** A page of the console, as whoever sits at this machine: an admin. What its scripts complain of fails the test. */
  open(path: string): Promise<Page> {
    return this.#open(this.#context, `http://localhost:${this.#port}/console${path}`);
  }

  /** The same where one has to sign in, in a browser that knows nobody yet. */
  async openAsStranger(path: string): Promise<Page> {
    const context = await this.#browser.newContext(PLACE);
    return this.#open(context, `http://${OTHER_NAME}:${this.#port}/console${path}`);
  }

  async #open(context: BrowserContext, address: string): Promise<Page> {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => this.#faults.push(`${page.url()}: ${error.message}`));
    page.on('console', (said) => {
      if (said.type() !== 'error' || USUAL.test(said.text())) return;
      this.#faults.push(`${page.url()}: ${said.text()}`);
    });
    page.on('request', (request) => {
      const { pathname, search } = new URL(request.url());
      const asked = pathname + search;
      if (NUMBER.test(asked) && !OF_OURS.test(asked))
        this.#faults.push(`a number stands in an address: ${asked}`);
    });
    await page.goto(address);
    await settled(page);
    return page;
  }

  /** Closes a page, and throws for what its scripts complained of meanwhile. */
  async close(page: Page): Promise<void> {
    await page.close();
    assert.deepEqual(this.#faults.splice(0), []);
  }

  /**
   * After each test: pages that it left open hold their connections, of which a browser has six, and what it kept (a language,
   * colours) is no other test's. Files of the console stay in the cache: to fetch and compile them anew for every page is most of
   * what a page costs.
   */
  async closeAll(): Promise<void> {
    for (const context of this.#browser.contexts()) {
      if (context !== this.#context) await context.close();
    }
    for (const page of this.#context.pages()) await page.close();
    await this.#context.setStorageState({ cookies: [], origins: [] });
    await this.#context.setOffline(false);
    this.#faults.length = 0;
  }

  /** With CARILLON_SCREENSHOTS, a folder: a picture of what is seen on a desktop, in light colours. */
  async picture(page: Page, screen: string): Promise<void> {
    const folder = process.env.CARILLON_SCREENSHOTS;
    if (folder === undefined) return;
    await takeOn(page, looks[0]);
    await savePicture(page, folder, screen, looks[0]);
  }

  /**
   * Looks at a screen in every width and both colour schemes: nothing is wider than the window, no heading or status of a table
   * and no figure is cut or torn apart, and axe finds nothing. Of dark
   * colours it is asked what depends on colours; everything else was found in light ones. With CARILLON_SCREENSHOTS, a folder,
   * pictures of it are kept there under `screen`; with CARILLON_AXE, a file, what axe found is appended to it as rows of a table.
   */
  async looksRight(page: Page, screen: string): Promise<void> {
    const folder = process.env.CARILLON_SCREENSHOTS;
    const table = process.env.CARILLON_AXE;
    for (const look of looks) {
      const isDark = look.scheme === 'dark';
      const isAsked = look.width !== 900;
      if (isDark && !isAsked && folder === undefined) continue;
      await takeOn(page, look);
      await settled(page);
      const name = `${screen} ${look.scheme} ${look.width}`;
      if (!isDark) {
        assert.deepEqual(await widerThanWindow(page), [], name);
        assert.deepEqual(await cutOff(page), [], name);
      }
      if (isAsked) {
        const found = await accessibilityFaults(page, isDark ? OF_COLOURS : undefined);
        if (table !== undefined) await noteAxe(table, screen, look, found.length);
        assert.deepEqual(found, [], name);
      }
      if (folder !== undefined) await savePicture(page, folder, screen, look);
    }
    await takeOn(page, looks[0]);
  }
}

/** Until nothing on the page is waited for. What runs in a page stands here as text: these tests are no browser. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
  await page.evaluate('document.fonts.ready.then(() => undefined)');
}

/** What stands out of the window at the right, and makes all of it scroll sideways. */
const widerThanWindow = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(
    `document.documentElement.scrollWidth <= document.documentElement.clientWidth
       ? []
       : [...document.querySelectorAll('main *')]
           .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
           .slice(0, 3)
           .map((element) => element.outerHTML.slice(0, 160))`,
  );

/** What has no place: headings of columns and statuses in tables that are cut, names of the inbox's folders, and shares that are torn apart. */
const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(
    `[...document.querySelectorAll('main th, main td:has([data-tone]), main nav a span')]
       .filter((element) => element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1)
       .map((element) => element.textContent.trim() + ' is cut: ' + element.scrollWidth + ' in ' + element.clientWidth)
       .concat([...document.querySelectorAll('main small')]
         .filter((element) => element.getClientRects().length > 1)
         .map((element) => element.textContent.trim() + ' is torn apart'))`,
  );

let axe: string | undefined;

/** `only`: rules by their names; left out: all of WCAG 2.2 AA and best practice. */
async function accessibilityFaults(page: Page, only?: readonly string[]): Promise<string[]> {
  axe ??= await readFile(AXE, 'utf8');
  // As the browser's own tools do it: the policy of the page lets no other script in.
  if (!(await page.evaluate<boolean>(`'axe' in globalThis`))) await page.evaluate(axe);
  const runOnly = only === undefined ? { type: 'tag', values: TAGS } : { type: 'rule', values: only };
  const options = JSON.stringify({ runOnly, resultTypes: ['violations'] });
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${options})`);
  return violations.flatMap(({ help, id, nodes }) =>
    nodes
      .slice(0, 3)
      .map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 160)}: ${failureSummary}`),
  );
}
