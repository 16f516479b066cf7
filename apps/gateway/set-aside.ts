import type { UnreachableInbound } from '#shared/carriers/carrier.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { CarillonError } from '#shared/errors.ts';
import { isDataFault } from '#shared/postgres/pool.ts';
import { keepAside } from './keep-aside.ts';
import type { ReceivingDeps } from './receive-inbound.ts';

/** Whether the message itself is at fault: the database refuses its data. */
export function neverSucceeds(error: unknown): boolean {
  if (error instanceof CarillonError) return error.code === 'invalid_record';
  const fromDatabase = error instanceof Error && 'code' in error && 'severity' in error;
  return fromDatabase && isDataFault(error);
}

/** Keeps a text aside that can never be taken in, and says so: once, however often it comes. */
export async function setAside(
  carrier: CarrierName,
  unreachable: UnreachableInbound,
  reason: string,
  { pool, clock, logger, metrics }: ReceivingDeps,
): Promise<void> {
  const { carrierMessageId } = unreachable;
  if (!(await keepAside(pool, carrier, unreachable, reason, clock.machineTime()))) return;
  metrics.observe('InboundKeptAside', 1, {});
  logger.error({ carrierMessageId, reason }, 'a text that cannot be taken in was kept aside');
}
