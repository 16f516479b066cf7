/**
 * Why a statement is about every resource (`*`), or about every action of a service. The key is the statement's name.
 * A test finds every such statement here, and nothing here that no statement needs.
 */
export const wildcardReasons: Readonly<Record<string, string>> = {
  AccountAdministersKey:
    "A key's policy must leave the account in charge, or nobody could ever change or use the key again; the resource is the key itself.",
  CloudWatchLogsUsesKey: 'In the policy of a key the resource is the key itself.',
  EventsUseKey: 'In the policy of a key the resource is the key itself.',
  NoticesUseKey: 'In the policy of a key the resource is the key itself.',
  PullToken:
    'ecr:GetAuthorizationToken knows no resource; the token can do no more than the rest of the policy.',
  TlsOnly: 'It refuses: every action, on what it is attached to.',
};
