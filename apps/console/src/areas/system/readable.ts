/** The body of a record as people read it. */
export function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    // No JSON, which may be why it was set aside: as it was read.
    return body;
  }
}
