import { templateFaults } from './call-words.ts';
import { parseTemplate, type Template } from './template.ts';

/** What carriers take of a text in one message, after all values are put in. */
export const LONGEST_BODY = 1_600;

/** Hosts of public link shorteners, which carriers filter (CTIA Messaging Principles, 5.3.4). */
const SHORTENERS = [
  'bit.ly',
  'tinyurl.com',
  'goo.gl',
  'ow.ly',
  't.co',
  'is.gd',
  'buff.ly',
  'rebrand.ly',
  'cutt.ly',
  'rb.gy',
  'shorturl.at',
  't.ly',
  'tiny.cc',
  'bl.ink',
];
const SHORTENED = new RegExp(
  `(?:^|[^\\w.-])(?:https?://)?(?:www\\.)?(${SHORTENERS.map((host) => host.replace('.', '\\.')).join('|')})(?:/|$|[^\\w.-])`,
  'iu',
);

/** What is wrong with a text, whoever gets it. */
export function bodyFaults(body: string, fields: ReadonlySet<string>): string[] {
  const template = parseTemplate(body);
  const shortener = SHORTENED.exec(body)?.[1];
  return [
    ...templateFaults(body, fields),
    ...(shortestOf(template) > LONGEST_BODY
      ? [`is longer than ${LONGEST_BODY} characters before any value is put in`]
      : []),
    ...(shortener === undefined
      ? []
      : [
          `${shortener} is a public link shortener, which carriers filter: write the whole link, it is shortened here`,
        ]),
  ];
}

/** Length of what everybody gets. */
const shortestOf = ({ parts }: Template): number =>
  parts.reduce((sum, part) => sum + (part.kind === 'text' ? part.text.length : 0), 0);
