import type { Member } from '#shared/campaigns/audience-member.ts';
import type { CallingParts } from '#shared/campaigns/calling.ts';
import type { Choice } from '#shared/campaigns/choice.ts';
import { type Composed, composer } from '#shared/campaigns/compose.ts';
import { withOwnFields } from '#shared/campaigns/own-fields.ts';
import type { Priced } from '#shared/campaigns/prices.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import { type LinkMaker, recipientOf } from '#shared/links/token.ts';
import type { ShortLink } from '#shared/links/write.ts';
import type { OutgoingMessage } from '#shared/messages/write.ts';
import { segmentsOf } from '#shared/texts/segments.ts';
import { transcriptOf } from '#shared/voice/call-script.ts';
import { minutesOf, secondsOf } from '#shared/voice/duration.ts';

/** A lesson's texts are paid for where they are written. */
export const LESSON: Priced = { kind: 'text', segments: 1, hasMedia: false };

/** What somebody gets. */
export type Content = Exclude<Composed, { kind: 'skipped' }>;

/** What is paid for it: a call as if all of it was heard once. */
export const pricedOf = (content: Content): Priced =>
  content.kind === 'call'
    ? { kind: 'call', minutes: minutesOf(secondsOf(content.script)) }
    : {
        kind: 'text',
        segments: segmentsIn(content),
        hasMedia: content.mediaUrls.length > 0,
      };

/** An approved template of WhatsApp has none: it is one message. */
export const segmentsIn = ({ body, template }: Extract<Content, { kind: 'text' }>): number =>
  template === undefined ? segmentsOf(body).segments : 1;

/** As it is kept. */
export const wordsOf = (
  content: Content,
): Pick<OutgoingMessage, 'body' | 'mediaUrls' | 'call' | 'template'> =>
  content.kind === 'call'
    ? { body: transcriptOf(content.script), mediaUrls: [], call: content.script }
    : { body: content.body, mediaUrls: content.mediaUrls, template: content.template ?? null };

/** What a campaign says, with its links made short where there is something to make them so. */
export function composerOf(
  campaign: Campaign,
  { calls, links: maker }: { calls: CallingParts; links: LinkMaker | null },
): ReturnType<typeof composer> {
  const { campaignId } = campaign;
  const shortening =
    maker === null
      ? null
      : { maker, ownerOf: ({ contactId }: Member): string => recipientOf(campaignId, contactId) };
  return composer(withOwnFields(campaign).definition, { shortening, calls });
}

/** Whoever was written to before gets the same again. */
export const variantOf = ({ attempts, variant }: Member, { winner }: Choice): number =>
  attempts === 0 ? (winner ?? variant) : variant;

/** Short links in a message. */
export const linksOf = (
  { campaignId }: Campaign,
  { contactId, phoneNumber }: Member,
  { content, messageId, variant }: { content: Content | null; messageId: string; variant: number },
): ShortLink[] =>
  content?.kind !== 'text'
    ? []
    : content.links.map((link) => ({ ...link, campaignId, contactId, variant, messageId, phoneNumber }));
