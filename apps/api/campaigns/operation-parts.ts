import { z } from 'zod';
import type { CallingParts } from '#shared/campaigns/calling.ts';
import { MOST_STEPS } from '#shared/campaigns/ladder.ts';
import { ladderOf } from '#shared/campaigns/ladder-of.ts';
import { type Campaign, type ListedCampaign, readCampaign } from '#shared/campaigns/store.ts';
import type { Clock } from '#shared/clock.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { Drills } from '#shared/drills/drills.ts';
import type { LinkMaker } from '#shared/links/token.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Pool, Queryable } from '#shared/postgres/pool.ts';
import { Problem } from '../http/problem.ts';
import { uuid } from '../http/words.ts';
import type { AskHead } from './media/head.ts';

/** What operations about campaigns have in common. */

export interface CampaignParts {
  pool: Pool;
  clock: Clock;
  drills: Drills;
  /** The environment's own number, from which campaigns go that name none. */
  defaultSender: PhoneNumber;
  /** Carriers that are set up; the first is that of numbers that nobody made known. */
  carriers: readonly CarrierName[];
  /** What makes links in texts short; null: they stay as they are. */
  links: LinkMaker | null;
  /** What calls are made of. */
  calls: CallingParts;
  /** Asks for files that go with texts; null: nobody is asked. */
  askHead: AskHead | null;
}

export const tag = 'Campaigns';
export const params = z.strictObject({ id: uuid });

export const noSuchCampaign = (): Problem => new Problem('not_found', 'There is no such campaign.');

export const optionalDate = (text: string | null | undefined): Date | null =>
  text == null ? null : new Date(text);

/** What the audit log keeps of one: no person is named in it. A definition that this version cannot read is null. */
export const audited = ({
  definition,
  endAt,
  intent,
  name,
  type,
}: Pick<ListedCampaign, 'definition' | 'endAt' | 'intent' | 'name' | 'type'>) => ({
  name,
  type,
  intent,
  definition,
  endAt,
});

/** Throws `not_found`. */
export async function known(db: Queryable, id: string): Promise<Campaign> {
  const campaign = await readCampaign(db, id);
  if (campaign === null) throw noSuchCampaign();
  return campaign;
}

/** Throws `changed_meanwhile` for a version that is not the campaign's. Null: the caller does not mind. */
export function checkVersion({ version }: Pick<Campaign, 'version'>, ifMatch: string | null): void {
  if (ifMatch === null || ifMatch === String(version)) return;
  throw new Problem('changed_meanwhile', 'The campaign was changed since you read it: read it again.');
}

/** Throws `conflict` for one that was told to start. */
export function requireDraft({ status }: Pick<Campaign, 'status'>): void {
  if (status === 'draft') return;
  throw new Problem(
    'conflict',
    `The campaign is ${status}: only a draft is changed or deleted. Clone it instead.`,
  );
}

/** Of what the check says of a campaign: what belongs to its definition stands in it. */
export const pointerOf = (pointer: string): string =>
  ['/name', '/type', '/intent', '/endAt'].includes(pointer) ? pointer : `/definition${pointer}`;

/** The place of a step of a ladder, from 0. */
export const stepQuery = z.int().min(0).max(MOST_STEPS).optional();

/** The step that is asked about; null: the campaign has no ladder, and nobody asked about one. Throws where it has no such step. */
export function stepOf(
  campaign: Pick<Campaign, 'definition' | 'type'>,
  asked: number | undefined,
  place: 'body' | 'query',
): number | null {
  const steps = ladderOf(campaign);
  if (asked === undefined) return steps === null ? null : 0;
  if (steps !== null && asked < steps.length) return asked;
  throw new Problem('invalid_request', 'The campaign has no such step.', {
    faults: [{ in: place, pointer: '/step', detail: `is none of its ${steps?.length ?? 0}` }],
  });
}
