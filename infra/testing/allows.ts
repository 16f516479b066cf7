import { z } from 'zod';

/** Policies of IAM as far as this product writes them. */
const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const statementSchema = z.strictObject({
  Sid: z.string(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.unknown().optional(),
  Action: oneOrMore,
  Resource: oneOrMore.optional(),
  Condition: z.record(z.string(), z.record(z.string(), oneOrMore)).optional(),
});
const documentSchema = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(statementSchema),
});
export type PolicyStatement = z.infer<typeof statementSchema>;

export const statementsOf = (document: string): PolicyStatement[] =>
  documentSchema.parse(JSON.parse(document)).Statement;

/**
 * Whether these statements of an identity allow an action on a resource, as IAM decides: a refusal wins, and what
 * nothing allows is refused. Actions are compared without regard to case, resources exactly; `*` stands for any text
 * and `?` for one character. Conditions count as fulfilled by a caller who comes the way they name.
 */
export function allows(statements: readonly PolicyStatement[], action: string, resource: string): boolean {
  const fitting = statements.filter(
    (statement) =>
      statement.Action.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
      (statement.Resource ?? []).some((pattern) => matches(pattern, resource)),
  );
  return fitting.some(({ Effect }) => Effect === 'Allow') && !fitting.some(({ Effect }) => Effect === 'Deny');
}

function matches(pattern: string, value: string): boolean {
  const expression = pattern
    .split(/([*?])/)
    .map((part) => (part === '*' ? '.*' : part === '?' ? '.' : part.replace(/[\\^$.|+(){}[\]]/g, '\\$&')))
    .join('');
  return new RegExp(`^${expression}$`, 's').test(value);
}
