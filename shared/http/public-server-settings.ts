import { integer, type Settings } from '#shared/config.ts';

/** Settings of every service that stands behind the load balancer (`public-server.ts`). Its PORT says what is served. */
export const publicServerSettings = {
  KEEP_ALIVE_MS: integer(
    { min: 1_000, max: 600_000 },
    {
      fallback: '65000',
      unit: 'ms',
      help: "How long an idle connection stays open: longer than the load balancer's idle time-out, 60 s by default.",
    },
  ),
  LINGER_MS: integer(
    { min: 0, max: 60_000 },
    {
      fallback: '0',
      unit: 'ms',
      help: 'How long new connections are still taken after SIGTERM, until the load balancer has seen /ready fail.',
    },
  ),
} satisfies Settings;
