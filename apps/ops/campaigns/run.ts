import { parseArgs } from 'node:util';
import { z } from 'zod';
import { callingPartsFrom } from '#shared/campaigns/calling.ts';
import { pricesFrom } from '#shared/campaigns/prices.ts';
import type { Clock } from '#shared/clock.ts';
import type { Config } from '#shared/config.ts';
import { messageOf } from '#shared/errors.ts';
import { gateConfigFrom } from '#shared/gate/settings.ts';
import { linkMaker } from '#shared/links/token.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { UsageError } from '../arguments.ts';
import { dispatchByHand, mayActAsCampaigns } from './dispatch.ts';
import type { dispatchSettings } from './settings.ts';

export const DISPATCH_USAGE = `Campaigns.

  npm run ops -- dispatch CAMPAIGN [--batch-size CONTACTS]

  plans the next batch of a campaign that is active, at most so many contacts (default: 100), as the service does, and
  prints what came of it as JSON. Ends with 1 when not everything was done.`;

export interface DispatchCommand {
  campaignId: string;
  batchSize: number;
}

const MOST = 5_000;

/** Reads the command line behind `dispatch`. Throws UsageError. */
export function parseDispatch(args: readonly string[]): DispatchCommand {
  const { positionals, values } = parse(args);
  const [campaignId, ...more] = positionals;
  if (more.length > 0 || !z.uuid().safeParse(campaignId).success) throw new UsageError(DISPATCH_USAGE);
  const batchSize = Number(values['batch-size']);
  if (!/^[1-9]\d{0,4}$/.test(values['batch-size']) || batchSize > MOST) {
    throw new UsageError(`--batch-size is a number of contacts, ${MOST} at most`);
  }
  return { campaignId: campaignId ?? '', batchSize };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'batch-size': { type: 'string', default: '100' } },
    });
  } catch (error) {
    throw new UsageError(`${messageOf(error)}\n${DISPATCH_USAGE}`);
  }
}

/** Prints the report. Returns whether everything was done. */
export async function runDispatch(
  { batchSize, campaignId }: DispatchCommand,
  {
    clock,
    config,
    pool,
    say,
  }: { clock: Clock; config: Config<typeof dispatchSettings>; pool: Pool; say: (line: string) => void },
): Promise<boolean> {
  await mayActAsCampaigns(pool);
  const pseudonyms = config.CONSENT_PEPPER;
  const report = await dispatchByHand(pool, campaignId, {
    clock,
    gate: gateConfigFrom(config),
    pseudonyms,
    producer: 'campaigns',
    ownNumber: config.ORIGINATION_NUMBER,
    carriers: config.CARRIERS,
    prices: pricesFrom(config),
    calls: callingPartsFrom(config),
    links: config.SHORT_LINK_BASE === null ? null : linkMaker(config.SHORT_LINK_BASE, pseudonyms),
    batchSize,
    messagesPerSecond: config.CAMPAIGN_MESSAGES_PER_SECOND,
  });
  say(JSON.stringify(report, null, 2));
  return report.errors.length === 0;
}
