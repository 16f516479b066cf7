import pack from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/** A name that leads to this machine and that nobody is let in for, as its own seat is: where one has to sign in. */
export const OTHER_NAME = 'carillon.test';

/**
 * A real Chromium without a window: the one of the npm package, which is unpacked into the folder for temporary files, or
 * the one that CHROMIUM names, on machines for which that package has none. It speaks to nobody by itself. Rejects where
 * it does not start: a browser test never passes without a browser.
 */
export async function startChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? (await pack.executablePath());
  return chromium.launch({
    executablePath,
    args: [
      // Containers have no namespaces for its sandbox; it opens nothing but our own pages.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--font-render-hinting=none',
      `--host-resolver-rules=MAP ${OTHER_NAME} 127.0.0.1`,
    ],
  });
}
