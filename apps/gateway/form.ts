/**
 * The parameters of a form-encoded body (application/x-www-form-urlencoded), every value of a repeated one in order;
 * null when the body is not such a form: broken escapes, or escapes of bytes that are no UTF-8. What is repaired here
 * would no longer be what the carrier signed.
 */
export function parseForm(body: Buffer): Map<string, string[]> | null {
  const text = body.toString('latin1');
  try {
    decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // The only way decodeURIComponent fails is a malformed text.
    return null;
  }
  const parameters = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const values = parameters.get(name);
    if (values) values.push(value);
    else parameters.set(name, [value]);
  }
  return parameters;
}
