import { type Request, type Response, Router } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Clock } from '#shared/clock.ts';
import { messageOf } from '#shared/errors.ts';
import { LINK_PATH, TOKEN } from '#shared/links/token.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import type { ClickRecorder } from './click-recorder.ts';
import type { Link, LinkDirectory } from './directory.ts';
import { pageOf } from './pages.ts';
import { PURPOSE_HEADERS, visitorOf } from './visitor.ts';

/** How long somebody waits, in ms, for their click to be recorded. Longer than that they go on, and it is recorded after. */
export const RECORDED_WITHIN_MS = 100;
/** Requests of one link in a minute and task. A person makes a handful. */
export const MOST_OF_A_LINK = 60;
/** Links that do not exist, asked for from one address in a minute and task, before it is told to wait: of those alone. */
export const MOST_UNKNOWN = 30;
const MINUTE_SECONDS = 60;

export interface LinkParts {
  directory: Pick<LinkDirectory, 'find'>;
  clicks: Pick<ClickRecorder, 'record'>;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}

/** Why nobody was led on; words of the metric LinksRefused. */
type Refusal = 'unknown' | 'limited' | 'unavailable';

/**
 * Short links: leads on to where a link of a campaign leads, and to nowhere else: an address comes out of the table or not
 * at all. The page it leads to is not told where its visitor came from.
 * - 302 to the address; the click is recorded, but for when the database takes longer than RECORDED_WITHIN_MS to say so:
 *   then it is in this process's memory and written as soon as the database can (docs/decisions/0028-clicks.md).
 * - 404 no such link, or that of somebody who was erased.
 * - 429 one link, or links that do not exist, asked for too often.
 * - 503 it cannot be looked up now.
 */
export function linkRoutes(parts: LinkParts): Router {
  const ofLink = new RateLimiterMemory({ points: MOST_OF_A_LINK, duration: MINUTE_SECONDS });
  const ofStrangers = new RateLimiterMemory({ points: MOST_UNKNOWN, duration: MINUTE_SECONDS });
  const refuse = (response: Response, status: 404 | 429 | 503, reason: Refusal): void => {
    parts.metrics.observe('LinksRefused', 1, { Reason: reason });
    if (status !== 404) response.set('retry-after', String(status === 429 ? MINUTE_SECONDS : 5));
    response.status(status).set('cache-control', 'no-store').type('text/html').send(pageOf(reason));
  };
  const router = Router();
  router.get(`${LINK_PATH}/:token`, async (request: Request<{ token: string }>, response) => {
    const began = parts.clock.monotonic();
    const { token } = request.params;
    const address = request.ip ?? '';
    // What cannot be a token is asked about nowhere.
    const link = TOKEN.test(token) ? await find(token, parts) : null;
    if (link === 'unavailable') return refuse(response, 503, 'unavailable');
    // Whoever asks for links that do not exist shares the address with thousands who ask for theirs: these are led on.
    if (link === null || link.url === null) {
      return (await consume(ofStrangers, address))
        ? refuse(response, 404, 'unknown')
        : refuse(response, 429, 'limited');
    }
    if (!(await consume(ofLink, token))) return refuse(response, 429, 'limited');
    await recorded(request, token, link, parts);
    response
      .status(302)
      .set({
        location: link.url,
        'cache-control': 'private, no-store',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex, nofollow',
      })
      .end();
    parts.metrics.observe('LinkMilliseconds', parts.clock.monotonic() - began, {});
  });
  return router;
}

/** Whether it may go on. */
async function consume(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  try {
    await limiter.consume(key);
    return true;
  } catch (refused) {
    // The library throws its answer when there is nothing left.
    if (refused instanceof RateLimiterRes) return false;
    throw refused;
  }
}

async function find(token: string, { directory, logger }: LinkParts): Promise<Link | null | 'unavailable'> {
  try {
    return await directory.find(token);
  } catch (error) {
    // Whatever it is, the link is there for another try.
    logger.warn({ err: error }, `a link could not be looked up: ${messageOf(error)}`);
    return 'unavailable';
  }
}

/** Resolves when the click is recorded, or has waited long enough. */
async function recorded(request: Request, token: string, link: Link, parts: LinkParts): Promise<void> {
  const { clicks, clock, metrics } = parts;
  const purpose = PURPOSE_HEADERS.map((name) => request.get(name)).find((value) => value !== undefined);
  const visitor = visitorOf({
    method: request.method,
    userAgent: request.get('user-agent') ?? null,
    purpose: purpose ?? null,
    postedAt: link.postedAt,
    at: clock.machineTime(),
  });
  metrics.observe('LinkClicks', 1, { Visitor: visitor.visitor });
  const done = new AbortController();
  const late = clock.sleep(RECORDED_WITHIN_MS, done.signal).catch(() => undefined);
  const click = { clickId: clock.newId(), token, clickedAt: clock.now(), ...visitor };
  await Promise.race([clicks.record(click), late]);
  done.abort();
}
