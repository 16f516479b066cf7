import compression from 'compression';
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Prices } from '#shared/campaigns/prices.ts';
import { agentAnswerOperations } from './agent/answer-operations.ts';
import { agentModeOperations } from './agent/mode-operations.ts';
import { agentRuleOperations } from './agent/rule-operations.ts';
import { auditOperations } from './audit/operations.ts';
import { callOperations } from './calls/operations.ts';
import { clickOperations } from './campaigns/clicks/operations.ts';
import { campaignGuardOperations } from './campaigns/guard-operations.ts';
import type { CampaignParts } from './campaigns/operation-parts.ts';
import { campaignOperations } from './campaigns/operations.ts';
import { type OutlookParts, outlookOperations } from './campaigns/outlook/operations.ts';
import { type TryOutParts, tryOutOperations } from './campaigns/try-out/operations.ts';
import { cannedReplyOperations } from './canned-replies/operations.ts';
import type { ConsentChangeParts } from './consents/change-operations.ts';
import { consentOperations } from './consents/operations.ts';
import { consoleRouter } from './console/serve.ts';
import { contactFieldOperations } from './contact-fields/operations.ts';
import { contactOperations } from './contacts/operations.ts';
import type { ConversationParts } from './conversations/change-operations.ts';
import { conversationOperations } from './conversations/operations.ts';
import { referenceRouter } from './docs/reference.ts';
import { draftOperations } from './drills/draft-operations.ts';
import { drillOperations } from './drills/operations.ts';
import { simulationOperations } from './drills/simulation-operations.ts';
import type { Hub } from './events/hub.ts';
import { eventOperations } from './events/operations.ts';
import type { ApiDeps } from './http/api-deps.ts';
import { openApiDocument, type Tags } from './http/document.ts';
import type { Operation } from './http/operation.ts';
import { createApi } from './http/router.ts';
import { type Environment, identityOperations } from './identity/operations.ts';
import { signedInRouter } from './identity/signed-in.ts';
import { importOperations } from './imports/operations.ts';
import { keyOperations } from './keys/operations.ts';
import { listOperations } from './lists/operations.ts';
import { type MessageParts, messageOperations } from './messages/operations.ts';
import { operatingOperations } from './operating/operations.ts';
import { overviewOperations } from './overview/operations.ts';
import { participantOperations } from './participants/operations.ts';
import { personOperations } from './people/operations.ts';
import { referenceOperations } from './people/reference-operations.ts';
import { programmeOperations } from './programmes/operations.ts';
import { reportOperations } from './reports/operations.ts';
import { reviewOperations } from './reviews/operations.ts';
import { senderOperations } from './senders/operations.ts';
import { suppressionOperations } from './suppressions/operations.ts';
import { deadLetterOperations } from './system/dead-letter-operations.ts';
import { systemOperations } from './system/operations.ts';
import {
  type QueueDeadLetterParts,
  queueDeadLetterOperations,
} from './system/queue-dead-letter-operations.ts';
import { settleOperations } from './system/settle-operations.ts';
import { topologyOperations } from './system/topology-operations.ts';
import { throttleGroupOperations } from './throttle-groups/operations.ts';
import { type WebhookParts, webhookOperations } from './webhooks/operations.ts';

/** Version of the API as its document says: the first number is the one in its paths. */
export const API_VERSION = '1.0.0';

export const tags: Tags = {
  'Signing in': 'Who you are here, and how one signs in.',
  'API keys':
    'Keys of programs, with roles. A viewer reads, an operator does the daily work, an admin gives out keys.',
  Consent:
    'Who may be written to, who may not, and what proves it. A stop never ends by itself; only the person lifts it, or what was none is taken back.',
  Webhooks: "The organisation's own systems are told what happens, signed and until they have taken it.",
  'Live events': 'What happens, as it happens.',
  Suppressions: 'Numbers that nothing is sent to.',
  Contacts:
    'Whom the organisation writes to, and what it knows of them. A contact is no consent, and deleting one revokes none.',
  Lists: 'Contacts that were put together, for campaigns to go to or to leave out.',
  People: 'One person at a time: profile, dialog, progress, and what was written for them.',
  Imports:
    'Files of contacts and of numbers that nothing is sent to. Send the file, say what its columns are, have it checked, commit it.',
  Drills: 'Lessons by text: what people get, what was published before, and what authors work on.',
  Programmes:
    'What people take part in: which drills, in which order, from which numbers, and how one registers.',
  System: 'How the parts of the system stand.',
  Messages: 'What came in and what went out, and what the gate decided of each message.',
  Campaigns: 'What goes to many people, from its draft to what became of it for each of them.',
  Senders:
    'Numbers that are sent from: how fast, how much in a day, and which of them stand in for each other.',
  'Throttle groups':
    'Limits that campaigns share: at most so many texts and calls in a period, whichever of them they are of.',
  Conversations: 'What people text and what they are answered, number by number, and who looks after it.',
  'Canned replies': 'Texts that people answer with again and again.',
  Agent:
    'Answers to texts that nothing else handled: where they are given, by which rules, and what became of each.',
  Audit: 'Who changed what, when, and how it was before.',
};

export interface AppDeps
  extends ApiDeps,
    ConsentChangeParts,
    MessageParts,
    OutlookParts,
    TryOutParts,
    CampaignParts,
    ConversationParts,
    QueueDeadLetterParts {
  /** Of the hashes of API keys. */
  pepper: string;
  /** How people come in. */
  environment: Environment;
  /** Hands out live events. */
  hub: Hub;
  /** What messages cost. */
  prices: Prices;
  /** Of an answer of the agent. */
  agentMostSegments: number;
  /** Of outgoing webhooks. */
  webhooks: Omit<WebhookParts, 'clock'>;
}

/** Every operation of the API. */
export const allOperations = (deps: AppDeps): readonly Operation[] => [
  ...identityOperations(deps),
  ...keyOperations(deps),
  ...consentOperations(deps),
  ...reviewOperations(deps),
  ...suppressionOperations(deps),
  ...contactOperations(deps),
  ...contactFieldOperations(deps),
  ...listOperations(deps),
  ...messageOperations(deps),
  ...callOperations(),
  ...personOperations(deps),
  ...referenceOperations(deps),
  ...drillOperations(deps),
  ...draftOperations(deps),
  ...simulationOperations(deps),
  ...programmeOperations(deps),
  ...reportOperations(deps),
  ...importOperations(deps),
  ...campaignOperations(deps),
  ...outlookOperations(deps),
  ...clickOperations,
  ...tryOutOperations(deps),
  ...campaignGuardOperations(deps),
  ...senderOperations(deps),
  ...throttleGroupOperations(deps),
  ...conversationOperations(deps),
  ...cannedReplyOperations(deps),
  ...agentRuleOperations(deps),
  ...agentModeOperations(deps),
  ...agentAnswerOperations(deps),
  ...overviewOperations(deps),
  ...operatingOperations(deps),
  ...systemOperations,
  ...topologyOperations,
  ...deadLetterOperations,
  ...settleOperations(deps),
  ...queueDeadLetterOperations(deps),
  ...auditOperations,
  ...eventOperations(deps),
  ...webhookOperations({ clock: deps.clock, ...deps.webhooks }),
  ...participantOperations(deps),
];

/**
 * The whole HTTP face of the service. No CORS header is ever sent: pages of other sites cannot read from here.
 * `proxies`: how many proxies of ours stand before it; the address of the client is what the last of them says.
 * `consoleFolder`: what the web console was built into; null: it is not served.
 */
export function createApp(
  deps: AppDeps,
  { consoleFolder, proxies }: { proxies: number; consoleFolder: string | null },
): Express {
  const operations = allOperations(deps);
  const app = express();
  app.disable('etag');
  // Whether a version was seen already the frame decides: express would answer 304 to `If-None-Match: *` also for what has
  // no version.
  Object.defineProperty(app.request, 'fresh', { get: () => false });
  app.set('trust proxy', proxies);
  // Names that repeat become lists, names with brackets stay names: no objects made from a query.
  app.set('query parser', 'simple');
  app.use(helmet({ crossOriginResourcePolicy: { policy: 'same-origin' } }));
  app.use(compression());
  if (consoleFolder !== null) app.use(consoleRouter(consoleFolder));
  app.use(referenceRouter(openApiDocument(operations, { version: API_VERSION, tags })));
  if (deps.environment.peopleSignIn) app.use(signedInRouter());
  app.use(createApi(operations, deps));
  return app;
}
