import type { ServiceRow } from '#shared/topology.ts';
import type { InfraSettings } from '../config/schema.ts';

export interface CapacityShare {
  capacityProvider: 'FARGATE' | 'FARGATE_SPOT';
  weight: number;
  base?: number;
}

/**
 * Which part of a service's tasks may be taken away with two minutes' notice. Consumers lose nothing by it: leases and
 * queue entries go to another task. What the outside reaches keeps off Spot unless the environment says otherwise. The
 * first task of a mix is never on Spot.
 */
export function capacityShares(
  row: Pick<ServiceRow, 'publicPaths'>,
  { spotShare, spotForAll }: Pick<InfraSettings['services'], 'spotShare' | 'spotForAll'>,
): CapacityShare[] {
  const share = row.publicPaths.length > 0 ? (spotForAll ? 1 : 0) : spotShare;
  const spot = Math.round(share * 100);
  if (spot === 0) return [{ capacityProvider: 'FARGATE', weight: 1 }];
  if (spot === 100) return [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
  return [
    { capacityProvider: 'FARGATE', weight: 100 - spot, base: 1 },
    { capacityProvider: 'FARGATE_SPOT', weight: spot },
  ];
}
