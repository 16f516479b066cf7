import { type Input, type Output, output } from '@pulumi/pulumi';

/**
 * Statements of IAM policies, with one name per purpose. A statement about every resource or every action says in
 * infra/iam/wildcards.ts why it cannot say less; a test compares.
 */
export interface Statement {
  /** Letters and digits; the purpose. */
  sid: string;
  effect?: 'Allow' | 'Deny';
  actions: readonly string[];
  resources: readonly Input<string>[];
  /** Left out in policies of identities, which are about themselves. */
  principal?: '*' | Readonly<Record<string, Input<string> | readonly Input<string>[]>>;
  conditions?: Readonly<Record<string, Readonly<Record<string, Input<string> | readonly Input<string>[]>>>>;
}

/** The document as JSON, with its statements in the given order. */
export function policyDocument(statements: readonly Statement[]): Output<string> {
  return output(
    statements.map(({ sid, effect, actions, resources, principal, conditions }) => ({
      Sid: sid,
      Effect: effect ?? 'Allow',
      ...(principal === undefined ? {} : { Principal: principal }),
      Action: [...actions],
      Resource: [...resources],
      ...(conditions === undefined ? {} : { Condition: conditions }),
    })),
  ).apply((Statement) => JSON.stringify({ Version: '2012-10-17', Statement }));
}

/** Trust policy: lets an AWS service take a role, on behalf of this account only. */
export const assumedBy = (service: string, accountId: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Assume',
        Effect: 'Allow',
        Principal: { Service: service },
        Action: ['sts:AssumeRole'],
        Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
      },
    ],
  });

/** Refuses whatever does not come by TLS; for the policies of queues, topics and buckets. */
export const tlsOnly = (action: string, resources: readonly Input<string>[]): Statement => ({
  sid: 'TlsOnly',
  effect: 'Deny',
  principal: '*',
  actions: [action],
  resources,
  conditions: { Bool: { 'aws:SecureTransport': 'false' } },
});
