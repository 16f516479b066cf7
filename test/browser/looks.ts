import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/**
 * What a screen is looked at in: both colour schemes, and a desktop, a tablet and a phone. Sizes in CSS pixels. The second of a
 * size finds it as it is: to lay a screen out anew costs more than to look at it.
 */
export const looks = [
  { scheme: 'light', width: 1440, height: 900 },
  { scheme: 'dark', width: 1440, height: 900 },
  { scheme: 'light', width: 900, height: 900 },
  { scheme: 'dark', width: 900, height: 900 },
  { scheme: 'light', width: 390, height: 844 },
  { scheme: 'dark', width: 390, height: 844 },
] as const;
export type Look = (typeof looks)[number];

export async function takeOn(page: Page, { height, scheme, width }: Look): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
}

const QUALITY = 82;

/** A picture of what is seen, as WebP, which Chromium makes itself. */
export async function picture(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
  await session.detach();
  return Buffer.from(data, 'base64');
}

export const nameOf = (screen: string, { scheme, width }: Look): string =>
  `${screen}-${width}-${scheme}.webp`;

export async function savePicture(page: Page, folder: string, screen: string, look: Look): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, nameOf(screen, look)), await picture(page));
}

/** Appends to a table: screen, colour scheme, width in CSS pixels, and violations that axe found. */
export const noteAxe = (
  file: string,
  screen: string,
  { scheme, width }: Look,
  violations: number,
): Promise<void> => appendFile(file, `| ${screen} | ${scheme} | ${width} | ${violations} |\n`);
