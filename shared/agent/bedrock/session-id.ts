/**
 * The session of a Bedrock agent, from the conversation and its session: of letters, digits and hyphens alone, as InvokeAgent
 * takes them (`[0-9a-zA-Z._:-]{2,100}`), and nothing that says who the person is. Another session of the conversation is
 * another one there, so that nobody is answered from what was said days ago.
 */
export function bedrockSessionId(session: string): string {
  const id = session.replace(/[^0-9a-zA-Z._:-]/gu, '-').slice(0, 100);
  return id.length < 2 ? `s-${id}` : id;
}
