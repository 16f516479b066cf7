import type { Router } from 'express';
import type { ServiceContext } from '#shared/service.ts';
import { ClickRecorder } from './click-recorder.ts';
import { LinkDirectory } from './directory.ts';
import { linkRoutes } from './links.ts';
import { recordClicks } from './record-clicks.ts';

type Context = Pick<ServiceContext<Record<never, never>>, 'pool' | 'clock' | 'logger' | 'metrics' | 'fail'>;

/** Short links, with what has to be written before the end. */
export function startLinks({ clock, fail, logger, metrics, pool }: Context): {
  routes: Router;
  /** To be called when no more requests come. */
  stop(): Promise<void>;
} {
  const clicks = new ClickRecorder({
    write: (batch) => recordClicks(pool, batch),
    clock,
    logger,
    lost: (count) => metrics.observe('ClicksLost', count, {}),
    onFailure: fail,
  });
  const directory = new LinkDirectory(pool);
  return {
    routes: linkRoutes({ directory, clicks, clock, logger, metrics }),
    stop: () => clicks.stop(),
  };
}
