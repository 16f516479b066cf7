import {
  type CampaignFault,
  type CampaignType,
  type Definition,
  definitionFaults,
} from '#shared/campaigns/definition.ts';
import { unsendable } from '#shared/campaigns/sendable.ts';
import { readCampaign } from '#shared/campaigns/store.ts';
import { readFields } from '#shared/contacts/store.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { inWords, readCampaignSenders } from '#shared/senders/campaign-senders.ts';
import { readPool } from '../senders/store.ts';
import type { CampaignParts } from './operation-parts.ts';
import { knownLists } from './store.ts';

export interface Checked {
  name: string;
  type: CampaignType;
  definition: Definition;
  startAt: Date | null;
  endAt: Date | null;
}

/** Everything that keeps a campaign from starting; none: it may. */
export async function faultsOfCampaign(
  db: Queryable,
  { definition, endAt, name, startAt, type }: Checked,
  {
    calls,
    carriers,
    defaultSender,
    drills,
    links,
    now,
  }: Pick<CampaignParts, 'calls' | 'carriers' | 'defaultSender' | 'drills' | 'links'> & {
    now: Date;
  },
): Promise<CampaignFault[]> {
  const { exclude, include, respondersOf } = definition.audience;
  const content = await drills.current();
  const lists = await knownLists(db, [...include, ...exclude]);
  const earlier = respondersOf === null ? null : await readCampaign(db, respondersOf);
  const hasPool = definition.senderPool !== null && (await readPool(db, definition.senderPool)) !== null;
  const senders = await readCampaignSenders(db, definition, { carriers, ownNumber: defaultSender }, now);
  const faults = definitionFaults(definition, {
    name,
    type,
    startAt,
    endAt,
    now,
    fields: await readFields(db),
    exists: {
      list: (id) => lists.has(id),
      campaign: () => earlier !== null,
      pool: () => hasPool,
      drill: (programme, drill) => content.programme(programme)?.drills.includes(drill) ?? false,
    },
    hasShortLinks: links !== null,
    calls: {
      ...calls,
      canCall: (number) =>
        senders.some(({ canCall, senderNumber }) => canCall && senderNumber === (number ?? defaultSender)),
      poolCanCall: () => senders.some(({ canCall }) => canCall),
    },
    programmeOwning: (number) => content.programmeOwning(number ?? defaultSender)?.slug ?? null,
  });
  const missing = unsendable(type);
  const numbers = await numbersElsewhere(db, definition, { carriers, defaultSender, now });
  return [
    ...(missing === null ? [] : [{ pointer: '/type', message: missing }]),
    ...faults,
    ...(numbers?.isAll === true ? [numbers.fault] : []),
  ];
}

/** Numbers of a campaign that are at carriers that are not set up, so that nothing goes from them; null: there are none. */
export async function numbersElsewhere(
  db: Queryable,
  definition: Definition,
  { carriers, defaultSender, now }: Pick<CampaignParts, 'carriers' | 'defaultSender'> & { now: Date },
): Promise<{ isAll: boolean; fault: CampaignFault } | null> {
  const from = { carriers, ownNumber: defaultSender };
  const senders = await readCampaignSenders(db, definition, from, now);
  const elsewhere = senders.filter(({ isSetUp }) => !isSetUp);
  if (elsewhere.length === 0) return null;
  const names = inWords(elsewhere.map(({ carrier }) => carrier));
  const isAll = elsewhere.length === senders.length;
  const which = isAll ? 'has only numbers' : `has ${elsewhere.length} of ${senders.length} numbers`;
  return {
    isAll,
    fault: {
      pointer: definition.senderPool === null ? '/senderNumbers' : '/senderPool',
      message: `${which} at carriers that are not set up here (CARRIERS): ${names}; nothing goes from them`,
    },
  };
}
