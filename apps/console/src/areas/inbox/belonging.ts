/** What a text, or a decision about a person, may change of what is shown beside their conversation. */
export const BELONGING = [
  ...['messages', 'notes', 'decisions', 'outlook'].map((part) => `/v1/conversations/{id}/${part}`),
  ...['/v1/agent-answers', '/v1/consents', '/v1/people'],
];
