import type { TemplateUse } from '#shared/carriers/carrier.ts';
import type { Channel } from '#shared/compliance/touch.ts';
import { normaliseLanguage } from '#shared/contracts/drill.ts';
import type { LinkMaker } from '#shared/links/token.ts';
import { type Member, memberValue } from './audience-member.ts';
import { LONGEST_BODY } from './body-faults.ts';
import type { CallingParts } from './calling.ts';
import { type ComposedCall, callComposer } from './compose-call.ts';
import type { Definition } from './definition.ts';
import { piecesOf, renderPieces } from './links-in-text.ts';
import { wordsOfStep } from './step-words.ts';
import { parseTemplate, type Rendered, renderTemplate } from './template.ts';
import { filler, LONGEST_TEMPLATE, type WhatsAppTemplate } from './whatsapp.ts';

/** What somebody gets, or hears, word for word; or why they get nothing. */
export type Composed = ComposedCall | ComposedText;
export type ComposedText =
  | {
      kind: 'text';
      body: string;
      /** Of the text that was taken; null: there is media alone. */
      language: string | null;
      mediaUrls: readonly string[];
      /** By WhatsApp: the approved template that goes, which says the body. Left out: the body goes. */
      template?: TemplateUse;
      /** Short links in the text, and where they lead; each once. */
      links: readonly { token: string; url: string }[];
    }
  | {
      kind: 'skipped';
      rule: string;
      /** All fields that the text needs and the contact does not have. */
      missing: readonly string[];
    };

/** How links in texts are made short. */
export interface Shortening {
  maker: LinkMaker;
  /** Whose a contact's links are. */
  ownerOf(member: Member): string;
}

/** A text of the campaign, taken apart. */
type Text = (
  valueOfField: (field: string) => string | null,
  shorten: (url: string) => string,
) => (Rendered & { template?: TemplateUse }) | { kind: 'blank' };

type Written = Pick<Definition, 'call' | 'defaultLanguage' | 'ladder' | 'variants'>;

/** Writes what a campaign sends and says, whose templates are taken apart once. */
export function composer(
  definition: Written,
  {
    calls,
    shortening,
  }: {
    /** Null: links stay as they are. */
    shortening: Shortening | null;
    calls: Pick<CallingParts, 'organisation' | 'scriptFault'>;
  },
): (member: Member, channel: Channel) => Composed {
  const byChannel = (written: Written): Readonly<Record<Channel, (member: Member) => Composed>> => ({
    sms: textComposer(written, shortening),
    voice: callComposer(written, calls),
  });
  const all = byChannel(definition);
  const bySteps = definition.ladder?.map((_, step) => byChannel(wordsOfStep(definition, step)));
  return (member, channel) => (bySteps?.[member.step ?? 0] ?? all)[channel](member);
}

function textComposer({ defaultLanguage, variants }: Written, shortening: Shortening | null) {
  const texts = variants.map(
    ({ bodies, templates }) =>
      new Map(
        Object.entries(bodies).map(([language, body]): [string, Text] => {
          const template = templates[language];
          return [
            language,
            template === undefined ? textOf(body, shortening !== null) : approvedOf(body, template),
          ];
        }),
      ),
  );
  return (member: Member): ComposedText => {
    const variant = variants[member.variant];
    const byLanguage = texts[member.variant];
    if (variant === undefined || byLanguage === undefined) return skipped('no_variant');
    const { mediaUrls } = variant;
    const spoken = member.language === null ? null : normaliseLanguage(member.language);
    const language = spoken !== null && byLanguage.has(spoken) ? spoken : defaultLanguage;
    const text = byLanguage.get(language);
    if (text === undefined) {
      return mediaUrls.length > 0
        ? { kind: 'text', body: '', language: null, mediaUrls, links: [] }
        : skipped('no_text');
    }
    const links = new Map<string, string>();
    const shorten = (url: string): string => {
      if (shortening === null) return url;
      const token = shortening.maker.tokenOf(shortening.ownerOf(member), url);
      links.set(token, url);
      return shortening.maker.addressOf(token);
    };
    const rendered = text((field) => memberValue(member, field), shorten);
    if (rendered.kind === 'missing') return skipped(`missing_${rendered.fields[0]}`, rendered.fields);
    if (rendered.kind === 'blank') return skipped('blank_variable');
    const longest = rendered.template === undefined ? LONGEST_BODY : LONGEST_TEMPLATE;
    if (rendered.text.length > longest) return skipped('too_long');
    return {
      kind: 'text',
      body: rendered.text,
      language,
      mediaUrls,
      ...(rendered.template === undefined ? {} : { template: rendered.template }),
      links: [...links].map(([token, url]) => ({ token, url })),
    };
  };
}

/** Links in an approved template stay as they were approved. */
function approvedOf(words: string, template: WhatsAppTemplate): Text {
  const fill = filler(words, template);
  return (valueOfField) => {
    const filled = fill(valueOfField);
    if (filled.kind !== 'filled') return filled;
    const { body, variables } = filled;
    return { kind: 'text', text: body, template: { contentSid: template.contentSid, variables } };
  };
}

const skipped = (rule: string, missing: readonly string[] = []): ComposedText => ({
  kind: 'skipped',
  rule,
  missing,
});

function textOf(body: string, withLinks: boolean): Text {
  const template = parseTemplate(body);
  const pieces = withLinks ? piecesOf(template) : [];
  return pieces.some(({ kind }) => kind === 'link')
    ? (valueOfField, shorten) => renderPieces(pieces, valueOfField, shorten)
    : (valueOfField) => renderTemplate(template, valueOfField);
}
