import type { Clock } from '#shared/clock.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { byApiKey, byLocalSeat, type SignIn } from './authenticate.ts';
import { byLoadBalancer } from './oidc.ts';
import type { OidcConfig } from './oidc-settings.ts';

/**
 * The ways to sign in that an environment has, in their order. A key comes first: who sends one means to be that program,
 * also from a browser in which a person is signed in. `local`: whoever reaches the service sits at this machine.
 */
export function waysIn(parts: {
  pool: Queryable;
  pepper: string;
  clock: Pick<Clock, 'now'>;
  /** Hears of keys that were accepted. */
  used(id: string): void;
  oidc: OidcConfig | null;
  local: boolean;
}): readonly SignIn[] {
  const { clock, local, oidc, pepper, pool, used } = parts;
  return [
    byApiKey({ db: pool, pepper, clock, used }),
    ...(oidc === null ? [] : [byLoadBalancer(oidc)]),
    ...(local ? [byLocalSeat()] : []),
  ];
}
