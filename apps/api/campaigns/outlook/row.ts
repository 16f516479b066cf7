import type { Member } from '#shared/campaigns/audience-member.ts';
import { composer, type Shortening } from '#shared/campaigns/compose.ts';
import type { Definition } from '#shared/campaigns/definition.ts';
import { type LinkMaker, recipientOf } from '#shared/links/token.ts';
import { segmentsOf } from '#shared/texts/segments.ts';
import { encodingChange } from './characters.ts';

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
  encoding: 'GSM-7' | 'UCS-2' | null;
  segments: number;
  units: number;
  /** Characters of their values that make the text UCS-2. */
  changedBy: readonly string[];
}

/** Writes rows as the dispatcher would write texts. `links`: makes links of the same length that lead nowhere. */
export function previewer(campaignId: string, definition: Definition, links: LinkMaker | null) {
  const shortening: Shortening | null =
    links === null ? null : { maker: links, ownerOf: ({ contactId }) => recipientOf(campaignId, contactId) };
  const compose = composer(definition, shortening);
  const changeOf = encodingChange(definition);
  return (member: Member): PreviewRow => {
    const { contactId, phoneNumber, variant } = member;
    const composed = compose(member);
    if (composed.kind === 'skipped') {
      return {
        ...{ contactId, phoneNumber, variant, language: null, body: null },
        ...{ skipped: composed.rule, missing: composed.missing },
        ...{ encoding: null, segments: 0, units: 0, changedBy: [] },
      };
    }
    const { body, language } = composed;
    return {
      ...{ contactId, phoneNumber, variant, language, body, skipped: null, missing: [] },
      ...segmentsOf(body),
      changedBy: changeOf({ body, language, variant }),
    };
  };
}
