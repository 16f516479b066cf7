import { askedWarnings } from '#shared/campaigns/asked-answers.ts';
import {
  type CampaignFault,
  type CampaignType,
  type Definition,
  definitionFaults,
} from '#shared/campaigns/definition.ts';
import { ladderOf } from '#shared/campaigns/ladder-of.ts';
import { withOwnFields } from '#shared/campaigns/own-fields.ts';
import { unsendable } from '#shared/campaigns/sendable.ts';
import { type Campaign, readCampaign } from '#shared/campaigns/store.ts';
import { saysTakesNoTexts } from '#shared/campaigns/text-ending.ts';
import { isOnWhatsApp, sendingBy } from '#shared/campaigns/whatsapp.ts';
import { MOST_MEDIA } from '#shared/carriers/media.ts';
import { readFields } from '#shared/contacts/store.ts';
import type { PublishedContent } from '#shared/drills/drills.ts';
import { asWord, dialogRequest, isOneOf } from '#shared/drills/words.ts';
import { isWhatsApp, type SenderAddress } from '#shared/phone/sender-address.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { type CampaignSender, inWords, readCampaignSenders } from '#shared/senders/campaign-senders.ts';
import { readPool } from '../senders/store.ts';
import { knownThrottleGroups } from '../throttle-groups/store.ts';
import { rivalKeywordFaults } from './keyword-rivals.ts';
import type { CampaignParts } from './operation-parts.ts';
import { knownLists } from './store.ts';

export interface Checked {
  campaignId: string;
  name: string;
  type: CampaignType;
  definition: Definition;
  intent: Campaign['intent'];
  startAt: Date | null;
  endAt: Date | null;
}

/** Everything that keeps a campaign from starting; none: it may. */
export async function faultsOfCampaign(
  db: Queryable,
  { campaignId, definition, endAt, name, startAt, type }: Checked,
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
  const throttles = await knownThrottleGroups(db, definition.throttleGroups);
  const senders = await readCampaignSenders(db, definition, { carriers, ownNumber: defaultSender }, now);
  const fields = await readFields(db);
  const faults = definitionFaults(definition, {
    name,
    type,
    startAt,
    endAt,
    now,
    fields,
    exists: {
      list: (id) => lists.has(id),
      campaign: () => earlier !== null,
      pool: () => hasPool,
      throttleGroup: (id) => throttles.has(id),
      drill: (programme, drill) => content.programme(programme)?.drills.includes(drill) ?? false,
    },
    hasShortLinks: links !== null,
    calls: {
      ...calls,
      canCall: (number) =>
        senders.some(({ canCall, senderNumber }) => canCall && senderNumber === (number ?? defaultSender)),
      poolCanCall: () => senders.some(({ canCall }) => canCall),
    },
    meansElse: (key) => otherMeaningOf(key, content, senders),
    by: sendingBy(senders),
    programmeOwning: (number) => content.programmeOwning(number ?? defaultSender)?.slug ?? null,
  });
  const missing = unsendable(type);
  const elsewhere = numbersElsewhere(definition, senders);
  return [
    ...(missing === null ? [] : [{ pointer: '/type', message: missing }]),
    ...faults,
    ...strangersOnWhatsApp(definition, senders),
    ...(elsewhere?.isAll === true ? [elsewhere.fault] : []),
    ...mediaFaults(definition, senders),
    ...(await rivalKeywordFaults(db, { campaignId, definition }, { fields, ownNumber: defaultSender })),
  ];
}

/**
 * What a text does that is this word, as the dialog compares words, in words for people: codes of any programme, and, at numbers of
 * programmes, the words that they and the dialog answer. Null: nothing.
 */
function otherMeaningOf(
  key: string,
  content: PublishedContent,
  senders: readonly CampaignSender[],
): string | null {
  const coded = content.programmes.find(({ codes }) => codes.some(({ code }) => asWord(code) === key));
  if (coded !== undefined) return `${key} is a registration code of the programme ${coded.slug}`;
  for (const { senderNumber } of senders) {
    const programme = content.programmeOwning(senderNumber as SenderAddress);
    if (programme === null) continue;
    const isAnswered =
      dialogRequest(key) !== null || Object.values(programme.words).some((words) => isOneOf(key, words));
    if (isAnswered) return `${key} is a word that the programme ${programme.slug} answers at ${senderNumber}`;
  }
  return null;
}

/** What is odd about the numbers of a campaign, and what its texts ask for, and does not keep it from starting. */
export async function campaignWarnings(
  db: Queryable,
  campaign: Pick<Checked, 'definition' | 'intent' | 'name' | 'type'>,
  {
    carriers,
    defaultSender,
    drills,
    now,
  }: Pick<CampaignParts, 'carriers' | 'defaultSender' | 'drills'> & { now: Date },
): Promise<CampaignFault[]> {
  const { definition } = campaign;
  const content = await drills.current();
  const senders = await readCampaignSenders(db, definition, { carriers, ownNumber: defaultSender }, now);
  const elsewhere = numbersElsewhere(definition, senders);
  return [
    ...(elsewhere?.isAll === false ? [elsewhere.fault] : []),
    ...unheardLandlines(campaign, senders),
    ...undeliveredMarketing(campaign),
    ...answersTakenForCodes(campaign, senders, content),
    ...askedWarnings(withOwnFields(campaign).definition, campaign.type),
  ];
}

/**
 * Variants with more files than the carrier of a number takes, any of which a contact may be given: the carrier, or we for it,
 * would refuse them person by person.
 */
function mediaFaults({ variants }: Definition, senders: readonly CampaignSender[]): CampaignFault[] {
  const texting = senders.filter(({ isSetUp }) => isSetUp);
  return variants.flatMap(({ mediaUrls }, index) => {
    const refusing = texting.filter(({ carrier }) => mediaUrls.length > MOST_MEDIA[carrier]);
    if (refusing.length === 0) return [];
    const which = refusing.length === texting.length ? 'all' : `${refusing.length} of ${texting.length}`;
    const takes = [...new Set(refusing.map(({ carrier }) => carrier))].map(
      (carrier) => `${inWords([carrier])} takes ${MOST_MEDIA[carrier] || 'none'}`,
    );
    return [
      {
        pointer: `/variants/${index}/mediaUrls`,
        message: `has ${mediaUrls.length} ${mediaUrls.length === 1 ? 'file' : 'files'}, more than the carriers of ${which} numbers take with a message: ${takes.join(', ')}; choose other numbers, or put a link into the text`,
      },
    ];
  });
}

/** Numbers of a campaign that are at carriers that are not set up, so that nothing goes from them; null: there are none. */
function numbersElsewhere(
  definition: Definition,
  senders: readonly CampaignSender[],
): { isAll: boolean; fault: CampaignFault } | null {
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

/** Addresses on WhatsApp that are no senders: what people wrote to them would be no part of any conversation. */
const strangersOnWhatsApp = (
  { senderNumbers }: Definition,
  senders: readonly CampaignSender[],
): CampaignFault[] =>
  senders.flatMap(({ isKnown, senderNumber }) =>
    isKnown || !isWhatsApp(senderNumber)
      ? []
      : [
          {
            pointer: `/senderNumbers/${senderNumbers.indexOf(senderNumber)}`,
            message: 'is no sender on WhatsApp: make it known first, or what people answer is not heard',
          },
        ],
  );

/** WhatsApp delivers no marketing to people in the United States (63049), who are all that campaigns reach. */
const undeliveredMarketing = ({
  definition,
  intent,
}: Pick<Checked, 'definition' | 'intent'>): CampaignFault[] =>
  isOnWhatsApp(definition) && intent === 'marketing'
    ? [
        {
          pointer: '/intent',
          message:
            'WhatsApp delivers no templates of the category marketing to numbers of the United States: they fail with 63049, person by person',
        },
      ]
    : [];

/**
 * Texts from numbers of programmes that register by code: what somebody who is not registered answers there is taken for a code, and
 * told not to be one. It counts as an answer to the campaign all the same.
 */
function answersTakenForCodes(
  { definition, type }: Pick<Checked, 'definition' | 'type'>,
  senders: readonly CampaignSender[],
  content: PublishedContent,
): CampaignFault[] {
  if (type !== 'sms' && type !== 'hybrid') return [];
  const programmes = senders.flatMap(({ senderNumber }) => {
    const programme = content.programmeOwning(senderNumber as SenderAddress);
    return programme?.registration === 'code' ? [programme.name] : [];
  });
  if (programmes.length === 0) return [];
  const names = [...new Set(programmes)].join(', ');
  return [
    {
      pointer: definition.senderPool === null ? '/senderNumbers' : '/senderPool',
      message: `texts go from numbers of ${names}, where people register by code: who is not registered and answers is told that this is no code; send from numbers that no programme owns`,
    },
  ];
}

/** Calls for whoever takes no texts, where texts go through carriers that never say so: most of them would never come. */
function unheardLandlines(
  campaign: Pick<Checked, 'definition' | 'type'>,
  senders: readonly CampaignSender[],
): CampaignFault[] {
  const texting = senders.filter(({ isSetUp }) => isSetUp);
  const silent = texting.filter(({ carrier }) => !saysTakesNoTexts(carrier));
  const place = ladderOf(campaign)?.findIndex(({ after }) => after.includes('unreachable')) ?? -1;
  if (silent.length === 0 || place < 0) return [];
  const names = inWords(silent.map(({ carrier }) => carrier));
  const which =
    silent.length === texting.length ? 'texts' : `${silent.length} of ${texting.length} numbers text`;
  return [
    {
      pointer: campaign.type === 'sms' ? '/fallback' : `/ladder/${place}/after`,
      message: `${which} through carriers that never say that a number takes no texts (${names}): of whoever is texted through them only the contact's lineType says so`,
    },
  ];
}
