import { textAt } from './inputs.ts';

/** IAM policy documents, read for what they say: single values as lists, all spellings of a principal alike. */

export interface Statement {
  allows: boolean;
  actions: readonly string[];
  resources: readonly string[];
  /** Principals of every kind; empty in policies of identities. */
  principals: readonly string[];
  /** With `NotAction`, `NotResource` or `NotPrincipal`: everything but what is named. */
  inverted: boolean;
  conditions: Readonly<Record<string, unknown>>;
}

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string');

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Statements of the document at a path; none when there is no document. */
export function statementsAt(values: Readonly<Record<string, unknown>>, path: string): readonly Statement[] {
  const document: unknown = JSON.parse(textAt(values, path) || '{}');
  const written = isObject(document) ? document.Statement : undefined;
  return (Array.isArray(written) ? written : [written]).filter(isObject).map((statement) => ({
    allows: statement.Effect === 'Allow',
    actions: texts(statement.Action ?? statement.NotAction),
    resources: texts(statement.Resource ?? statement.NotResource),
    principals: principalsOf(statement.Principal ?? statement.NotPrincipal),
    inverted: 'NotAction' in statement || 'NotResource' in statement || 'NotPrincipal' in statement,
    conditions: isObject(statement.Condition) ? statement.Condition : {},
  }));
}

function principalsOf(value: unknown): readonly string[] {
  return isObject(value) ? Object.values(value).flatMap(texts) : texts(value);
}

export const isPublic = ({ principals }: Statement): boolean =>
  principals.some((principal) => principal === '*' || principal === 'arn:aws:iam::*:root');

/** Refuses everybody who does not come over TLS, whatever they want to do. */
export const refusesPlainText = ({ allows, principals, actions, conditions }: Statement): boolean =>
  !allows &&
  principals.includes('*') &&
  actions.some((action) => action === '*' || /^[a-z0-9-]+:\*$/.test(action)) &&
  JSON.stringify(conditions).includes('"aws:SecureTransport":"false"');

/** Whether an action that is written with wildcards covers the given one. */
export const covers = (pattern: string, action: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
    'i',
  ).test(action);
