import type { Member } from '#shared/campaigns/audience-member.ts';
import type { CallingParts } from '#shared/campaigns/calling.ts';
import { channelOf } from '#shared/campaigns/channel-of.ts';
import { composer, type Shortening } from '#shared/campaigns/compose.ts';
import { withOwnFields } from '#shared/campaigns/own-fields.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import { type LinkMaker, recipientOf } from '#shared/links/token.ts';
import { segmentsOf } from '#shared/texts/segments.ts';
import { type CallScript, heardIn, transcriptOf } from '#shared/voice/call-script.ts';
import { secondsOf } from '#shared/voice/duration.ts';
import { encodingChange } from './characters.ts';

/** What is said in a call, as it is heard. */
export interface PreviewedCall {
  /** To whoever answers and presses nothing. */
  heard: readonly string[];
  keys: readonly { key: string; says: string }[];
  machine: readonly string[];
  /** That it takes to hear all of it once. */
  seconds: number;
  /** Of the document that the carrier gets. */
  characters: number;
}

/** What a contact would get, and what is worth knowing of it before it goes. */
export interface PreviewRow {
  contactId: string;
  phoneNumber: string;
  variant: number;
  language: string | null;
  /** Null: they get nothing; `skipped` says why. */
  body: string | null;
  skipped: string | null;
  missing: readonly string[];
  /** Null: a text, or nothing. */
  call: PreviewedCall | null;
  encoding: 'GSM-7' | 'UCS-2' | null;
  segments: number;
  units: number;
  /** Characters of their values that make the text UCS-2. */
  changedBy: readonly string[];
}

export interface PreviewParts {
  /** Makes links of the same length that lead nowhere; null: links stay as they are. */
  sampleLinks: LinkMaker | null;
  calls: CallingParts;
}

/** Writes rows as the dispatcher would write texts, and what is said in calls. */
export function previewer(
  campaign: Pick<Campaign, 'campaignId' | 'definition' | 'name' | 'type'>,
  { calls, sampleLinks: links }: PreviewParts,
) {
  const { campaignId, definition, type } = withOwnFields(campaign);
  const shortening: Shortening | null =
    links === null ? null : { maker: links, ownerOf: ({ contactId }) => recipientOf(campaignId, contactId) };
  const compose = composer(definition, { shortening, calls });
  const changeOf = encodingChange(definition);
  return (member: Member): PreviewRow => {
    const { contactId, phoneNumber, variant } = member;
    const composed = compose(member, channelOf({ type, definition }, member));
    if (composed.kind === 'skipped') {
      return {
        ...{ contactId, phoneNumber, variant, language: null, body: null },
        ...{ skipped: composed.rule, missing: composed.missing },
        ...{ call: null, encoding: null, segments: 0, units: 0, changedBy: [] },
      };
    }
    if (composed.kind === 'call') {
      const { language, script } = composed;
      return {
        ...{
          contactId,
          phoneNumber,
          variant,
          language,
          body: transcriptOf(script),
          skipped: null,
          missing: [],
        },
        ...{ call: callOf(script, calls), encoding: null, segments: 0, units: 0, changedBy: [] },
      };
    }
    const { body, language, template } = composed;
    if (template !== undefined) {
      return {
        ...{ contactId, phoneNumber, variant, language, body, skipped: null, missing: [] },
        // By WhatsApp it is one message, in whatever letters.
        ...{ call: null, encoding: null, segments: 1, units: [...body].length, changedBy: [] },
      };
    }
    return {
      ...{ contactId, phoneNumber, variant, language, body, skipped: null, missing: [] },
      call: null,
      ...segmentsOf(body),
      changedBy: changeOf({ body, language, variant }),
    };
  };
}

const callOf = (script: CallScript, { scriptLength }: Pick<CallingParts, 'scriptLength'>): PreviewedCall => ({
  heard: heardIn(script),
  keys: script.menu.map(({ key, say }) => ({ key, says: say })),
  machine: [script.identification, script.machine.say],
  seconds: secondsOf(script),
  characters: scriptLength(script),
});
